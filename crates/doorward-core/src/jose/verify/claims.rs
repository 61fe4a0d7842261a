//! The claims that every token of ours has ([RFC 7519 section 4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1)).

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Expected, Expiry, JwtRefused};
use crate::jose::Audience;
use crate::time::Timestamp;

/// How far the clocks of our nodes may differ.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// The last second of the year 9999: a greater number is no date in seconds.
const MAX_DATE: i64 = 253_402_300_799;

/// Refuses claims that are not from whom, for whom or of the time that was expected.
pub(super) fn judge(claims: &Map<String, Value>, expected: Expected<'_>) -> Result<(), JwtRefused> {
    if claims.get("iss").and_then(Value::as_str) != Some(expected.issuer) {
        return Err(JwtRefused::OtherIssuer);
    }
    if !is_for(claims, expected.audience) {
        return Err(JwtRefused::OtherAudience);
    }
    let expires_at = numeric_date(claims, "exp")?.ok_or(JwtRefused::Date("exp"))?;
    if expected.expiry == Expiry::Required && expected.now >= expires_at {
        return Err(JwtRefused::Expired);
    }
    numeric_date(claims, "iat")?.ok_or(JwtRefused::Date("iat"))?;
    let latest = expected.now.plus(CLOCK_SKEW);
    for name in ["iat", "nbf"] {
        if numeric_date(claims, name)?.is_some_and(|date| date > latest) {
            return Err(JwtRefused::TooEarly(name));
        }
    }
    Ok(())
}

fn is_for(claims: &Map<String, Value>, audience: Option<&str>) -> bool {
    let Some(aud) = claims.get("aud") else {
        return false;
    };
    match (Audience::deserialize(aud), audience) {
        (Ok(aud), Some(audience)) => aud.contains(audience),
        (Ok(aud), None) => aud.iter().next().is_some(),
        (Err(_), _) => false,
    }
}

/// A `NumericDate` that may be absent, in whole seconds
/// ([RFC 7519 section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
pub(crate) fn numeric_date(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<Timestamp>, JwtRefused> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    match value.as_i64() {
        Some(seconds @ 0..=MAX_DATE) => Ok(Some(Timestamp::from_seconds(seconds))),
        _ => Err(JwtRefused::Date(name)),
    }
}
