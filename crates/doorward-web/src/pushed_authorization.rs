//! `POST /par`, the pushed authorization request endpoint ([RFC 9126 section 2](https://www.rfc-editor.org/rfc/rfc9126#section-2)),
//! and how what was pushed there is opened and answered.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::PRAGMA;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use doorward_core::authorization::pushed::{
    self, LIFETIME, PushRefused, PushedRefused, PushedRequest, PushedResponse, RequestUri,
};
use doorward_core::authorization::request_object::Asked;
use doorward_core::authorization::{AuthorizationRequest, Origin};
use doorward_core::client::Client;
use doorward_core::dpop::{DpopRefused, Proof};
use doorward_core::jose::Thumbprint;

use crate::authorization::hinted_subject;
use crate::client_address::counted;
use crate::client_authentication::FromClient;
use crate::client_keys::with_keys;
use crate::dpop::{Requested, brought, spend};
use crate::interaction::PATIENCE;
use crate::limits::{self, Verdict};
use crate::pages::Problem;
use crate::provider::App;
use crate::refusal::{PageError, Refusal, TokenError};

/// The address of the endpoint.
pub(crate) const PAR: &str = "/par";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(PAR, post(par))
}

async fn par(State(app): State<App>, request: Request) -> Result<impl IntoResponse, Refusal> {
    let response = answer(&app, request).await;
    response
        .map(|response| {
            let headers = [(PRAGMA, "no-cache")];
            (StatusCode::CREATED, headers, Json(response))
        })
        .map_err(|error| error.at("par"))
}

async fn answer(app: &App, request: Request) -> Result<PushedResponse, TokenError> {
    let (parts, body) = request.into_parts();
    let address = counted(&parts, &app.settings.trusted_proxies);
    let request = Request::from_parts(parts, body);
    let sent = FromClient::read(app, request).await?;
    let kept = keep(app, &sent, &address).await;
    kept.map_err(|error| error.by(&sent.client.client_id))
}

/// Judges what a client pushes, and keeps it under a new name.
async fn keep(app: &App, sent: &FromClient, address: &str) -> Result<PushedResponse, TokenError> {
    let client = &sent.client;
    let proof = proven(app, &sent.headers)?;
    let request = judge(app, sent, proof.as_ref().map(|proof| &proof.key)).await?;
    // Whoever keeps no secret has proven nothing, and may be anybody.
    if client.is_public() && limits::push(app, address).await? == Verdict::Exceeded {
        return Err(TokenError::too_many(format!(
            "{address} pushed too many requests"
        )));
    }
    spend::<TokenError>(app, proof.as_ref().map(|proof| &proof.single_use)).await?;
    let uri = RequestUri::generate(&*app.random);
    let request = PushedRequest::waiting(request, client, app.now());
    // Opened at the last moment it still waits for somebody to sign in, and must be known until that is over.
    let ttl = LIFETIME + PATIENCE;
    app.pushed_requests.keep(&uri.name(), &request, ttl).await?;
    Ok(PushedResponse::new(&uri))
}

/// The proof of possession that comes with a request, if any: what comes of the request is bound to its key
/// ([RFC 9449 section 10.1](https://www.rfc-editor.org/rfc/rfc9449#section-10.1)).
fn proven(app: &App, headers: &HeaderMap) -> Result<Option<Proof>, DpopRefused> {
    let requested = Requested {
        method: &Method::POST,
        path: PAR,
        headers,
        access_token: None,
    };
    brought(app, requested)
}

/// Judges what a client pushes: what is in its request object, or what is in the form.
async fn judge(
    app: &App,
    sent: &FromClient,
    key: Option<&Thumbprint>,
) -> Result<AuthorizationRequest, TokenError> {
    let (client, parameters) = (&sent.client, &sent.parameters);
    let asked = match pushed::request_object(parameters, client)? {
        Some(object) => {
            let key = object.signed_with().map_err(PushRefused::from)?;
            let signer = with_keys(app, client, &key.into()).await?;
            let opened = object.open(&signer, &app.issuer, app.now());
            opened.map_err(PushRefused::from)?
        }
        None => Asked::Plain(parameters),
    };
    let hint = |hint: &str| hinted_subject(app, hint);
    let servers = app.directory.resource_servers().registry();
    let request = pushed::push(&asked, Arc::clone(client), &servers, hint)?;
    Ok(pushed::bind(request, key)?)
}

/// Opens the pushed request that a browser brings the name of
/// ([RFC 9126 section 4](https://www.rfc-editor.org/rfc/rfc9126#section-4)). Nothing but its name and its client is taken
/// from the address.
pub(crate) async fn open(
    app: &App,
    client: &Client,
    uri: Result<RequestUri, PushedRefused>,
) -> Result<AuthorizationRequest, PageError> {
    let opened = match uri {
        Ok(uri) => {
            let found = app.pushed_requests.find(&uri.name()).await?;
            pushed::open(found, &uri, client, app.now())
        }
        Err(malformed) => Err(malformed),
    };
    opened.map_err(|refused| unopened(refused).by(Some(client.client_id.as_str())))
}

/// Records that the client of `request` gets its answer. A request that was pushed is answered once, whoever asks, at
/// whichever node.
pub(crate) async fn answered(app: &App, request: &AuthorizationRequest) -> Result<(), PageError> {
    let Origin::Pushed(name) = &request.origin else {
        return Ok(());
    };
    let before = app.pushed_requests.answer(name, PATIENCE).await?;
    let client = Some(request.client.as_str());
    pushed::answer(before.as_ref()).map_err(|refused| unopened(refused).by(client))
}

fn unopened(refused: PushedRefused) -> PageError {
    let problem = match refused {
        PushedRefused::Malformed
        | PushedRefused::AnotherClient
        | PushedRefused::RegistrationChanged => Problem::InvalidLink,
        PushedRefused::Unknown
        | PushedRefused::Expired
        | PushedRefused::Answered
        | PushedRefused::ClientRegisteredAnew => Problem::Expired,
    };
    PageError::bad_request("authorization", problem, refused)
}
