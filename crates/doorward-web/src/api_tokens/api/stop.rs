//! `POST /api/v1/tokens/{id}/suspend`, `…/resume` and `…/revoke`

use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::{Extension, Json};
use doorward_core::api_token::{ApiToken, Cause, Issuer, MANAGE_TOKENS, StateRefused};
use doorward_core::event::{ApiTokenChange, Reference};
use doorward_directory::clients::Updated;

use super::caller::Caller;
use super::document::{Always, OfOne, OfStates};
use super::error::ApiError;
use super::note;
use super::view::TokenView;
use crate::provider::App;

/// Suspend a token
///
/// It does not work until it is resumed.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/{id}/suspend",
    tag = "tokens",
    operation_id = "suspendToken",
    params(("id" = String, Path, description = "The ID of the token: not the token itself")),
    responses((status = 200, description = "The token", body = TokenView), Always, OfOne, OfStates),
    security(("api_token" = ["doorward:tokens:manage"]))
)]
pub(super) async fn suspend(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    Path(id): Path<String>,
    parts: Parts,
) -> Result<Json<TokenView>, ApiError> {
    let caller = Caller::with(MANAGE_TOKENS, &app, reference, &parts).await?;
    let (now, because) = (app.now(), caused_by(&caller));
    let suspend = |token: &ApiToken| {
        let state = token.state.clone().suspended(now, because.clone());
        if state.is_revoked() {
            return Err(StateRefused::Revoked.into());
        }
        Ok(with(token, state))
    };
    let change = ApiTokenChange::Suspended {
        because: because.clone(),
    };
    changed(&app, &caller, &id, suspend, (change, reference)).await
}

/// Resume a token
///
/// A token resumes what its owner suspended, and what can do no more than itself. What an operator suspended, or what was found where it
/// does not belong, its owner resumes after a sign-in, or an operator.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/{id}/resume",
    tag = "tokens",
    operation_id = "resumeToken",
    params(("id" = String, Path, description = "The ID of the token: not the token itself")),
    responses((status = 200, description = "The token", body = TokenView), Always, OfOne, OfStates),
    security(("api_token" = ["doorward:tokens:manage"]))
)]
pub(super) async fn resume(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    Path(id): Path<String>,
    parts: Parts,
) -> Result<Json<TokenView>, ApiError> {
    let caller = Caller::with(MANAGE_TOKENS, &app, reference, &parts).await?;
    let (now, by) = (app.now(), Issuer::Token(caller.token()));
    let resume = |token: &ApiToken| {
        let resumed = doorward_core::api_token::resume(token, by, now);
        resumed.map_err(ApiError::from)
    };
    let change = (ApiTokenChange::Resumed, reference);
    changed(&app, &caller, &id, resume, change).await
}

/// Revoke a token
///
/// It never works again, from the next request on. A token may revoke itself.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/{id}/revoke",
    tag = "tokens",
    operation_id = "revokeToken",
    params(("id" = String, Path, description = "The ID of the token: not the token itself")),
    responses((status = 200, description = "The token", body = TokenView), Always, OfOne),
    security(("api_token" = ["doorward:tokens:manage"]))
)]
pub(super) async fn revoke(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    Path(id): Path<String>,
    parts: Parts,
) -> Result<Json<TokenView>, ApiError> {
    let caller = Caller::with(MANAGE_TOKENS, &app, reference, &parts).await?;
    let (now, because) = (app.now(), caused_by(&caller));
    let revoke = |token: &ApiToken| {
        let state = token.state.clone().revoked(now, because.clone());
        Ok(with(token, state))
    };
    let change = ApiTokenChange::Revoked {
        because: because.clone(),
    };
    changed(&app, &caller, &id, revoke, (change, reference)).await
}

const fn caused_by(caller: &Caller) -> Cause {
    Cause::Person {
        person: caller.person,
    }
}

fn with(token: &ApiToken, state: doorward_core::api_token::State) -> ApiToken {
    ApiToken {
        state,
        ..token.clone()
    }
}

/// Puts what `decide` makes of a token of the caller's in its place, and notes that if it is another.
async fn changed(
    app: &App,
    caller: &Caller,
    id: &str,
    decide: impl FnMut(&ApiToken) -> Result<ApiToken, ApiError> + Send,
    (change, reference): (ApiTokenChange, Reference),
) -> Result<Json<TokenView>, ApiError> {
    let own = caller.own(app, id).await?.token.id;
    let updated = app.directory.api_tokens().update(own, decide).await?;
    if let Updated::Updated(token) = &updated {
        note(app, caller, token, change, reference);
    }
    let token = updated.present().ok_or(ApiError::Absent)?;
    let found = caller.beside(token.as_ref().clone());
    Ok(Json(TokenView::of(&found, app.now())))
}
