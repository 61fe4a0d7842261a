//! Keys and certificates that tokens are bound to, so that whoever steals a token has nothing
//! ([RFC 7800 section 3](https://www.rfc-editor.org/rfc/rfc7800#section-3),
//! [RFC 9449 section 6](https://www.rfc-editor.org/rfc/rfc9449#section-6),
//! [RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).

use serde::{Deserialize, Serialize};

use crate::certificate::CertificateThumbprint;
use crate::client::{CertificateBinding, Client};
use crate::error::ErrorCode;
use crate::jose::Thumbprint;

/// The one thing that a token is bound to: its `cnf` claim
/// ([RFC 7800 section 3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmation {
    /// The key that must sign a proof with every request
    /// ([RFC 9449 section 6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1)).
    #[serde(rename = "jkt")]
    Jkt(Thumbprint),
    /// The certificate that every request must come with
    /// ([RFC 8705 section 3.1](https://www.rfc-editor.org/rfc/rfc8705#section-3.1)).
    #[serde(rename = "x5t#S256")]
    Certificate(CertificateThumbprint),
}

/// What a request proves that its sender holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// A key, by a proof of possession.
    pub key: Option<Thumbprint>,
    /// The key of a certificate, by the connection.
    pub certificate: Option<CertificateThumbprint>,
}

impl Confirmation {
    /// Whether whoever holds this may use the token.
    pub fn is_held(&self, held: &Held) -> bool {
        match self {
            Self::Jkt(bound) => held.key.as_ref() == Some(bound),
            Self::Certificate(bound) => held.certificate.as_ref() == Some(bound),
        }
    }
}

/// Why a client gets no tokens that are bound as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBound {
    /// There is no certificate, and there must be one.
    #[error(
        "the client's tokens are bound to its certificate, and the request came without one: neither its connection nor a \
         proxy that is believed has one"
    )]
    NoCertificate,
    /// There is a proof of possession besides.
    #[error(
        "the client's tokens are bound to its certificate, and the request proves a key besides (DPoP)"
    )]
    Both,
}

impl NotBound {
    /// The standard's code.
    pub const fn code(self) -> ErrorCode {
        ErrorCode::InvalidRequest
    }
}

/// What the tokens of `client` are to be bound to, given what its request proves: to its certificate where it is registered so
/// ([RFC 8705 section 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-3.4)), or else to the key that it proves, if any
/// ([RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5)). Never to both.
pub fn binding(client: &Client, held: &Held) -> Result<Option<Confirmation>, NotBound> {
    match (client.mutual_tls.binding, &held.key, &held.certificate) {
        (CertificateBinding::None, key, _) => Ok(key.clone().map(Confirmation::Jkt)),
        (CertificateBinding::Required, Some(_), _) => Err(NotBound::Both),
        (CertificateBinding::Required, None, None) => Err(NotBound::NoCertificate),
        (CertificateBinding::Required, None, Some(certificate)) => {
            Ok(Some(Confirmation::Certificate(certificate.clone())))
        }
    }
}

/// How an access token is to be used, which is also the scheme of the `Authorization` header that brings it
/// ([RFC 6749 section 7.1](https://www.rfc-editor.org/rfc/rfc6749#section-7.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TokenType {
    /// By whoever has it ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)), and the certificate that it is bound to if it is.
    Bearer,
    /// With a proof of the key that it is bound to ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    #[serde(rename = "DPoP")]
    Dpop,
}

impl TokenType {
    /// Both types.
    pub const ALL: [Self; 2] = [Self::Bearer, Self::Dpop];

    /// The type of a token with this `cnf`.
    pub const fn of(confirmation: Option<&Confirmation>) -> Self {
        match confirmation {
            Some(Confirmation::Jkt(_)) => Self::Dpop,
            Some(Confirmation::Certificate(_)) | None => Self::Bearer,
        }
    }

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }

    /// The type of this name, in any case
    /// ([RFC 9110 section 11.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.1)).
    pub fn parse(scheme: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|known| known.as_str().eq_ignore_ascii_case(scheme))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::client;

    /// The example of [RFC 9449 section 6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1).
    #[test]
    fn the_claim_of_the_standard_reads_and_writes() {
        let claim = json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"});
        let read: Confirmation = serde_json::from_value(claim.clone()).unwrap();
        assert_eq!(json!(read), claim);
        assert_eq!(TokenType::of(Some(&read)), TokenType::Dpop);
        assert_eq!(TokenType::of(None), TokenType::Bearer);
    }

    /// The example of [RFC 8705 section 3.1](https://www.rfc-editor.org/rfc/rfc8705#section-3.1).
    #[test]
    fn the_claim_of_a_certificate_reads_and_writes_too() {
        let claim = json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"});
        // The thumbprint in the standard is one that no encoder writes: its last character has two bits too many.
        assert!(serde_json::from_value::<Confirmation>(claim).is_err());
        let claim = json!({"x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"});
        let read: Confirmation = serde_json::from_value(claim.clone()).unwrap();
        assert_eq!(json!(read), claim);
        assert_eq!(TokenType::of(Some(&read)), TokenType::Bearer);
    }

    const ONE: &str = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";
    const OTHER: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

    fn held(key: Option<&str>, certificate: Option<&str>) -> Held {
        Held {
            key: key.map(|text| text.parse().unwrap()),
            certificate: certificate.map(|text| text.parse().unwrap()),
        }
    }

    /// P39: a token is bound to one thing.
    #[test]
    fn a_token_is_bound_to_the_certificate_where_registered_or_else_to_the_key() {
        let by_key = |text: &str| Ok(Some(Confirmation::Jkt(text.parse().unwrap())));
        let by_certificate =
            |text: &str| Ok(Some(Confirmation::Certificate(text.parse().unwrap())));
        let plain = client();
        let mut registered = client();
        registered.mutual_tls.binding = CertificateBinding::Required;
        for (client, held, expected) in [
            (&plain, held(None, None), Ok(None)),
            (&plain, held(None, Some(ONE)), Ok(None)),
            (&plain, held(Some(ONE), None), by_key(ONE)),
            (&plain, held(Some(ONE), Some(OTHER)), by_key(ONE)),
            (&registered, held(None, Some(ONE)), by_certificate(ONE)),
            (&registered, held(None, None), Err(NotBound::NoCertificate)),
            (&registered, held(Some(ONE), None), Err(NotBound::Both)),
            (
                &registered,
                held(Some(ONE), Some(OTHER)),
                Err(NotBound::Both),
            ),
        ] {
            assert_eq!(binding(client, &held), expected, "{held:?}");
        }
    }

    #[test]
    fn a_key_and_a_certificate_of_one_thumbprint_are_two_things() {
        let key = Confirmation::Jkt(ONE.parse().unwrap());
        let certificate = Confirmation::Certificate(ONE.parse().unwrap());
        for (held, by_key, by_certificate) in [
            (held(None, None), false, false),
            (held(Some(ONE), None), true, false),
            (held(None, Some(ONE)), false, true),
            (held(Some(OTHER), Some(OTHER)), false, false),
        ] {
            assert_eq!(key.is_held(&held), by_key, "{held:?}");
            assert_eq!(certificate.is_held(&held), by_certificate, "{held:?}");
        }
    }

    #[test]
    fn the_name_of_a_type_is_the_one_that_is_sent() {
        for kind in TokenType::ALL {
            assert_eq!(json!(kind), kind.as_str());
            assert_eq!(
                TokenType::parse(&kind.as_str().to_uppercase()),
                Some(kind),
                "{kind:?}"
            );
        }
        assert_eq!(TokenType::parse("Basic"), None);
    }
}
