//! Giving a token another secret, and with it another time to live.

use std::time::Duration;

use super::issue::{IssueRefused, Issuer, Lifetime};
use super::{ApiToken, ApiTokenPolicy, FoundToken, State};
use crate::time::Timestamp;

/// Why a token gets no other secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotationRefused {
    /// It was revoked or suspended.
    #[error("only a token that works is rotated: resume it before, or make another one")]
    Stopped,
    /// It may have been revoked since a backup, and a token does not undo that.
    #[error(
        "the token is older than the restoration of the directory; somebody has to look at it, and rotate or resume it"
    )]
    Restored,
    /// Its time is over.
    #[error("the token has expired; make another one")]
    Expired,
    /// The secret before would work for too long.
    #[error("the secret before works at most {} hours longer here", .0.as_secs() / 3600)]
    Overlap(Duration),
    /// It would be another token than may be made.
    #[error(transparent)]
    Issue(#[from] IssueRefused),
}

/// What is asked of a rotation.
#[derive(Clone, Copy, Debug)]
pub struct Rotation<'a> {
    /// Who wants it.
    pub by: Issuer<'a>,
    /// How long the secret before goes on working.
    pub overlap: Duration,
    /// How long the token lives from now; as long as it was made for when that is [`Lifetime::Default`].
    pub lifetime: Lifetime,
}

/// The token as it is with its new secret, and when the secret before ends: at once where it is of before a restoration, since that secret may
/// have been revoked since the backup.
pub fn rotate(
    found: &FoundToken,
    rotation: Rotation<'_>,
    policy: &ApiTokenPolicy,
    now: Timestamp,
) -> Result<(ApiToken, Timestamp), RotationRefused> {
    let token = &found.token;
    let is_certain = token.certain_since() > found.standing.restored_at;
    if !is_certain && matches!(rotation.by, Issuer::Token(_)) {
        return Err(RotationRefused::Restored);
    }
    if !matches!(token.state, State::Live | State::Resumed { .. }) {
        return Err(RotationRefused::Stopped);
    }
    if token.expires_at.is_some_and(|end| end <= now) {
        return Err(RotationRefused::Expired);
    }
    if rotation.overlap > policy.max_overlap {
        return Err(RotationRefused::Overlap(policy.max_overlap));
    }
    let lifetime = policy.lifetime(again(token, rotation.lifetime, policy))?;
    let end = lifetime.map(|lifetime| now.plus(lifetime));
    let rotated = ApiToken {
        rotated_at: Some(now),
        expires_at: rotation.by.end(rotation.lifetime, end),
        ..token.clone()
    };
    rotation.by.may_give(&rotated)?;
    let ends = if is_certain {
        now.plus(rotation.overlap)
    } else {
        now
    };
    Ok((rotated, token.expires_at.map_or(ends, |end| end.min(ends))))
}

/// As long as it was made for, as far as that is still allowed.
fn again(token: &ApiToken, asked: Lifetime, policy: &ApiTokenPolicy) -> Lifetime {
    if asked != Lifetime::Default {
        return asked;
    }
    let began = token.rotated_at.unwrap_or(token.created_at);
    match (token.expires_at, policy.max_lifetime) {
        (None, None) => Lifetime::Endless,
        (None, Some(most)) => Lifetime::For(most),
        (Some(end), most) => {
            let lifetime = end.since(began);
            Lifetime::For(most.map_or(lifetime, |most| lifetime.min(most)))
        }
    }
}
