//! Scopes ([RFC 6749 section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

/// The scope that makes a request one of OpenID Connect.
pub const OPENID: &str = "openid";
/// The scope of `name`, `given_name` and the other claims of a profile.
pub const PROFILE: &str = "profile";
/// The scope of `email` and `email_verified`.
pub const EMAIL: &str = "email";
/// The scope of `address`.
pub const ADDRESS: &str = "address";
/// The scope of `phone_number` and `phone_number_verified`.
pub const PHONE: &str = "phone";
/// The scope of `groups`, which no standard names but most applications ask for.
pub const GROUPS: &str = "groups";
/// The scope that asks for a refresh token
/// ([OpenID Connect Core section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess)).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes that every client may ask for unless it is registered with fewer.
pub const STANDARD: [&str; 7] = [
    OPENID,
    PROFILE,
    EMAIL,
    ADDRESS,
    PHONE,
    GROUPS,
    OFFLINE_ACCESS,
];

/// A set of scope tokens, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// The scopes that every client may ask for unless it is registered with fewer.
    pub fn standard() -> Self {
        STANDARD.into_iter().collect()
    }

    /// Whether `token` is in it.
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Whether every token of it is in `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The tokens that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// The tokens that are in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// The same without `token`.
    #[must_use]
    pub fn without(mut self, token: &str) -> Self {
        self.0.remove(token);
        self
    }

    /// Whether it has no token.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its tokens.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<'a> FromIterator<&'a str> for Scope {
    /// The set of tokens that are known to be well-formed.
    fn from_iter<I: IntoIterator<Item = &'a str>>(tokens: I) -> Self {
        Self(tokens.into_iter().map(str::to_owned).collect())
    }
}

impl FromStr for Scope {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let tokens: BTreeSet<String> = text
            .split(' ')
            .filter(|token| !token.is_empty())
            .map(str::to_owned)
            .collect();
        if tokens.iter().all(|token| token.bytes().all(permitted)) {
            Ok(Self(tokens))
        } else {
            Err(Malformed {
                expected: "scopes: words of printable ASCII without '\"' and '\\', separated by spaces",
            })
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, token) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_do_not_matter() {
        let scope: Scope = "profile openid  openid".parse().unwrap();
        assert_eq!(scope.to_string(), "openid profile");
    }

    #[test]
    fn quotes_backslashes_and_foreign_letters_are_refused() {
        for bad in ["a\"b", "a\\b", "ä", "a\tb", "a\nb"] {
            assert!(bad.parse::<Scope>().is_err(), "{bad:?}");
        }
    }
}
