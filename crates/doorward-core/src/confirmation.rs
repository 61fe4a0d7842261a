//! Keys that tokens are bound to, so that whoever steals a token has nothing
//! ([RFC 7800 section 3](https://www.rfc-editor.org/rfc/rfc7800#section-3),
//! [RFC 9449 section 6](https://www.rfc-editor.org/rfc/rfc9449#section-6)).

use serde::{Deserialize, Serialize};

use crate::jose::Thumbprint;

/// The key that a token is bound to: its `cnf` claim
/// ([RFC 7800 section 3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmation {
    /// The key that must sign a proof with every request
    /// ([RFC 9449 section 6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1)).
    #[serde(rename = "jkt")]
    Jkt(Thumbprint),
}

impl Confirmation {
    /// Whether the holder of the key of this thumbprint may use the token.
    pub fn is(&self, key: &Thumbprint) -> bool {
        let Self::Jkt(bound) = self;
        bound == key
    }
}

/// How an access token is to be used, which is also the scheme of the `Authorization` header that brings it
/// ([RFC 6749 section 7.1](https://www.rfc-editor.org/rfc/rfc6749#section-7.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TokenType {
    /// By whoever has it ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
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
            None => Self::Bearer,
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

    /// The example of [RFC 9449 section 6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1).
    #[test]
    fn the_claim_of_the_standard_reads_and_writes() {
        let claim = json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"});
        let read: Confirmation = serde_json::from_value(claim.clone()).unwrap();
        assert_eq!(json!(read), claim);
        assert_eq!(TokenType::of(Some(&read)), TokenType::Dpop);
        assert_eq!(TokenType::of(None), TokenType::Bearer);
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
