//! Stopping a token for a while, and letting it work again.

use axum::response::{IntoResponse, Response};
use doorward_core::api_token::{ApiToken, Cause, State, StateRefused};
use doorward_core::authorization::OwnPage;
use doorward_core::event::ApiTokenChange;
use doorward_directory::Failure;
use doorward_directory::clients::Updated;

use super::address;
use super::shown::Shelf;
use super::visit::{Asked, Turned, Visit, refuse};
use crate::form::see_other;
use crate::pages::{ACTION_FIELD, ApiTokenConfirmation, ApiTokenState, Confirmed, Problem};
use crate::refusal::PageError;

/// Stops a token at once.
pub(super) async fn suspend(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.with_form().await?;
    let (found, _) = visit.token().await?;
    only(&visit, "suspend")?;
    let person = visit.person().id;
    let (now, because) = (visit.app.now(), Cause::Person { person });
    let changed = change(&visit, &found.token, |state| {
        Ok(state.suspended(now, because.clone()))
    });
    if changed.await? {
        visit.note(&found, ApiTokenChange::Suspended { because });
    }
    Ok(see_other(&address(OwnPage::ApiToken(found.token.id))))
}

/// Asks whether a token is to work again, and says why it does not.
pub(super) async fn show(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.at(|id| id.map(OwnPage::ResumeApiToken)).await?;
    let (found, _) = visit.token().await?;
    let token_url = address(OwnPage::ApiToken(found.token.id));
    let shelf = Shelf::of(&visit, std::slice::from_ref(&found)).await?;
    let confirmed = match shelf.card(&found).state {
        ApiTokenState::Suspended { why, .. } => Confirmed::Resume(why),
        ApiTokenState::Restored { .. } => Confirmed::Restore,
        _ => return Ok(see_other(&token_url)),
    };
    let page = ApiTokenConfirmation {
        name: found.token.name.to_string(),
        confirmed,
        action: address(OwnPage::ResumeApiToken(found.token.id)),
        token_url,
        csrf: visit.here.csrf.clone(),
    };
    Ok(page.page(visit.texts()).into_response())
}

/// Lets a token work again.
pub(super) async fn resume(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.with_form().await?;
    let (found, _) = visit.token().await?;
    let id = found.token.id;
    visit.lately_enough_for(OwnPage::ResumeApiToken(id)).await?;
    only(&visit, "confirm")?;
    let now = visit.app.now();
    let changed = change(&visit, &found.token, |state| state.resumed_by_owner(now));
    if changed.await? {
        visit.note(&found, ApiTokenChange::Resumed);
    }
    Ok(see_other(&address(OwnPage::ApiToken(id))))
}

/// Only the button of a form does what the form is for.
pub(super) fn only(visit: &Visit, action: &str) -> Result<(), PageError> {
    if visit.parameters.one(ACTION_FIELD) == Some(action) {
        Ok(())
    } else {
        Err(refuse(Problem::FormOutdated, &"it says nothing to be done"))
    }
}

/// Puts what `decide` makes of a token's state in its place; `false` when that is the same.
pub(super) async fn change(
    visit: &Visit,
    token: &ApiToken,
    decide: impl Fn(State) -> Result<State, StateRefused> + Send + Sync,
) -> Result<bool, PageError> {
    let tokens = visit.app.directory.api_tokens();
    let updated = tokens.update(token.id, |token| {
        let state = decide(token.state.clone())?;
        Ok::<_, Unchanged>(ApiToken {
            state,
            ..token.clone()
        })
    });
    match updated.await {
        Ok(updated) => Ok(matches!(updated, Updated::Updated(_))),
        Err(Unchanged::Refused(reason)) => Err(refuse(Problem::FormOutdated, &reason)),
        Err(Unchanged::Failed(failure)) => Err(failure.into()),
    }
}

/// Why a token's state stays as it is.
enum Unchanged {
    Refused(StateRefused),
    Failed(Failure),
}

impl From<StateRefused> for Unchanged {
    fn from(refused: StateRefused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Failure> for Unchanged {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
