//! Client authentication by a signed JWT ([RFC 7523 section 2.2] and [section 3], `private_key_jwt` and `client_secret_jwt` in
//! [OpenID Connect Core section 9]).
//!
//! The algorithm that an assertion names says by which of the two it is made. A client is registered for one of them, so nothing
//! that names HMAC ever meets a key, and no signature a secret.
//!
//! [RFC 7523 section 2.2]: https://www.rfc-editor.org/rfc/rfc7523#section-2.2
//! [section 3]: https://www.rfc-editor.org/rfc/rfc7523#section-3
//! [OpenID Connect Core section 9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication

mod secret;

use std::time::Duration;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{ClientRefused, Judge};
use crate::client::{AssertionAudience, AuthMethod, Client};
use crate::identifiers::ClientId;
use crate::jose::{Acceptable, Audience, JwtRefused, KeyName, Unverified, numeric_date};
use crate::time::{CLOCK_TOLERANCE, Timestamp};

/// The one `client_assertion_type` ([RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What the `typ` of an assertion may be; others are for other purposes
/// ([RFC 8725 section 3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)).
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// How far a client's clock may be from ours.
const SKEW: Duration = Duration::from_mins(1);

/// How long an assertion may be good for.
const LONGEST: Duration = Duration::from_mins(5);

/// The longest `jti`, in bytes.
const MAX_JTI_LENGTH: usize = 256;

/// An assertion that names one client. That the client made it is not proven.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ClientAssertion {
    text: String,
    pub(super) client: ClientId,
    means: Means,
}

/// What an assertion says that it is proven by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Means {
    Key,
    Secret,
}

/// Why an assertion was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionRefused {
    /// `client_assertion` or `client_assertion_type` is absent, or the type is another.
    #[error("client_assertion does not come with client_assertion_type {JWT_BEARER}")]
    OtherKind,
    /// It is no JWT that a key of the client signed.
    #[error("{0}")]
    Jwt(#[from] JwtRefused),
    /// `sub` names no client.
    #[error("its sub names no client")]
    Subject,
    /// `iss` is not the client.
    #[error("its iss is not its sub: a client vouches for itself")]
    Issuer,
    /// The client is registered without keys.
    #[error("the client is registered without jwks")]
    NoKeys,
    /// The secret of today was derived from another key.
    #[error("the client's secret was made under another root key: rotate it")]
    OtherKey,
    /// `aud` is not this provider, as the client must write it.
    #[error("its aud is not the issuer, as one text")]
    Audience,
    /// `exp` is too far ahead.
    #[error("its exp is more than 5 minutes ahead")]
    TooLong,
    /// `jti` is absent, empty or too long.
    #[error("its jti is not a text of 1 to 256 bytes")]
    Jti,
    /// It was used before.
    #[error("it was used before")]
    Replayed,
}

/// Whom a client's assertion addresses.
#[derive(Clone, Copy, Debug)]
pub struct Addressee<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The address of the token endpoint.
    pub token_endpoint: &'a str,
    /// The other one of it, for clients that show certificates, if there is one
    /// ([RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5)).
    pub token_endpoint_alias: Option<&'a str>,
}

impl Addressee<'_> {
    /// Whether it is called so: as the issuer, or by an address of its token endpoint.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        [self.issuer, self.token_endpoint].contains(&name)
            || self.token_endpoint_alias == Some(name)
    }
}

/// An assertion that is right in everything, and may be used once
/// ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleUse {
    /// The client that made it.
    pub client: ClientId,
    /// `jti`: its name among all that the client makes.
    pub jti: String,
    /// How long its use must be remembered, so that no node, however wrong its clock, takes it again.
    pub remembered: Duration,
}

impl ClientAssertion {
    /// Reads whom an assertion names, which says whose keys prove it.
    pub(super) fn parse(kind: Option<&str>, text: Option<&str>) -> Result<Self, AssertionRefused> {
        let (Some(JWT_BEARER), Some(text)) = (kind, text) else {
            return Err(AssertionRefused::OtherKind);
        };
        let (means, claims) = match Unverified::parse(text) {
            // Nothing that a key does: a secret may.
            Err(JwtRefused::UnknownAlgorithm) => {
                let token = Unverified::parse_mac(text)?;
                (Means::Secret, token.unproven_claims()?)
            }
            token => (Means::Key, token?.unproven_claims()?),
        };
        let subject = claims.get("sub").and_then(Value::as_str);
        let client = subject.and_then(|subject| subject.parse().ok());
        Ok(Self {
            text: text.to_owned(),
            client: client.ok_or(AssertionRefused::Subject)?,
            means,
        })
    }

    /// How a client authenticates that makes such.
    pub(super) const fn method(&self) -> AuthMethod {
        match self.means {
            Means::Key => AuthMethod::PrivateKeyJwt,
            Means::Secret => AuthMethod::ClientSecretJwt,
        }
    }

    /// Which key it says that it is signed with.
    pub(super) fn signed_with(&self) -> Option<KeyName> {
        let token = Unverified::parse(&self.text).ok()?;
        Some(token.signed_with())
    }

    /// Proves that `client`, the one that it names, made it for us and for now.
    pub(super) fn prove(
        &self,
        client: &Client,
        by: Judge<'_>,
        now: Timestamp,
    ) -> Result<SingleUse, ClientRefused> {
        let claims = match self.means {
            Means::Key => self.signed_by_key(client)?,
            Means::Secret => self.made_with_secret(client, by.secrets, now)?,
        };
        Ok(single_use(&claims, client, by.addressee, now)?)
    }

    fn signed_by_key(&self, client: &Client) -> Result<Map<String, Value>, AssertionRefused> {
        let keys = client.jwks.as_ref().ok_or(AssertionRefused::NoKeys)?;
        let acceptable = Acceptable {
            algorithms: client.assertion_algorithms(),
            types: &TYPES,
        };
        Ok(keys.verify(&Unverified::parse(&self.text)?, acceptable)?)
    }
}

/// The use of an assertion whose claims are those of `client`, for us and for now.
fn single_use(
    claims: &Map<String, Value>,
    client: &Client,
    to: Addressee<'_>,
    now: Timestamp,
) -> Result<SingleUse, AssertionRefused> {
    let is_client =
        |name| claims.get(name).and_then(Value::as_str) == Some(client.client_id.as_str());
    if !is_client("sub") {
        return Err(AssertionRefused::Subject);
    }
    if !is_client("iss") {
        return Err(AssertionRefused::Issuer);
    }
    if !is_addressed(claims, client.assertion_audience, to) {
        return Err(AssertionRefused::Audience);
    }
    let until = in_force(claims, now)?;
    Ok(SingleUse {
        client: client.client_id.clone(),
        jti: jti(claims).ok_or(AssertionRefused::Jti)?,
        // Two nodes may each be wrong by the tolerance, in opposite directions.
        remembered: until.since(now) + 2 * CLOCK_TOLERANCE,
    })
}

/// Whether `aud` is us, and nobody besides
/// ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 3).
fn is_addressed(
    claims: &Map<String, Value>,
    audience: AssertionAudience,
    to: Addressee<'_>,
) -> bool {
    let aud = claims
        .get("aud")
        .and_then(|aud| Audience::deserialize(aud).ok());
    match (audience, aud) {
        (_, Some(Audience::One(aud))) if aud == to.issuer => true,
        (AssertionAudience::TokenEndpointToo, Some(aud)) => {
            let mut names = aud.iter();
            names.next().is_some_and(|name| to.is_called(name)) && names.next().is_none()
        }
        _ => false,
    }
}

/// Until when an assertion is good, if it is now
/// ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), items 4 to 6).
fn in_force(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, AssertionRefused> {
    let expires_at = numeric_date(claims, "exp")?.ok_or(JwtRefused::Date("exp"))?;
    let until = expires_at.plus(SKEW);
    if now >= until {
        return Err(JwtRefused::Expired.into());
    }
    let latest = now.plus(SKEW);
    if expires_at > latest.plus(LONGEST) {
        return Err(AssertionRefused::TooLong);
    }
    for name in ["iat", "nbf"] {
        if numeric_date(claims, name)?.is_some_and(|date| date > latest) {
            return Err(JwtRefused::TooEarly(name).into());
        }
    }
    Ok(until)
}

fn jti(claims: &Map<String, Value>) -> Option<String> {
    let jti = claims.get("jti")?.as_str()?;
    (1..=MAX_JTI_LENGTH)
        .contains(&jti.len())
        .then(|| jti.to_owned())
}

#[cfg(test)]
mod tests;
