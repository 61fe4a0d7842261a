//! A status list as a resource server has it that verifies tokens by itself
//! ([Token Status List section 8.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.3)).

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::statuses::{Statuses, UndecodableStatusList};
use super::token::StatusListClaims;
use crate::time::Timestamp;

/// How long a list is fresh that does not say.
const ORDINARY: Duration = Duration::from_secs(15);

/// How long a list may be used that never expires, when no newer one can be had.
const UNLIMITED: Duration = Duration::from_mins(5);

/// How far the issuer's clock may be ahead.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// The statuses of tokens, and how long they may be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedStatusList {
    /// The statuses.
    pub statuses: Statuses,
    /// `ttl`: how long they are fresh once they were fetched.
    pub fresh_for: Duration,
    /// `exp`: until when they may be used.
    pub usable_until: Timestamp,
}

/// Why a signed list says nothing of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusListRefused {
    /// The claims of a list are missing, or of another type.
    #[error("its claims are not those of a status list")]
    Malformed,
    /// It is another list.
    #[error("its sub is another address than the one it was fetched from")]
    OtherAddress,
    /// It is too old.
    #[error("it has expired")]
    Expired,
    /// It is of the future.
    #[error("its iat lies ahead")]
    Early,
    /// Its statuses cannot be read.
    #[error("its lst cannot be used: {0}")]
    Undecodable(#[from] UndecodableStatusList),
}

impl FetchedStatusList {
    /// Reads the claims of the list at `uri`, whose signature is proven
    /// ([section 5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-5.1)).
    pub fn read(
        claims: &Map<String, Value>,
        uri: &str,
        now: Timestamp,
    ) -> Result<Self, StatusListRefused> {
        let claims =
            StatusListClaims::deserialize(claims).map_err(|_| StatusListRefused::Malformed)?;
        if claims.sub != uri {
            return Err(StatusListRefused::OtherAddress);
        }
        if Timestamp::from_seconds(claims.iat) > now.plus(CLOCK_SKEW) {
            return Err(StatusListRefused::Early);
        }
        let until = claims.exp.map(Timestamp::from_seconds);
        let usable_until = until.unwrap_or_else(|| now.plus(UNLIMITED));
        if now >= usable_until {
            return Err(StatusListRefused::Expired);
        }
        Ok(Self {
            statuses: Statuses::decode(claims.status_list.bits, &claims.status_list.lst)?,
            fresh_for: claims.ttl.map_or(ORDINARY, Duration::from_secs),
            usable_until,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::status_list::{StatusBits, StatusListFor};

    const URI: &str = "https://id.example/status-lists/ES256-0-0";
    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn claims() -> Value {
        json!({
            "sub": URI,
            "iat": 1_700_000_000,
            "exp": 1_700_000_060,
            "ttl": 15,
            "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
        })
    }

    fn read(claims: &Value) -> Result<FetchedStatusList, StatusListRefused> {
        FetchedStatusList::read(claims.as_object().unwrap(), URI, NOW)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    #[test]
    fn a_list_is_fresh_for_its_ttl_and_good_until_its_exp() {
        let list = read(&claims()).unwrap();
        assert_eq!(list.statuses.is_valid(0), Some(false));
        assert_eq!(list.fresh_for, Duration::from_secs(15));
        assert_eq!(list.usable_until, NOW.plus(Duration::from_mins(1)));
        let endless = read(&with("exp", Value::Null)).unwrap();
        assert_eq!(endless.usable_until, NOW.plus(UNLIMITED));
        let silent = read(&with("ttl", Value::Null)).unwrap();
        assert_eq!(silent.fresh_for, ORDINARY);
    }

    #[test]
    fn what_is_served_is_read() {
        let mut bits = StatusBits::default();
        bits.revoke(7);
        let served = StatusListClaims::of(StatusListFor {
            uri: URI,
            aggregation_uri: "https://id.example/status-lists",
            bits: &bits,
            ttl: Duration::from_secs(20),
            now: NOW,
        });
        let list = read(&serde_json::to_value(served).unwrap()).unwrap();
        let valid = [7, 8].map(|idx| list.statuses.is_valid(idx));
        assert_eq!(valid, [Some(false), Some(true)]);
        assert_eq!(list.fresh_for, Duration::from_secs(20));
        assert_eq!(list.usable_until, NOW.plus(Duration::from_secs(80)));
    }

    #[test]
    fn a_list_of_another_address_or_time_is_refused() {
        let undecodable = StatusListRefused::Undecodable(UndecodableStatusList);
        for (name, value, refused) in [
            (
                "sub",
                json!("https://id.example/status-lists/ES256-0-1"),
                StatusListRefused::OtherAddress,
            ),
            ("sub", json!(1), StatusListRefused::Malformed),
            ("iat", json!(1_700_000_061), StatusListRefused::Early),
            ("iat", Value::Null, StatusListRefused::Malformed),
            ("exp", json!(1_700_000_000), StatusListRefused::Expired),
            ("ttl", json!(-1), StatusListRefused::Malformed),
            ("status_list", json!({"bits": 3, "lst": ""}), undecodable),
            ("status_list", json!({}), StatusListRefused::Malformed),
        ] {
            let changed = with(name, value.clone());
            assert_eq!(read(&changed), Err(refused), "{name} {value}");
        }
    }
}
