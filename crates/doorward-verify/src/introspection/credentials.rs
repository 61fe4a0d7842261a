//! How the API proves to the issuer who it is.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use url::form_urlencoded::byte_serialize;

/// `client_secret_basic`: the API's client id and secret as a header
/// ([RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
pub(crate) fn basic(client_id: &str, secret: &str) -> Option<HeaderValue> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(client_id), encoded(secret));
    let mut value =
        HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1): both are encoded as in a form first.
    #[test]
    fn what_has_a_colon_or_a_percent_sign_arrives_as_it_was() {
        let header = basic("urn:api", "a%b c").unwrap();
        let pair = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
        let pair = BASE64_STANDARD.decode(pair).unwrap();
        assert_eq!(pair, b"urn%3Aapi:a%25b+c");
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
