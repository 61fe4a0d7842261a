//! The answer to a device's client ([RFC 8628 section 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2)).

use serde::Serialize;

use crate::device_authorization::{LIFETIME, Pace, UserCode};
use crate::secret::Secret;

/// The answer to a request that was taken.
///
/// It is made to be sent once; it has no `Debug`, since it carries a secret.
#[derive(Serialize)]
pub struct DeviceResponse {
    /// What the client shows to us.
    pub device_code: String,
    /// What the device shows to people.
    pub user_code: String,
    /// Where people enter it.
    pub verification_uri: String,
    /// The same with the code in it, to be shown as a QR code.
    pub verification_uri_complete: String,
    /// Seconds until nobody can enter it any more.
    pub expires_in: u64,
    /// Seconds between two questions whether somebody has.
    pub interval: u64,
}

impl DeviceResponse {
    /// The answer that gives `device_code` to its client, with the page where people enter codes.
    pub fn new(device_code: &Secret, verification_uri: &str) -> Self {
        let user_code = UserCode::of(device_code).to_string();
        Self {
            device_code: device_code.reveal().to_owned(),
            verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
            verification_uri: verification_uri.to_owned(),
            user_code,
            expires_in: LIFETIME.as_secs(),
            interval: Pace::default().interval(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::secret::SecretKind;

    /// [RFC 8628 section 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2).
    #[test]
    fn it_has_the_members_of_the_standard() {
        let secret = Secret::from_bytes(SecretKind::DeviceCode, &[7; 32]);
        let response = DeviceResponse::new(&secret, "https://id.example/device");
        let response: Value = serde_json::to_value(response).unwrap();
        let user_code = UserCode::of(&secret).to_string();
        let complete = format!("https://id.example/device?user_code={user_code}");
        assert_eq!(
            response,
            json!({
                "device_code": secret.reveal(),
                "user_code": user_code,
                "verification_uri": "https://id.example/device",
                "verification_uri_complete": complete,
                "expires_in": 600,
                "interval": 5,
            })
        );
    }
}
