//! An assertion: what it says, and whether its issuer said it to us and for now
//! ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3)).

use std::time::Duration;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::JwtBearerRefused;
use crate::assertion_issuer::{AssertionIssuer, AssertionUse, Named};
use crate::client_authentication::Addressee;
use crate::jose::{
    Acceptable, Algorithm, Audience, JwkSet, JwtRefused, KeyName, Unverified, numeric_date,
};
use crate::time::{CLOCK_TOLERANCE, Timestamp};

/// What the `typ` of an assertion may be. Access tokens, logout tokens and request objects of others are made for other things
/// ([RFC 8725 section 3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)).
const TYPES: [&str; 1] = ["JWT"];

/// How far an issuer's clock may be from ours.
const SKEW: Duration = Duration::from_mins(1);

/// The longest `jti`, in bytes.
const MAX_JTI_LENGTH: usize = 256;

/// An assertion that names its issuer. That the issuer made it is not proven.
#[derive(Clone)]
pub struct PresentedAssertion<'a> {
    text: &'a str,
    issuer: String,
}

/// An assertion that its issuer made for us and for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenAssertion {
    /// Whom it names.
    pub named: Named,
    /// Its one use, if it has no more.
    pub single_use: Option<AssertionMark>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The one use of an assertion ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionMark {
    /// What tells it from all others: its issuer and its `jti`, between which stands a space, which no issuer has.
    pub name: String,
    /// How long its use must be remembered, so that no node, however wrong its clock, takes it again.
    pub remembered: Duration,
}

impl<'a> PresentedAssertion<'a> {
    /// Reads whose word an assertion says that it is.
    pub fn parse(text: &'a str) -> Result<Self, JwtBearerRefused> {
        let claims = Unverified::parse(text)?.unproven_claims()?;
        let issuer = claims.get("iss").and_then(Value::as_str);
        let issuer = issuer.ok_or(JwtBearerRefused::NoIssuer)?.to_owned();
        Ok(Self { text, issuer })
    }

    /// Whose word it says that it is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// That nobody told us to hear its issuer, in a line for operators.
    pub fn unknown(&self) -> JwtBearerRefused {
        JwtBearerRefused::UnknownIssuer(self.issuer.chars().take(200).collect())
    }

    /// Which key it says that it is signed with.
    pub fn signed_with(&self) -> Result<KeyName, JwtBearerRefused> {
        Ok(Unverified::parse(self.text)?.signed_with())
    }

    /// Proves that `issuer`, which has these `keys` now, made it for us and for now.
    pub fn prove(
        &self,
        issuer: &AssertionIssuer,
        keys: &JwkSet,
        to: Addressee<'_>,
        now: Timestamp,
    ) -> Result<ProvenAssertion, JwtBearerRefused> {
        let algorithms: Vec<Algorithm> = issuer.algorithms.iter().copied().collect();
        let acceptable = Acceptable {
            algorithms: &algorithms,
            types: &TYPES,
        };
        let claims = keys.verify(&Unverified::parse(self.text)?, acceptable)?;
        if claims.get("iss").and_then(Value::as_str) != Some(issuer.issuer.as_str()) {
            return Err(JwtRefused::OtherIssuer.into());
        }
        if !is_addressed(&claims, to) {
            return Err(JwtBearerRefused::Audience);
        }
        let expires_at = in_force(&claims, issuer.longest_assertion(), now)?;
        Ok(ProvenAssertion {
            named: issuer.identity.named(&claims)?,
            single_use: match issuer.assertion_use {
                AssertionUse::UntilItExpires => None,
                AssertionUse::Once => Some(AssertionMark {
                    name: format!("{} {}", issuer.issuer, jti(&claims)?),
                    // Two nodes may each be wrong by the tolerance, in opposite directions.
                    remembered: expires_at.plus(SKEW).since(now) + 2 * CLOCK_TOLERANCE,
                }),
            },
            expires_at,
        })
    }
}

/// Whether `aud` is us, and nobody besides: what others may use too, others may use here.
fn is_addressed(claims: &Map<String, Value>, to: Addressee<'_>) -> bool {
    let aud = claims
        .get("aud")
        .and_then(|aud| Audience::deserialize(aud).ok());
    aud.is_some_and(|aud| {
        let mut names = aud.iter();
        names.next().is_some_and(|name| to.is_called(name)) && names.next().is_none()
    })
}

/// When an assertion ends, if it is good now and not for longer than it may be
/// ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), items 4 to 6).
fn in_force(
    claims: &Map<String, Value>,
    longest: Duration,
    now: Timestamp,
) -> Result<Timestamp, JwtBearerRefused> {
    let expires_at = numeric_date(claims, "exp")?.ok_or(JwtRefused::Date("exp"))?;
    if now >= expires_at.plus(SKEW) {
        return Err(JwtRefused::Expired.into());
    }
    let latest = now.plus(SKEW);
    let issued_at = numeric_date(claims, "iat")?;
    for (name, date) in [("iat", issued_at), ("nbf", numeric_date(claims, "nbf")?)] {
        if date.is_some_and(|date| date > latest) {
            return Err(JwtRefused::TooEarly(name).into());
        }
    }
    let from = issued_at.unwrap_or(latest).min(latest);
    if expires_at > from.plus(longest) {
        return Err(JwtBearerRefused::TooLong);
    }
    Ok(expires_at)
}

fn jti(claims: &Map<String, Value>) -> Result<&str, JwtBearerRefused> {
    let jti = claims.get("jti").and_then(Value::as_str);
    jti.filter(|jti| (1..=MAX_JTI_LENGTH).contains(&jti.len()))
        .ok_or(JwtBearerRefused::Jti)
}
