//! Names of things that outlive a request.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::base62;
use crate::random::Random;
use crate::time::Timestamp;

/// A text that names nothing of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct Malformed {
    /// What a well-formed one looks like.
    pub expected: &'static str,
}

/// Makes a 128-bit name that sorts by the time it was made: 48 bits of milliseconds, 80 random bits
/// ([RFC 9562 section 5.7] is its text form). Rows made one after the other lie beside each other.
///
/// [RFC 9562 section 5.7]: https://www.rfc-editor.org/rfc/rfc9562#section-5.7
macro_rules! ordered_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new one, made at `now`.
            pub fn generate(now: Timestamp, random: &dyn Random) -> Self {
                Self(ordered_bytes(now, random.bytes()))
            }

            /// The one with these bytes, as a store keeps them.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, for a store.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_uuid(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_uuid(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                parse_uuid(text).map(Self).ok_or(Malformed { expected: "an identifier like 0192f0c1-0000-7000-8000-000000000000" })
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

ordered_id! {
    /// Names an End-User for ever: the `sub` of every token ([OpenID Connect Core section 2]).
    ///
    /// [OpenID Connect Core section 2]: https://openid.net/specs/openid-connect-core-1_0.html#IDToken
    PersonId
}
ordered_id! {
    /// Names a grant: what was allowed once, and every token that comes from it.
    GrantId
}
ordered_id! {
    /// Names a browser's session to clients: the `sid` claim
    /// ([OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)).
    SessionId
}
ordered_id! {
    /// Names a family of refresh tokens, each the successor of the one before.
    RefreshTokenId
}
ordered_id! {
    /// Names an access token that says nothing itself.
    OpaqueTokenId
}
ordered_id! {
    /// Names an API token, in lists and logs and as the `jti` that is said of it. It opens nothing.
    ApiTokenId
}
ordered_id! {
    /// Names a service account for ever: the `sub` of its tokens.
    ServiceAccountId
}
ordered_id! {
    /// Names an event in the record of what happened.
    EventId
}
ordered_id! {
    /// Names a file that everything lasting was written into, and tells it from all others.
    ArchiveId
}

fn ordered_bytes(now: Timestamp, random: [u8; 10]) -> [u8; 16] {
    let [_, _, t0, t1, t2, t3, t4, t5] = now.as_millis().to_be_bytes();
    let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = random;
    [
        t0,
        t1,
        t2,
        t3,
        t4,
        t5,
        0x70 | (r0 & 0x0f),
        r1,
        0x80 | (r2 & 0x3f),
        r3,
        r4,
        r5,
        r6,
        r7,
        r8,
        r9,
    ]
}

fn write_uuid(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            f.write_str("-")?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let well_formed = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        });
    if !well_formed {
        return None;
    }
    let digits: Vec<u8> = text.bytes().filter(|&byte| byte != b'-').collect();
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Names a client: the `client_id` of [RFC 6749 section 2.2].
///
/// At most 128 characters of letters, digits, `-`, `.`, `_` and `~`, and never the form of a
/// [`PersonId`], so that no client can pass for a person.
///
/// [RFC 6749 section 2.2]: https://www.rfc-editor.org/rfc/rfc6749#section-2.2
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ClientId(String);

impl ClientId {
    /// A new one of 128 random bits, for a client that registers itself.
    pub fn generate(random: &dyn Random) -> Self {
        Self(format!("c-{}", base62::encode(&random.bytes::<16>())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ClientId {
    /// The URL that it is, where it is one: of the document that says what the client is
    /// ([OAuth Client ID Metadata Document section 3]).
    ///
    /// [OAuth Client ID Metadata Document section 3]: https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html#section-3
    pub fn document_url(&self) -> Option<Url> {
        document_url(&self.0)
    }
}

/// The longest `client_id` that is a URL, in bytes.
const MAX_DOCUMENT_URL_LENGTH: usize = 512;

/// A URL of `https`, or of `http` on this machine, written as it is read, with a path and with neither query nor fragment nor user's
/// name. The path has no parts that are dots: they would be read as another path.
fn document_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_secured = match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    };
    let is_bare = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let is_written_as_read = url.as_str() == text && text.len() <= MAX_DOCUMENT_URL_LENGTH;
    (is_secured && is_bare && is_written_as_read && text.is_ascii()).then_some(url)
}

impl FromStr for ClientId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let well_formed = (1..=128).contains(&text.len()) && text.bytes().all(permitted);
        let is_name = well_formed && parse_uuid(&text.to_ascii_lowercase()).is_none();
        if is_name || document_url(text).is_some() {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a client id: 1 to 128 letters, digits, '-', '.', '_' or '~', and no UUID; or the https address of a document, in its normal form and without a query",
            })
        }
    }
}

impl TryFrom<String> for ClientId {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedRandom;

    #[test]
    fn identifiers_sort_by_time_and_read_back() {
        let random = FixedRandom::default();
        let ids: Vec<GrantId> = (0..50)
            .map(|at| GrantId::generate(Timestamp::from_millis(1_700_000_000_000 + at), &random))
            .collect();
        assert!(ids.is_sorted());
        for id in ids {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    /// P20: what has the form of a subject cannot be registered.
    #[test]
    fn a_client_id_is_never_a_subject() {
        let person = PersonId::generate(Timestamp::from_seconds(1), &FixedRandom::default());
        assert!(person.to_string().parse::<ClientId>().is_err());
        assert!(
            person
                .to_string()
                .to_uppercase()
                .parse::<ClientId>()
                .is_err()
        );
        assert!("wiki".parse::<ClientId>().is_ok());
        for bad in ["", "a b", "a/b", "ä", &"a".repeat(129)] {
            assert!(bad.parse::<ClientId>().is_err(), "{bad}");
        }
    }

    /// [OAuth Client ID Metadata Document section 3](https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html#section-3).
    #[test]
    fn a_client_id_that_is_a_url_names_a_document() {
        let url = |text: &str| text.parse::<ClientId>().ok()?.document_url();
        assert_eq!(url("wiki"), None);
        for good in [
            "https://app.example/client.json",
            "https://app.example:8443/",
            "http://127.0.0.1:8080/client.json",
        ] {
            assert_eq!(url(good).map(String::from).as_deref(), Some(good));
        }
        for bad in [
            "https://app.example",
            "http://app.example/client.json",
            "https://app.example/client.json?a=b",
            "https://app.example/client.json#a",
            "https://user@app.example/client.json",
            "https://app.example/a/../client.json",
            "https://app.example/%2E%2E/client.json",
            "https://APP.example/client.json",
            "https://app.example:443/client.json",
            "https://äpp.example/client.json",
            "ftp://app.example/client.json",
            &format!("https://app.example/{}", "x".repeat(512)),
        ] {
            assert!(bad.parse::<ClientId>().is_err(), "{bad}");
        }
    }
}
