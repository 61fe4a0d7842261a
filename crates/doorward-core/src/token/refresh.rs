//! Refresh tokens and their rotation ([RFC 6749 section 6], [RFC 9700 section 4.14.2]).
//!
//! A token names its family and carries a secret. Its successor is derived from that secret and a
//! random salt which only the directory knows, so a client that missed an answer gets the *same*
//! successor again for a moment, although no store ever holds a token.
//!
//! [RFC 6749 section 6]: https://www.rfc-editor.org/rfc/rfc6749#section-6
//! [RFC 9700 section 4.14.2]: https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2

use std::time::Duration;

use aws_lc_rs::hmac;

use crate::client::Client;
use crate::confirmation::{Confirmation, Held};
use crate::error::ErrorCode;
use crate::grant::{Grant, GrantFallen, RefreshTokenFamily, SpentRefreshToken};
use crate::identifiers::{GrantId, RefreshTokenId};
use crate::random::Random;
use crate::resource_server::{Entitlement, ResourceServers};
use crate::scope::{self, Scope};
use crate::secret::{Secret, SecretKind};
use crate::time::Timestamp;

/// A request to exchange a refresh token.
#[derive(Debug)]
pub struct RefreshRequest {
    /// The token.
    pub token: PresentedRefreshToken,
    /// What the new access token is to open, when that is less than all.
    pub scope: Option<Scope>,
}

/// A refresh token as a client showed it: well-formed, and not yet known to live.
#[derive(Debug)]
pub struct PresentedRefreshToken {
    /// The family it names.
    pub family: RefreshTokenId,
    secret: Secret,
}

impl PresentedRefreshToken {
    /// Reads a refresh token; `None` for anything that was never one.
    pub fn parse(text: &str) -> Option<Self> {
        let (secret, bytes) = Secret::parse_with_bytes(SecretKind::RefreshToken, text)?;
        let (family, random) = bytes.split_first_chunk::<16>()?;
        (random.len() == 32).then_some(Self {
            family: RefreshTokenId::from_bytes(*family),
            secret,
        })
    }
}

/// How long refresh tokens live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshLimits {
    /// Without use.
    pub idle: Duration,
    /// How long a spent token yields its successor once more.
    pub grace: Duration,
    /// Whether a use spends the token.
    pub rotation: RotationPolicy,
}

/// What a use does to a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationPolicy {
    /// Each use spends it for its successor.
    EachUse,
    /// It stays what it is: the profile of its client knows better means against theft
    /// ([FAPI 2.0 Security Profile section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1)).
    Never,
}

/// What becomes of a refresh token that works.
#[derive(Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It was the living one: `family` is to take its place, if nobody else's has.
    Fresh {
        /// The living token from now on, which is the same where tokens are not rotated.
        successor: Secret,
        /// The family as it is to be from now on.
        family: RefreshTokenFamily,
    },
    /// It was spent a moment ago: the same successor again, and nothing changes.
    Again {
        /// The living token.
        successor: Secret,
    },
}

/// Why a refresh token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshRefused {
    /// There is no such family.
    #[error("the refresh token is unknown")]
    Unknown,
    /// It was spent before; its whole grant is to be revoked.
    #[error("the refresh token was used before; its grant {0} is revoked")]
    Reused(GrantId),
    /// It was not used for too long.
    #[error("the refresh token was not used for too long")]
    Idle,
    /// It was made for another client.
    #[error("the refresh token was made for another client")]
    WrongClient,
    /// It is bound to a key or a certificate, and whoever shows it did not prove that they hold that.
    #[error(
        "the refresh token is bound to a key or a certificate, and the request proves another or none"
    )]
    WrongKey,
    /// The client may not have offline access any more.
    #[error("the client is no longer registered for offline_access")]
    OfflineAccess,
    /// More is asked for than was granted.
    #[error("the scope is more than was granted")]
    Scope,
    /// What it stands for no longer holds.
    #[error(transparent)]
    Grant(#[from] GrantFallen),
}

impl RefreshRefused {
    /// The standard's code; the client learns no more.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Scope => ErrorCode::InvalidScope,
            _ => ErrorCode::InvalidGrant,
        }
    }
}

/// Begins a family for `grant`: its first token, and what the directory keeps of it.
pub fn begin(
    grant: GrantId,
    limits: RefreshLimits,
    now: Timestamp,
    random: &dyn Random,
) -> (Secret, RefreshTokenFamily) {
    let id = RefreshTokenId::generate(now, random);
    let token = token(id, &random.bytes::<32>());
    let family = RefreshTokenFamily {
        id,
        grant,
        confirmation: None,
        current: token.hash(),
        previous: None,
        rotated_at: now,
        idle_expires_at: now.plus(limits.idle),
    };
    (token, family)
}

/// What the tokens of a new family are bound to: what the access token is, unless the client has other credentials, which a
/// refresh token is bound to anyway ([RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5),
/// [RFC 8705 section 4](https://www.rfc-editor.org/rfc/rfc8705#section-4)).
pub fn bound(client: &Client, to: Option<&Confirmation>) -> Option<Confirmation> {
    to.filter(|_| client.is_public()).cloned()
}

/// Whether whoever proved to hold this may use tokens of `family`.
pub fn held_by(family: &RefreshTokenFamily, held: &Held) -> Result<(), RefreshRefused> {
    match &family.confirmation {
        Some(bound) if !bound.is_held(held) => Err(RefreshRefused::WrongKey),
        _ => Ok(()),
    }
}

/// Decides what becomes of `presented`, given its `family`. Who presents it is judged before, by [`entitled`].
pub fn rotate(
    presented: &PresentedRefreshToken,
    family: &RefreshTokenFamily,
    limits: RefreshLimits,
    now: Timestamp,
    salt: [u8; 32],
) -> Result<Rotation, RefreshRefused> {
    let hash = presented.secret.hash();
    if hash == family.current {
        if now >= family.idle_expires_at {
            return Err(RefreshRefused::Idle);
        }
        return Ok(used(presented, family, limits, now, salt));
    }
    match &family.previous {
        Some(spent) if spent.hash == hash && now < family.rotated_at.plus(limits.grace) => {
            Ok(Rotation::Again {
                successor: successor(presented, &spent.salt),
            })
        }
        _ => Err(RefreshRefused::Reused(family.grant)),
    }
}

/// What a use makes of the living token and its family.
fn used(
    living: &PresentedRefreshToken,
    family: &RefreshTokenFamily,
    limits: RefreshLimits,
    now: Timestamp,
    salt: [u8; 32],
) -> Rotation {
    let family = RefreshTokenFamily {
        idle_expires_at: now.plus(limits.idle),
        ..family.clone()
    };
    if limits.rotation == RotationPolicy::Never {
        let successor = living.secret.clone();
        return Rotation::Fresh { successor, family };
    }
    let successor = successor(living, &salt);
    let hash = living.secret.hash();
    let family = RefreshTokenFamily {
        current: successor.hash(),
        previous: Some(SpentRefreshToken { hash, salt }),
        rotated_at: now,
        ..family
    };
    Rotation::Fresh { successor, family }
}

/// Whether `presented` is the token of `family` that would work at `now`.
pub fn is_living(
    presented: &PresentedRefreshToken,
    family: &RefreshTokenFamily,
    now: Timestamp,
) -> bool {
    presented.secret.hash() == family.current && now < family.idle_expires_at
}

/// Whether `presented` is the living token of `family` or the one before, which a client that missed an answer still holds:
/// whoever has either may end the grant.
pub fn is_held(presented: &PresentedRefreshToken, family: &RefreshTokenFamily) -> bool {
    let hash = presented.secret.hash();
    let is_previous = |spent: &SpentRefreshToken| spent.hash == hash;
    hash == family.current || family.previous.as_ref().is_some_and(is_previous)
}

/// Whether `client` may still refresh what `grant` allowed, and for what: for all, or for the scope that it names.
pub fn entitled(
    grant: &Grant,
    client: &Client,
    servers: &ResourceServers,
    requested: Option<&Scope>,
) -> Result<Entitlement, RefreshRefused> {
    if grant.client != client.client_id {
        return Err(RefreshRefused::WrongClient);
    }
    if !client.scope.contains(scope::OFFLINE_ACCESS) {
        return Err(RefreshRefused::OfflineAccess);
    }
    let granted = Entitlement::of(grant, client, servers);
    match requested {
        None => Ok(granted),
        Some(requested) if requested.is_within(&granted.scope) => Ok(Entitlement {
            scope: requested.clone(),
            ..granted
        }),
        Some(_) => Err(RefreshRefused::Scope),
    }
}

fn token(family: RefreshTokenId, secret: &[u8]) -> Secret {
    Secret::from_bytes(
        SecretKind::RefreshToken,
        &[family.as_bytes(), secret].concat(),
    )
}

fn successor(presented: &PresentedRefreshToken, salt: &[u8; 32]) -> Secret {
    let key = hmac::Key::new(hmac::HMAC_SHA256, presented.secret.reveal().as_bytes());
    token(presented.family, hmac::sign(&key, salt).as_ref())
}

#[cfg(test)]
mod tests;
