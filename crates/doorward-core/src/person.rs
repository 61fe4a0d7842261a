//! People who sign in, and what is known of them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::{Malformed, PersonId};
use crate::time::Timestamp;

/// The name a person signs in with: 1 to 64 letters, digits, `.`, `-`, `_`, `+` or `@` in lower case.
///
/// Reading folds case, so one person has one name however it is typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Username(String);

impl Username {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let text = text.trim().to_ascii_lowercase();
        let permitted = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+@".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(permitted) {
            Ok(Self(text))
        } else {
            Err(Malformed {
                expected: "a user name: 1 to 64 letters, digits, '.', '-', '_', '+' or '@'",
            })
        }
    }
}

impl TryFrom<String> for Username {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a group, with the grammar of a [`Username`] and case kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct GroupName(String);

impl GroupName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GroupName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:/".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(permitted) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a group name: 1 to 64 letters, digits, '.', '-', '_', ':' or '/'",
            })
        }
    }
}

impl TryFrom<String> for GroupName {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<GroupName> for String {
    fn from(name: GroupName) -> Self {
        name.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An End-User.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The subject of tokens; never changes and is never used again.
    pub id: PersonId,
    /// The name to sign in with.
    pub username: Username,
    /// Whether the person may sign in and use what was granted.
    pub status: PersonStatus,
    /// What clients may be told.
    pub profile: Profile,
    /// The groups the person is in.
    pub groups: BTreeSet<GroupName>,
    /// When the person was added.
    pub created_at: Timestamp,
    /// When the profile last changed: the `updated_at` claim.
    pub updated_at: Timestamp,
}

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonStatus {
    /// May sign in.
    Enabled,
    /// May not sign in, and nothing granted before works.
    Disabled,
}

/// The standard claims of [OpenID Connect Core section 5.1], as far as they are known.
///
/// [OpenID Connect Core section 5.1]: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Full name, for display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Given name or names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Surname or surnames.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Middle name or names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Casual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// URL of a page about the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// URL of a picture of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// URL of the person's own site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Gender, in the person's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, `0000-MM-DD` or `YYYY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Time zone, such as `Europe/Berlin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Language tag, such as `de-DE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Address for mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether it was proven that `email` is the person's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub email_verified: bool,
    /// Telephone number, in the form of E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Whether it was proven that `phone_number` is the person's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub phone_number_verified: bool,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A postal address ([OpenID Connect Core section 5.1.1]).
///
/// [OpenID Connect Core section 5.1.1]: https://openid.net/specs/openid-connect-core-1_0.html#AddressClaim
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The whole address, lines separated by `\n`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street, house number and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// State, province or prefecture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_user_name_is_one_name_however_it_is_typed() {
        for typed in ["alice", "Alice", " ALICE\t"] {
            assert_eq!(typed.parse::<Username>().unwrap().as_str(), "alice");
        }
        for good in ["a", "a.b-c_d+e@example.com", &"x".repeat(64)] {
            assert_eq!(good.parse::<Username>().unwrap().to_string(), good);
        }
    }

    #[test]
    fn what_could_be_mistaken_for_another_name_is_none() {
        for bad in [
            "",
            " ",
            "a b",
            "a\nb",
            "älice",
            "аlice",
            "alice\u{200b}",
            "a/b",
            "a'b",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<Username>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_group_keeps_its_case_and_takes_no_spaces() {
        for good in ["Staff", "eng/backend", "realm:admins", "a.b-c_d"] {
            assert_eq!(good.parse::<GroupName>().unwrap().to_string(), good);
        }
        for bad in ["", " staff", "two words", "a@b", "ä", &"x".repeat(65)] {
            assert!(bad.parse::<GroupName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn stored_names_are_judged_again() {
        assert!(serde_json::from_str::<Username>(r#""a b""#).is_err());
        assert!(serde_json::from_str::<GroupName>(r#""a b""#).is_err());
    }

    proptest! {
        #[test]
        fn a_user_name_reads_back_as_itself(text in "\\PC{0,70}") {
            if let Ok(name) = text.parse::<Username>() {
                prop_assert_eq!(name.as_str().parse::<Username>(), Ok(name.clone()));
                prop_assert!(!name.as_str().chars().any(char::is_uppercase));
            }
        }
    }
}
