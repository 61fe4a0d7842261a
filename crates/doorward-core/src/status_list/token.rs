//! What is served: the list as a signed token, and which lists there are.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bits::StatusBits;
use crate::time::Timestamp;

/// How many times its `ttl` a list may be relied on: whoever cannot get the next one goes on for so long, and no longer.
const LASTS: u32 = 4;

/// The claims of a status list
/// ([Token Status List section 5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-5.1)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusListClaims {
    pub(super) sub: String,
    pub(super) iat: i64,
    pub(super) exp: Option<i64>,
    pub(super) ttl: Option<u64>,
    pub(super) status_list: StatusListBody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StatusListBody {
    pub(super) bits: u8,
    pub(super) lst: String,
    aggregation_uri: Option<String>,
}

/// What a status list is made of.
#[derive(Clone, Copy, Debug)]
pub struct StatusListFor<'a> {
    /// Its URI, as tokens name it.
    pub uri: &'a str,
    /// Where all lists are named.
    pub aggregation_uri: &'a str,
    /// The statuses.
    pub bits: &'a StatusBits,
    /// How soon a fresh one is to be fetched.
    pub ttl: Duration,
    /// The present time.
    pub now: Timestamp,
}

impl StatusListClaims {
    /// The claims of a list.
    pub fn of(of: StatusListFor<'_>) -> Self {
        Self {
            sub: of.uri.to_owned(),
            iat: of.now.as_seconds(),
            exp: Some(of.now.plus(of.ttl * LASTS).as_seconds()),
            ttl: Some(of.ttl.as_secs()),
            status_list: StatusListBody {
                bits: 1,
                lst: of.bits.encode(),
                aggregation_uri: Some(of.aggregation_uri.to_owned()),
            },
        }
    }
}

/// All lists that tokens name
/// ([Token Status List section 9.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-9.3)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusListAggregation {
    /// Their URIs.
    pub status_lists: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// [Section 5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-5.1).
    #[test]
    fn a_list_says_which_it_is_and_how_long_it_is_good_for() {
        let mut bits = StatusBits::default();
        bits.revoke(9);
        let claims = StatusListClaims::of(StatusListFor {
            uri: "https://id.example.com/status-lists/ES256-0-0",
            aggregation_uri: "https://id.example.com/status-lists",
            bits: &bits,
            ttl: Duration::from_secs(15),
            now: Timestamp::from_seconds(1_700_000_000),
        });
        assert_eq!(
            serde_json::to_value(claims).unwrap(),
            json!({
                "sub": "https://id.example.com/status-lists/ES256-0-0",
                "iat": 1_700_000_000,
                "exp": 1_700_000_060,
                "ttl": 15,
                "status_list": {
                    "bits": 1,
                    "lst": bits.encode(),
                    "aggregation_uri": "https://id.example.com/status-lists",
                },
            })
        );
    }
}
