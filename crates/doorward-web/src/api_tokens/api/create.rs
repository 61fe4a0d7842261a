//! `POST /api/v1/tokens`

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use doorward_core::api_token::{ApiToken, Issuer, Issuing, MANAGE_TOKENS, NewApiToken, issue};
use doorward_core::event::{ApiTokenChange, Reference};
use doorward_core::identifiers::ApiTokenId;
use doorward_core::secret::Secret;
use doorward_directory::api_tokens::ApiTokenFilter;

use super::body::{CreateToken, json};
use super::caller::Caller;
use super::document::{Always, OfBodies, OfMaking};
use super::error::ApiError;
use super::once::Attempt;
use super::view::MadeToken;
use super::{TOKENS, note};
use crate::limits::{self, Verdict};
use crate::provider::App;

/// Make a token
///
/// It acts for the same person as the calling token, and has no more scope, time, networks and uses than that. It is shown in this answer
/// alone. With an `Idempotency-Key`, asking again makes no second one.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    tag = "tokens",
    operation_id = "createToken",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names this attempt for a day; a second attempt is answered with 409 and the token that was made.", max_length = 255)),
    request_body = CreateToken,
    responses(
        (status = 201, description = "The token, shown this once", body = MadeToken, headers(("Location" = String, description = "The address of the token"))),
        Always, OfBodies, OfMaking,
    ),
    security(("api_token" = ["doorward:tokens:manage"]))
)]
pub(super) async fn create(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let caller = Caller::with(MANAGE_TOKENS, &app, reference, &parts).await?;
    let attempt = Attempt::of(&caller, &parts.headers)?;
    let asked: CreateToken = json(Request::from_parts(parts, body)).await?;
    within_limit(&app, &caller).await?;
    let new = asked.asked(caller.token().acts_for.clone());
    let token = issued(&app, &caller, new).await?;
    let secret = Secret::generate(token.kind().secret(), &*app.random);
    attempt.begin(&app, token.id).await?;
    if let Err(failure) = app.directory.api_tokens().add(&token, &secret).await {
        attempt.undo(&app).await;
        return Err(failure.into());
    }
    let scope = token.scope.clone();
    note(
        &app,
        &caller,
        &token,
        ApiTokenChange::Created { scope },
        reference,
    );
    let location = format!("{}{TOKENS}/{}", app.issuer, token.id);
    let made = MadeToken::of(&caller.beside(token), &secret, app.now());
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(made)).into_response())
}

/// Counts a secret that is made.
pub(super) async fn within_limit(app: &App, caller: &Caller) -> Result<(), ApiError> {
    match limits::api_token_made(app, caller.person).await? {
        Verdict::Within => Ok(()),
        Verdict::Exceeded => Err(ApiError::TooMany),
    }
}

async fn issued(app: &App, caller: &Caller, new: NewApiToken) -> Result<ApiToken, ApiError> {
    let (now, filter) = (app.now(), ApiTokenFilter::of(&new.acts_for));
    let issuing = Issuing {
        by: Issuer::Token(caller.token()),
        owner: &caller.found().standing.owner,
        held: app.directory.api_tokens().count(&filter, now).await?,
        servers: &app.directory.resource_servers().registry(),
        policy: &app.settings.api_tokens,
        now,
    };
    let id = ApiTokenId::generate(now, &*app.random);
    Ok(issue(new, id, issuing)?)
}
