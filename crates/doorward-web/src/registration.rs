//! `POST /register` and `/register/{client_id}`: clients that register themselves, and manage their registration
//! ([RFC 7591 section 3](https://www.rfc-editor.org/rfc/rfc7591#section-3), [RFC 7592 section 2](https://www.rfc-editor.org/rfc/rfc7592#section-2)).

mod management;

use axum::Extension;
use axum::Json;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use doorward_core::bearer::{BearerRefused, presented};
use doorward_core::client::Client;
use doorward_core::confirmation::TokenType;
use doorward_core::event::{Event, Reference, RegistrationChange};
use doorward_core::identifiers::ClientId;
use doorward_core::outbound::Document;
use doorward_core::parameters::Parameters;
use doorward_core::registration::{
    ClientInformation, Credentials, RegistrationAccess, RegistrationRefused, RegistrationRequest,
    SectorDocument,
};
use doorward_core::secret::{Secret, SecretKind};
use doorward_directory::{Failure, Registered};

use crate::access_token::authorization;
use crate::client_address::counted;
use crate::form;
use crate::limits::{self, Verdict};
use crate::outbound::NoAnswer;
use crate::provider::{App, Provider};
use crate::refusal::{Failed, RegistrationError};
use crate::turns::fetch;

/// The address of the endpoint.
pub(crate) const REGISTER: &str = "/register";

/// The most clients that may have registered themselves: all clients are in memory.
pub(crate) const MOST_CLIENTS: usize = 10_000;

pub(crate) fn routes() -> Router<App> {
    let manage = get(management::read)
        .put(management::update)
        .delete(management::remove);
    Router::new()
        .route(REGISTER, post(register))
        .route("/register/{client_id}", manage)
}

async fn register(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<Response, RegistrationError> {
    let (parts, body) = request.into_parts();
    let token = admitted(&app, &parts).await?;
    let request = Request::from_parts(parts, body);
    let request = RegistrationRequest::parse(&form::json(request).await?)?;
    let id = ClientId::generate(&*app.random);
    let request = with_sector(&app, request).await?;
    let mut client = request.register(&app.settings.registration, id, app.now())?;
    let credentials = Credentials {
        client_secret: new_secret(&app, &mut client),
        registration_access_token: new_token(&app, &mut client),
    };
    let clients = app.directory.clients();
    match clients.register(&client, token.as_ref(), app.now()).await? {
        Registered::Registered => {}
        Registered::NoToken => return Err(RegistrationError::token("the initial access token")),
        Registered::Taken => return Err(Failed("a new client id is taken".to_owned()).into()),
    }
    note(&app, reference, &client, RegistrationChange::Registered);
    Ok(information(
        &app,
        StatusCode::CREATED,
        &client,
        &credentials,
    ))
}

/// The request with the document at its `sector_identifier_uri`, if it names one.
async fn with_sector(
    app: &App,
    request: RegistrationRequest,
) -> Result<RegistrationRequest, RegistrationRefused> {
    let Some(uri) = request.sector_identifier_uri()? else {
        return Ok(request);
    };
    let document = match fetch(app, uri.url(), Document::Json).await {
        Ok(fetched) => SectorDocument::parse(uri, &fetched),
        Err(NoAnswer(reason)) => {
            tracing::info!(sector_identifier_uri = %uri, %reason, "a sector's document was not had");
            None
        }
    };
    request.with_sector_document(document)
}

/// Removes the clients that registered themselves and that nobody has used for as long as the settings keep them.
pub async fn remove_unused_clients(provider: &Provider) -> Result<(), Failure> {
    let unused = provider.settings.registration.unused;
    let clients = provider.directory.clients();
    for client in clients.remove_unused(unused, provider.now()).await? {
        let change = RegistrationChange::Expired;
        provider.note_unasked(Event::ClientRegistration { client, change });
    }
    Ok(())
}

/// The initial access token of whoever may register, if they need one.
async fn admitted(app: &App, parts: &Parts) -> Result<Option<Secret>, RegistrationError> {
    match app.settings.registration.access {
        RegistrationAccess::Closed => return Err(RegistrationError::Closed),
        RegistrationAccess::InitialAccessToken => {
            let token = bearer(&parts.headers)?;
            let token = Secret::parse(SecretKind::InitialAccessToken, &token);
            let unknown = || RegistrationError::token("the initial access token");
            let token = token.ok_or_else(unknown)?;
            // It is used up with the registration; until then nobody without one has us ask anybody for anything.
            let tokens = app.directory.initial_access_tokens();
            return if tokens.is_usable(&token, app.now()).await? {
                Ok(Some(token))
            } else {
                Err(unknown())
            };
        }
        RegistrationAccess::Open => {}
    }
    let address = counted(parts, &app.settings.trusted_proxies);
    if limits::registration(app, &address).await? == Verdict::Exceeded {
        let reason = format!("{address} registered too many clients");
        return Err(RegistrationError::TooMany(reason));
    }
    if app.directory.clients().dynamic() >= MOST_CLIENTS {
        let reason = format!("{MOST_CLIENTS} clients have registered themselves already");
        return Err(RegistrationError::TooMany(reason));
    }
    Ok(None)
}

/// The one bearer token in the header of a request ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
fn bearer(headers: &HeaderMap) -> Result<String, RegistrationError> {
    let nothing = Parameters::default();
    let presented = presented(authorization(headers)?, &nothing, &nothing)?;
    match presented.scheme {
        TokenType::Bearer => Ok(presented.token.to_owned()),
        TokenType::Dpop => Err(BearerRefused::Unbound.into()),
    }
}

/// A secret for a client that needs one and has none.
fn new_secret(app: &App, client: &mut Client) -> Option<Secret> {
    let needs = client.token_endpoint_auth_method.needs_secret() && client.secrets.is_empty();
    needs.then(|| {
        let method = client.token_endpoint_auth_method;
        let made = app.client_secrets.make(method, &*app.random, app.now());
        let (secret, stored) = made;
        client.secrets.push(stored);
        secret
    })
}

/// A new registration access token, in place of any that there was.
fn new_token(app: &App, client: &mut Client) -> Option<Secret> {
    let dynamic = client.dynamic.as_mut()?;
    let token = Secret::generate(SecretKind::RegistrationAccessToken, &*app.random);
    dynamic.registration_access_token = Some(token.hash());
    Some(token)
}

fn note(app: &App, reference: Reference, client: &Client, change: RegistrationChange) {
    let client = client.client_id.clone();
    app.note(reference, Event::ClientRegistration { client, change });
}

fn information(
    app: &App,
    status: StatusCode,
    client: &Client,
    credentials: &Credentials,
) -> Response {
    let uri = format!("{}{REGISTER}/{}", app.issuer, client.client_id);
    let information = ClientInformation::of(client, credentials, &uri);
    let headers = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];
    (status, headers, Json(information.reveal())).into_response()
}
