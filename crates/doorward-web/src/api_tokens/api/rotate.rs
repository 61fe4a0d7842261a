//! `POST /api/v1/tokens/{id}/rotate`

use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::{Extension, Json};
use doorward_core::api_token::{Issuer, MANAGE_TOKENS, Rotation};
use doorward_core::event::{ApiTokenChange, Reference};
use doorward_core::secret::Secret;

use super::body::{RotateToken, json};
use super::caller::Caller;
use super::create::within_limit;
use super::document::{Always, OfBodies, OfMaking, OfOne};
use super::error::ApiError;
use super::note;
use super::view::RotatedToken;
use crate::provider::App;

/// Rotate a token
///
/// It gets another secret, shown in this answer alone; the one before goes on for a while. A token can rotate itself, and others that can
/// do no more than itself; neither lives longer than the calling token does.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/{id}/rotate",
    tag = "tokens",
    operation_id = "rotateToken",
    params(("id" = String, Path, description = "The ID of the token: not the token itself")),
    request_body = Option<RotateToken>,
    responses(
        (status = 200, description = "The token with its new secret, shown this once", body = RotatedToken),
        Always, OfBodies, OfOne, OfMaking,
    ),
    security(("api_token" = ["doorward:tokens:manage"]))
)]
pub(super) async fn rotate(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<RotatedToken>, ApiError> {
    let (parts, body) = request.into_parts();
    let caller = Caller::with(MANAGE_TOKENS, &app, reference, &parts).await?;
    let asked = asked(Request::from_parts(parts, body)).await?;
    within_limit(&app, &caller).await?;
    let before = caller.own(&app, &id).await?;
    let (policy, now) = (&app.settings.api_tokens, app.now());
    let rotation = Rotation {
        by: Issuer::Token(caller.token()),
        overlap: asked.overlap().unwrap_or(policy.default_overlap()),
        lifetime: asked.lifetime(),
    };
    let (token, ends_at) = doorward_core::api_token::rotate(&before, rotation, policy, now)?;
    let secret = Secret::generate(token.kind().secret(), &*app.random);
    let tokens = app.directory.api_tokens();
    if !tokens
        .rotate(&before.token, &token, &secret, ends_at)
        .await?
    {
        return Err(ApiError::Changed);
    }
    note(&app, &caller, &token, ApiTokenChange::Rotated, reference);
    let found = caller.beside(token);
    Ok(Json(RotatedToken::of(&found, &secret, ends_at, now)))
}

/// What is asked for; nothing of its own when there is no body.
async fn asked(request: Request) -> Result<RotateToken, ApiError> {
    if request.headers().contains_key(CONTENT_TYPE) {
        json(request).await
    } else {
        Ok(RotateToken::default())
    }
}
