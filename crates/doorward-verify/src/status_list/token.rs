//! A status list as the issuer signed it
//! ([Token Status List section 5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-5.1)).

use std::time::Duration;

use doorward_core::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::bits::{Compressed, Statuses};

/// How long a list is fresh that does not say.
const ORDINARY: Duration = Duration::from_secs(15);

/// How long a list may be used that never expires, when no newer one can be had.
const UNLIMITED: Duration = Duration::from_mins(5);

/// The states of tokens, and how long they may be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatusList {
    pub(super) statuses: Statuses,
    /// `ttl`: how long they are fresh.
    pub(super) fresh: Duration,
    /// `exp`: until when they may be used.
    pub(super) until: Timestamp,
}

/// Why a signed list says nothing of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoList {
    #[error("its claims are not those of a status list")]
    Malformed,
    #[error("its sub is another address than the one it was fetched from")]
    OtherAddress,
    #[error("it has expired")]
    Expired,
    #[error("its iat lies ahead")]
    Early,
    #[error("its lst cannot be decompressed, or not to a bounded size")]
    Compression,
}

/// How far the issuer's clock may be ahead.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: Option<i64>,
    ttl: Option<u64>,
    status_list: Compressed,
}

impl StatusList {
    /// Reads the claims of the list at `uri`.
    pub(super) fn read(
        claims: &Map<String, Value>,
        uri: &str,
        now: Timestamp,
    ) -> Result<Self, NoList> {
        let claims = Claims::deserialize(claims).map_err(|_| NoList::Malformed)?;
        if claims.sub != uri {
            return Err(NoList::OtherAddress);
        }
        if Timestamp::from_seconds(claims.iat) > now.plus(CLOCK_SKEW) {
            return Err(NoList::Early);
        }
        let until = claims.exp.map(Timestamp::from_seconds);
        let until = until.unwrap_or_else(|| now.plus(UNLIMITED));
        if now >= until {
            return Err(NoList::Expired);
        }
        let statuses = Statuses::decompress(&claims.status_list);
        Ok(Self {
            statuses: statuses.ok_or(NoList::Compression)?,
            fresh: claims.ttl.map_or(ORDINARY, Duration::from_secs),
            until,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const URI: &str = "https://id.example/status/1";
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

    fn read(claims: &Value) -> Result<StatusList, NoList> {
        StatusList::read(claims.as_object().unwrap(), URI, NOW)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    #[test]
    fn a_list_is_fresh_for_its_ttl_and_good_until_its_exp() {
        let list = read(&claims()).unwrap();
        assert_eq!(list.statuses.at(0), Some(1));
        assert_eq!(list.fresh, Duration::from_secs(15));
        assert_eq!(list.until, NOW.plus(Duration::from_mins(1)));
        let endless = read(&with("exp", Value::Null)).unwrap();
        assert_eq!(endless.until, NOW.plus(UNLIMITED));
    }

    #[test]
    fn a_list_of_another_address_or_time_is_refused() {
        for (name, value, refused) in [
            (
                "sub",
                json!("https://id.example/status/2"),
                NoList::OtherAddress,
            ),
            ("sub", json!(1), NoList::Malformed),
            ("iat", json!(1_700_000_061), NoList::Early),
            ("iat", Value::Null, NoList::Malformed),
            ("exp", json!(1_700_000_000), NoList::Expired),
            ("ttl", json!(-1), NoList::Malformed),
            (
                "status_list",
                json!({"bits": 3, "lst": ""}),
                NoList::Compression,
            ),
            ("status_list", json!({}), NoList::Malformed),
        ] {
            assert_eq!(
                read(&with(name, value.clone())),
                Err(refused),
                "{name} {value}"
            );
        }
    }
}
