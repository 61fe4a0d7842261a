//! `POST /introspect`, the introspection endpoint ([RFC 7662 section 2](https://www.rfc-editor.org/rfc/rfc7662#section-2)).

use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use doorward_core::api_token::PresentedApiToken;
use doorward_core::client::Client;
use doorward_core::event::Reference;
use doorward_core::introspection::{
    ApiTokenOf, Introspection, RefreshTokenOf, SignedIntrospection, may_ask,
};
use doorward_core::jose::Typ;
use doorward_core::token::presented::PresentedToken;
use doorward_core::token::refresh::{self, PresentedRefreshToken, RefreshRefused};

use crate::access_token::living;
use crate::answer::REFERENCE;
use crate::api_tokens::{self, Shown, ShownTo, client_agent, client_ip};
use crate::client_authentication::FromClient;
use crate::client_keys::encrypter_for;
use crate::provider::App;
use crate::refusal::{BearerError, Refusal, TokenError};
use crate::token::consent;

/// The address of the endpoint.
pub(crate) const INTROSPECT: &str = "/introspect";

/// What an answer is that carries a signature ([RFC 9701 section 5](https://www.rfc-editor.org/rfc/rfc9701#section-5)).
const SIGNED: &str = "application/token-introspection+jwt";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(INTROSPECT, post(introspect))
}

async fn introspect(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<Response, Refusal> {
    let answered = answer(&app, reference, request).await;
    let answered = answered.map_err(|error| error.at("introspection"))?;
    Ok(([(REFERENCE, reference.to_string())], answered).into_response())
}

async fn answer(app: &App, reference: Reference, request: Request) -> Result<Response, TokenError> {
    let wants_signature = wants_signature(request.headers());
    let FromClient {
        client, parameters, ..
    } = FromClient::read(app, request).await?;
    let by_client = |error: TokenError| error.by(&client.client_id);
    may_ask(&client).map_err(|refused| by_client(refused.into()))?;
    let token = PresentedToken::parse(&parameters)
        .map_err(|refused| by_client(TokenError::refused(refused.code(), refused)))?;
    let address = client_ip(&parameters).map_err(by_client)?;
    let introspection = match token {
        PresentedToken::Refresh(token) => of_refresh_token(app, &token, &client).await?,
        PresentedToken::Access(token) => of_access_token(app, &token, address, &client).await?,
        PresentedToken::Api(token) => {
            let shown = Shown {
                address,
                agent: client_agent(&parameters),
                to: ShownTo::Api(&client.client_id),
                reference,
            };
            of_api_token(app, &token, shown, &client).await?
        }
    };
    if wants_signature {
        signed(app, introspection, &client).await
    } else {
        Ok(Json(introspection).into_response())
    }
}

async fn of_access_token(
    app: &App,
    token: &str,
    address: Option<IpAddr>,
    client: &Client,
) -> Result<Introspection, TokenError> {
    match living(app, token).await {
        Ok(living) => {
            if let Err(refused) = living.claims.works_from(address) {
                return Ok(inactive(refused));
            }
            let servers = app.directory.resource_servers().registry();
            let told = Introspection::of_access_token(living.claims, &client.client_id, &servers);
            Ok(told.unwrap_or_else(inactive))
        }
        Err(BearerError::Refused(refused)) => Ok(inactive(refused)),
        Err(BearerError::Failed(failed)) => Err(failed.into()),
    }
}

async fn of_api_token(
    app: &App,
    token: &PresentedApiToken,
    shown: Shown<'_>,
    client: &Client,
) -> Result<Introspection, TokenError> {
    let checked = match api_tokens::check(app, token, shown).await {
        Ok(checked) => checked,
        Err(BearerError::Refused(refused)) => return Ok(inactive(refused)),
        Err(BearerError::Failed(failed)) => return Err(failed.into()),
    };
    let servers = app.directory.resource_servers().registry();
    let of = ApiTokenOf {
        issuer: &app.issuer,
        token: &checked.found.token,
        working: &checked.working,
        servers: &servers,
    };
    let told = Introspection::of_api_token(of, &client.client_id);
    Ok(told.unwrap_or_else(inactive))
}

async fn of_refresh_token(
    app: &App,
    token: &PresentedRefreshToken,
    client: &Client,
) -> Result<Introspection, TokenError> {
    let found = app.directory.grants().refresh_token(token.family).await?;
    let Some((family, grant, person)) = found else {
        return Ok(inactive(RefreshRefused::Unknown));
    };
    let consent = consent(app, client, &person).await?;
    let servers = app.directory.resource_servers().registry();
    if let Err(refused) = refresh::entitled(&grant, client, &servers, None) {
        return Ok(inactive(refused));
    }
    if let Err(fallen) = grant.stands(&person, client, consent.as_ref(), app.now()) {
        return Ok(inactive(fallen));
    }
    if !refresh::is_living(token, &family, app.now()) {
        return Ok(inactive(
            "the refresh token was used before, or has expired",
        ));
    }
    let of = RefreshTokenOf {
        issuer: &app.issuer,
        family: &family,
        grant: &grant,
        sub: &app.subjects.of(grant.person, client),
    };
    let told = Introspection::of_refresh_token(of, &client.client_id);
    Ok(told.unwrap_or_else(inactive))
}

/// Why a token does not work, who asks is not told; the log is.
fn inactive(reason: impl Display) -> Introspection {
    tracing::info!(event = "token_inactive", %reason);
    Introspection::Inactive
}

fn wants_signature(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|types| {
        types
            .split(',')
            .filter_map(|media| media.split(';').next())
            .any(|media| media.trim().eq_ignore_ascii_case(SIGNED))
    })
}

async fn signed(
    app: &App,
    introspection: Introspection,
    client: &Arc<Client>,
) -> Result<Response, TokenError> {
    let encryption = client.encrypted_responses.introspection;
    let encrypter = encrypter_for(app, client, encryption).await?;
    let asker = client.client_id.clone();
    let claims = SignedIntrospection::of(introspection, &app.issuer, asker, app.now());
    let keyring = app.signers().await?;
    let algorithm = client.introspection_algorithm();
    let (typ, pace) = (Typ::Introspection, keyring.pace(algorithm));
    let sign = move || keyring.sign_for(encrypter.as_ref(), algorithm, typ, &claims);
    let token = app.signing.run(pace, sign).await??;
    Ok(([(CONTENT_TYPE, SIGNED)], token).into_response())
}
