//! How strongly somebody signed in, by names that an operator gives: Authentication Context Class References
//! ([OpenID Connect Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).

mod demand;
mod levels;
mod request;
mod strength;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

pub use demand::AuthenticationDemand;
pub use levels::{AcrLevel, AcrLevels, LevelsRefused};
pub use request::{AcrRequest, Necessity};
pub(crate) use strength::{Required, Strength};

/// The name of a level: the `acr` claim, compared byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Acr(String);

/// The longest name, in bytes.
const MAX_LENGTH: usize = 128;

impl Acr {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Acr {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted = |byte: u8| byte.is_ascii_graphic() && !b"\"\\,".contains(&byte);
        if (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(permitted) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "the name of an acr level: one word of at most 128 characters of ASCII without '\"', '\\' and ','",
            })
        }
    }
}

impl TryFrom<String> for Acr {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Acr> for String {
    fn from(acr: Acr) -> Self {
        acr.0
    }
}

impl fmt::Display for Acr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
