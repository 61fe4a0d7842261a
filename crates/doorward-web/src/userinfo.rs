//! `/userinfo`, the UserInfo endpoint ([OpenID Connect Core section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use doorward_core::bearer::{BearerRefused, presented};
use doorward_core::client::Client;
use doorward_core::jose::{Algorithm, Typ};
use doorward_core::parameters::Parameters;
use doorward_core::userinfo;
use serde_json::{Map, Value};

use crate::access_token::{Living, living};
use crate::form::{self, Form};
use crate::provider::App;
use crate::refusal::BearerError;
use crate::signing::Pace;

/// The address of the endpoint.
pub(crate) const USERINFO: &str = "/userinfo";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(USERINFO, get(userinfo).post(userinfo))
}

async fn userinfo(State(app): State<App>, request: Request) -> Result<Response, BearerError> {
    let token = token(request).await?;
    let Living {
        claims,
        client,
        allowed,
    } = living(&app, &token).await?;
    claims.is_for(&app.issuer)?;
    let (grant, person) = allowed.ok_or(BearerRefused::NoEndUser)?;
    let claims = userinfo::claims(&grant, &person, &client, &claims.scope)?;
    match client.userinfo_signed_response_alg {
        None => Ok(Json(claims).into_response()),
        Some(algorithm) => signed(&app, client, claims, algorithm).await,
    }
}

/// The access token of a request, from its header or, in a POST, its form.
async fn token(request: Request) -> Result<String, BearerRefused> {
    let has_form = request.method() == Method::POST && request.headers().contains_key(CONTENT_TYPE);
    let (parts, form) = if has_form {
        let form = Form::read(request)
            .await
            .map_err(|_| BearerRefused::Misplaced)?;
        (form.parts, form.parameters)
    } else {
        (request.into_parts().0, Parameters::default())
    };
    let query = form::query(&parts).map_err(|_| BearerRefused::Misplaced)?;
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let header = headers.next().and_then(|value| value.to_str().ok());
    if headers.next().is_some() {
        return Err(BearerRefused::Misplaced);
    }
    presented(header, &form, &query).map(str::to_owned)
}

/// The same as a signed token, for clients that registered for one.
async fn signed(
    app: &App,
    client: Arc<Client>,
    claims: Map<String, Value>,
    algorithm: Algorithm,
) -> Result<Response, BearerError> {
    let keyring = Arc::clone(&app.keyring);
    let claims = userinfo::signed(claims, &app.issuer, &client);
    let sign = move || keyring.sign(algorithm, Typ::UserInfo, &claims);
    let token = app.signing.run(Pace::of(algorithm), sign).await??;
    Ok(([(CONTENT_TYPE, "application/jwt")], token).into_response())
}
