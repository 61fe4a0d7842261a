//! A client and how it authenticates.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;

/// A client as the provider registered it.
#[derive(Clone, Debug, Deserialize)]
pub struct Client {
    #[serde(rename = "client_id")]
    pub(super) id: String,
    #[serde(rename = "client_secret", default)]
    secret: String,
}

impl Client {
    /// What it may ask for in its own name.
    pub const OWN_SCOPE: &str = "reports";

    /// A client whose id and secret are known.
    pub fn known(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        }
    }

    /// A client without a secret ([RFC 6749 section 2.1]).
    ///
    /// [RFC 6749 section 2.1]: https://www.rfc-editor.org/rfc/rfc6749#section-2.1
    pub fn public(id: &str) -> Self {
        Self::known(id, "")
    }

    /// The value of the header `Authorization` for `client_secret_basic` ([RFC 6749 section 2.3.1]).
    ///
    /// [RFC 6749 section 2.3.1]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
    pub fn basic(&self) -> String {
        let encode =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&self.id), encode(&self.secret));
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
    #[test]
    fn credentials_are_form_encoded_before_they_are_joined() {
        let basic = Client::known("a:b", "c d").basic();
        assert_eq!(
            basic,
            format!("Basic {}", BASE64_STANDARD.encode("a%3Ab:c+d"))
        );
    }
}
