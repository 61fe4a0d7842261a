//! `/userinfo`, the UserInfo endpoint ([OpenID Connect Core section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use doorward_core::bearer::{BearerRefused, Presented, constrained, presented};
use doorward_core::certificate::{Certificate, CertificateThumbprint, FieldRefused};
use doorward_core::client::Client;
use doorward_core::confirmation::TokenType;
use doorward_core::jose::{Algorithm, Typ};
use doorward_core::parameters::Parameters;
use doorward_core::userinfo;
use serde_json::{Map, Value};

use crate::access_token::{Living, authorization, living};
use crate::client_certificate;
use crate::client_keys::encrypter_for;
use crate::dpop::{Requested, brought, spend};
use crate::form::{self, Form};
use crate::provider::App;
use crate::refusal::{BearerError, Refusal};
use crate::signing::Pace;

/// The address of the endpoint.
pub(crate) const USERINFO: &str = "/userinfo";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(USERINFO, get(userinfo).post(userinfo))
}

async fn userinfo(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let carried = Carried::read(&app, request).await;
    let carried = carried.map_err(|refused| BearerError::from(refused).by(TokenType::Bearer))?;
    let scheme = carried.scheme;
    let answered = answer(&app, &carried).await;
    answered.map_err(|error| error.by(scheme))
}

async fn answer(app: &App, carried: &Carried) -> Result<Response, BearerError> {
    let Living {
        claims,
        client,
        allowed,
    } = rightful(app, carried).await?;
    let (grant, person) = allowed.ok_or(BearerRefused::NoEndUser)?;
    let asked = userinfo::Asked {
        grant: &grant,
        person: &person,
        sub: &app.subjects.of(person.id, &client),
        client: &client,
    };
    let claims = userinfo::claims(asked, &claims.scope)?;
    match client.userinfo_algorithm() {
        None => Ok(Json(claims).into_response()),
        Some(algorithm) => signed(app, client, claims, algorithm).await,
    }
}

/// Proves that a token works now, and was brought by whom it was given to
/// ([RFC 9449 section 7](https://www.rfc-editor.org/rfc/rfc9449#section-7),
/// [RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
async fn rightful(app: &App, carried: &Carried) -> Result<Living, BearerError> {
    let living = living(app, &carried.token).await?;
    living.claims.is_for(&app.issuer)?;
    let proof = match carried.scheme {
        TokenType::Bearer => None,
        TokenType::Dpop => brought(app, carried.requested())?,
    };
    let certificate = carried.certificate.as_ref().map(Option::as_ref);
    let proof = constrained(
        carried.scheme,
        living.claims.cnf.as_ref(),
        proof,
        certificate.map_err(Clone::clone),
    )?;
    let single_use = proof.as_ref().map(|proof| &proof.single_use);
    spend::<BearerError>(app, single_use).await?;
    Ok(living)
}

/// A request with its one access token, from its header or, in a POST, its form.
struct Carried {
    method: Method,
    headers: HeaderMap,
    scheme: TokenType,
    token: String,
    /// The certificate that the request came with, if any, or why it cannot be read.
    certificate: Result<Option<CertificateThumbprint>, FieldRefused>,
}

impl Carried {
    fn requested(&self) -> Requested<'_> {
        Requested {
            method: &self.method,
            path: USERINFO,
            headers: &self.headers,
            access_token: Some(&self.token),
        }
    }

    async fn read(app: &App, request: Request) -> Result<Self, BearerRefused> {
        let (parts, form) = taken_apart(request).await?;
        let query = form::query(&parts).map_err(|_| BearerRefused::Misplaced)?;
        let header = authorization(&parts.headers)?;
        let Presented { scheme, token } = presented(header, &form, &query)?;
        let certificate = client_certificate::brought(app, &parts);
        let thumbprint = |certificate: Certificate| certificate.thumbprint().clone();
        Ok(Self {
            scheme,
            token: token.to_owned(),
            certificate: certificate.map(|certificate| certificate.map(thumbprint)),
            method: parts.method,
            headers: parts.headers,
        })
    }
}

/// A request, and the form that a POST may have.
async fn taken_apart(request: Request) -> Result<(Parts, Parameters), BearerRefused> {
    let has_form = request.method() == Method::POST && request.headers().contains_key(CONTENT_TYPE);
    if has_form {
        let form = Form::read(request).await;
        let form = form.map_err(|_| BearerRefused::Misplaced)?;
        Ok((form.parts, form.parameters))
    } else {
        Ok((request.into_parts().0, Parameters::default()))
    }
}

/// The same as a signed token, encrypted or not, for clients that registered for one.
async fn signed(
    app: &App,
    client: Arc<Client>,
    claims: Map<String, Value>,
    algorithm: Algorithm,
) -> Result<Response, BearerError> {
    let keyring = app.signers().await?;
    let claims = userinfo::signed(claims, &app.issuer, &client);
    let encryption = client.encrypted_responses.userinfo;
    let encrypter = encrypter_for(app, &client, encryption).await?;
    let sign = move || keyring.sign_for(encrypter.as_ref(), algorithm, Typ::UserInfo, &claims);
    let token = app.signing.run(Pace::of(algorithm), sign).await??;
    Ok(([(CONTENT_TYPE, "application/jwt")], token).into_response())
}
