//! Pages of the provider itself that are somebody's own, and how lately one has to have signed in for them.

use serde::{Deserialize, Serialize};

use super::MaxAge;
use crate::identifiers::ApiTokenId;
use crate::session::Authentication;
use crate::time::Timestamp;

/// A page of the provider itself that somebody is on the way to.
///
/// It is the only thing that is kept of an address to go on to, so that no link leads from the sign-in page to elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnPage {
    /// The API tokens of somebody.
    ApiTokens,
    /// One of them.
    ApiToken(ApiTokenId),
    /// Where one is made.
    NewApiToken,
    /// Where one gets another secret.
    RotateApiToken(ApiTokenId),
    /// Where one that was suspended is resumed.
    ResumeApiToken(ApiTokenId),
}

/// How long ago a sign-in may be for what hands out a secret, or lets one work again.
const RECENT: MaxAge = MaxAge::seconds(600);

impl OwnPage {
    /// Whether somebody who proved that lately who they are goes on to it, or proves it again before. It holds for what the page's form does too.
    pub fn is_open_to(self, authentication: &Authentication, now: Timestamp) -> bool {
        let is_old = |max_age: MaxAge| max_age.is_exceeded(authentication, now);
        !self.max_age().is_some_and(is_old)
    }

    const fn max_age(self) -> Option<MaxAge> {
        match self {
            Self::ApiTokens | Self::ApiToken(_) => None,
            Self::NewApiToken | Self::RotateApiToken(_) | Self::ResumeApiToken(_) => Some(RECENT),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::NOW;

    const TOKEN: ApiTokenId = ApiTokenId::from_bytes([1; 16]);

    fn is_open(page: OwnPage, age: Duration) -> bool {
        let authentication = Authentication {
            at: NOW.minus(age),
            methods: Vec::new(),
        };
        page.is_open_to(&authentication, NOW)
    }

    /// S07: what hands out a secret asks for a sign-in of the last ten minutes.
    #[test]
    fn what_hands_out_a_secret_asks_for_a_recent_sign_in() {
        let tenth = Duration::from_mins(10);
        for page in [
            OwnPage::NewApiToken,
            OwnPage::RotateApiToken(TOKEN),
            OwnPage::ResumeApiToken(TOKEN),
        ] {
            assert!(is_open(page, tenth), "{page:?}");
            assert!(!is_open(page, tenth + Duration::from_millis(1)), "{page:?}");
        }
        for page in [OwnPage::ApiTokens, OwnPage::ApiToken(TOKEN)] {
            assert!(is_open(page, Duration::from_hours(24)), "{page:?}");
        }
    }
}
