//! What an API demands of the sign-in behind a token
//! ([RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).

use serde::{Deserialize, Serialize};

use super::{Acr, AcrLevels};
use crate::access_token::{EndUser, Subject};
use crate::authorization::MaxAge;
use crate::time::Timestamp;

/// What an API demands of the sign-in behind a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationDemand {
    /// The weakest level that it takes; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_acr: Option<Acr>,
    /// How long ago the sign-in may be when the client gets its grant, in seconds; any time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_authentication_age: Option<MaxAge>,
}

impl AuthenticationDemand {
    /// Whether a token that speaks for `subject` has what is demanded, as far as it says itself. Of a client nothing is, since nobody
    /// signs in, nor of an API token, which the resource server takes in place of a sign-in; and somebody whom an assertion issuer vouched for did not sign in here.
    pub fn is_met_by(&self, subject: &Subject, levels: &AcrLevels, now: Timestamp) -> bool {
        match subject {
            Subject::Client { .. } | Subject::ApiToken(_) => true,
            Subject::Vouched(_) => *self == Self::default(),
            Subject::EndUser(end_user) => self.is_met_by_end_user(end_user, levels, now),
        }
    }

    fn is_met_by_end_user(&self, end_user: &EndUser, levels: &AcrLevels, now: Timestamp) -> bool {
        let at = Timestamp::from_seconds(end_user.auth_time);
        let is_old = |max_age: MaxAge| max_age.is_exceeded_since(at, now);
        let level = end_user.acr.as_ref();
        let reaches = |minimum| level.is_some_and(|acr| levels.is_at_least(acr, minimum));
        !self.max_authentication_age.is_some_and(is_old)
            && self.minimum_acr.as_ref().is_none_or(reaches)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::acr::AcrLevel;
    use crate::id_token::tests::grant;
    use crate::testing::NOW;

    fn levels() -> AcrLevels {
        let level = |name: &str| AcrLevel {
            name: name.parse().unwrap(),
            methods: [].into(),
            max_age: None,
        };
        AcrLevels::new(["low", "middle", "high"].map(level).into()).unwrap()
    }

    fn end_user(acr: Option<&str>) -> Subject {
        let end_user = EndUser::of(&grant(), grant().person.into());
        Subject::EndUser(EndUser {
            acr: acr.map(|acr| acr.parse().unwrap()),
            auth_time: NOW.as_seconds(),
            ..end_user
        })
    }

    #[test]
    fn a_level_is_met_by_itself_and_by_those_above() {
        let demand = AuthenticationDemand {
            minimum_acr: "middle".parse().ok(),
            ..AuthenticationDemand::default()
        };
        for (acr, met) in [
            (None, false),
            (Some("low"), false),
            (Some("middle"), true),
            (Some("high"), true),
            (Some("unheard"), false),
        ] {
            let judged = demand.is_met_by(&end_user(acr), &levels(), NOW);
            assert_eq!(judged, met, "{acr:?}");
        }
        let unheard = AuthenticationDemand {
            minimum_acr: "unheard".parse().ok(),
            ..demand
        };
        assert!(!unheard.is_met_by(&end_user(Some("high")), &levels(), NOW));
    }

    #[test]
    fn an_age_is_met_until_it_is_over() {
        let demand = AuthenticationDemand {
            max_authentication_age: Some(MaxAge::seconds(300)),
            ..AuthenticationDemand::default()
        };
        for (seconds, met) in [(0, true), (300, true), (301, false)] {
            let now = NOW.plus(Duration::from_secs(seconds));
            let judged = demand.is_met_by(&end_user(None), &levels(), now);
            assert_eq!(judged, met, "{seconds}");
        }
    }

    #[test]
    fn of_a_client_nothing_is_demanded() {
        let demand = AuthenticationDemand {
            minimum_acr: "high".parse().ok(),
            ..AuthenticationDemand::default()
        };
        let sub = "wiki".parse().unwrap();
        assert!(demand.is_met_by(&Subject::Client { sub }, &levels(), NOW));
    }
}
