//! `GET /protected-resource?resource=...`, what an API publishes of itself, ready to be copied or passed on
//! ([RFC 9728 section 3](https://www.rfc-editor.org/rfc/rfc9728#section-3)).

use axum::extract::{Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use doorward_core::error::ErrorCode;
use doorward_core::resource_server::{ProtectedResourceMetadata, Resource, TargetRefused};

use crate::form;
use crate::provider::App;
use crate::refusal::{Refusal, TokenError};

/// The address of the documents.
pub(crate) const PROTECTED_RESOURCE: &str = "/protected-resource";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(PROTECTED_RESOURCE, get(protected_resource))
}

async fn protected_resource(
    State(app): State<App>,
    request: Request,
) -> Result<impl IntoResponse, Refusal> {
    let metadata = metadata(&app, request).map_err(|error| error.at("protected-resource"))?;
    let headers = [
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((headers, Json(metadata)))
}

fn metadata(app: &App, request: Request) -> Result<ProtectedResourceMetadata, TokenError> {
    let refused = |refused: TargetRefused| TokenError::refused(refused.code(), refused);
    let (parts, _) = request.into_parts();
    let parameters = form::query(&parts)
        .map_err(|malformed| TokenError::refused(ErrorCode::InvalidRequest, malformed))?;
    let resource = Resource::named(&parameters).map_err(refused)?;
    let resource = resource
        .ok_or_else(|| TokenError::refused(ErrorCode::InvalidRequest, "resource is missing"))?;
    let servers = app.directory.resource_servers().registry();
    match servers.get(&resource) {
        Some(server) => Ok(ProtectedResourceMetadata::of(server, &app.issuer)),
        None => Err(refused(TargetRefused::NotRegistered(resource))),
    }
}
