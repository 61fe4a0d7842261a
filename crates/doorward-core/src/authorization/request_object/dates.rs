//! When a request object is good ([RFC 9101 section 4](https://www.rfc-editor.org/rfc/rfc9101#section-4),
//! [RFC 7519 section 4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1)).

use std::time::Duration;

use serde_json::{Map, Value};

use super::RequestObjectRefused;
use crate::client::RequestObjectLifetime;
use crate::jose::{JwtRefused, numeric_date};
use crate::time::Timestamp;

/// How far a client's clock may be from ours.
const SKEW: Duration = Duration::from_mins(1);

/// How long an object may be good for, and how old it may be, where its client wants that looked at.
const HOUR: Duration = Duration::from_hours(1);

/// Refuses an object that is not for now. `exp` is always there: a link that works for ever is found by somebody else one day.
pub(super) fn judge(
    claims: &Map<String, Value>,
    lifetime: RequestObjectLifetime,
    now: Timestamp,
) -> Result<(), RequestObjectRefused> {
    let expires_at = numeric_date(claims, "exp")?.ok_or(JwtRefused::Date("exp"))?;
    if now >= expires_at.plus(SKEW) {
        return Err(JwtRefused::Expired.into());
    }
    let latest = now.plus(SKEW);
    for name in ["iat", "nbf"] {
        if numeric_date(claims, name)?.is_some_and(|date| date > latest) {
            return Err(JwtRefused::TooEarly(name).into());
        }
    }
    match lifetime {
        RequestObjectLifetime::AsStated => Ok(()),
        RequestObjectLifetime::Hour => {
            let begins_at = numeric_date(claims, "nbf")?.ok_or(JwtRefused::Date("nbf"))?;
            within_an_hour(begins_at, expires_at, now)
        }
    }
}

/// [FAPI 2.0 Message Signing section 5.3.1](https://openid.net/specs/fapi-message-signing-2_0-final.html#section-5.3.1).
fn within_an_hour(
    begins_at: Timestamp,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), RequestObjectRefused> {
    let end = begins_at.plus(HOUR);
    if expires_at > end || now > end {
        Err(RequestObjectRefused::TooLong)
    } else {
        Ok(())
    }
}
