//! Letting a token that was stopped work again.

use super::issue::{IssueRefused, Issuer};
use super::{ActsFor, ApiToken, Cause, State, StateRefused};
use crate::time::Timestamp;

/// Why a token is not resumed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResumptionRefused {
    /// Nothing revives it.
    #[error(transparent)]
    State(#[from] StateRefused),
    /// Somebody else had a reason.
    #[error(
        "a token resumes only what its owner suspended; this one was suspended {0}, so an operator resumes it, or its owner after a sign-in"
    )]
    ByOthers(Cause),
    /// It can do more than the token that would resume it.
    #[error(transparent)]
    Beyond(#[from] IssueRefused),
}

/// `token` as it goes on. What was never stopped stays as it is when another token asks: of that nobody knows better than the directory.
pub fn resume(
    token: &ApiToken,
    by: Issuer<'_>,
    now: Timestamp,
) -> Result<ApiToken, ResumptionRefused> {
    if let Issuer::Token(own) = by {
        match &token.state {
            State::Suspended { because, .. } if !is_of_owner(because, own) => {
                return Err(ResumptionRefused::ByOthers(because.clone()));
            }
            State::Live | State::Resumed { .. } => return Ok(token.clone()),
            State::Suspended { .. } | State::Revoked { .. } => {}
        }
    }
    let resumed = ApiToken {
        state: token.state.clone().resumed(now)?,
        ..token.clone()
    };
    by.may_give(&resumed)?;
    Ok(resumed)
}

fn is_of_owner(because: &Cause, own: &ApiToken) -> bool {
    match (because, &own.acts_for) {
        (Cause::Person { person }, ActsFor::Person(owner)) => person == owner,
        _ => false,
    }
}
