//! What tokens, projects and service accounts are called.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;
use crate::text::is_shown_as_one_line;
use crate::word::word;

/// The longest name of a token, in characters.
const MAX_LENGTH: usize = 100;

/// What its owner calls a token: one line of at most 100 characters, such as `backup of the wiki`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TokenName(String);

impl TokenName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let text = text.trim();
        let length = text.chars().count();
        if (1..=MAX_LENGTH).contains(&length) && is_shown_as_one_line(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a name: one line of 1 to 100 characters, none of them invisible",
            })
        }
    }
}

impl TryFrom<String> for TokenName {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<TokenName> for String {
    fn from(name: TokenName) -> Self {
        name.0
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

word! {
    /// What an API key identifies: a project or an application, such as `website`.
    ProjectName, "a project"
}

word! {
    /// What operators call a service account, such as `nightly-backup`.
    ServiceAccountName, "a service account"
}
