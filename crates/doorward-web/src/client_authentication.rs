//! Forms that clients send, read together with the proof of who they are
//! ([RFC 6749 section 2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)): the same at every endpoint that clients call.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use doorward_core::certificate::{Certificate, CertificateThumbprint};
use doorward_core::client::Client;
use doorward_core::client_authentication::{
    AssertionRefused, ClientRefused, Judge, Presented, Proof, authenticate, presented,
};
use doorward_core::error::ErrorCode;
use doorward_core::parameters::Parameters;
use doorward_sessions::Use;

use crate::client_address::counted;
use crate::client_certificate;
use crate::client_documents::known_client;
use crate::client_keys::with_keys;
use crate::form::Form;
use crate::provider::App;
use crate::refusal::TokenError;

/// The form of a client that has proven who it is.
pub(crate) struct FromClient {
    pub(crate) client: Arc<Client>,
    pub(crate) parameters: Parameters,
    pub(crate) headers: HeaderMap,
    /// The certificate that the request came with, if any.
    pub(crate) certificate: Option<CertificateThumbprint>,
}

impl FromClient {
    /// Reads a request's form and authenticates the client that sent it.
    pub(crate) async fn read(app: &App, request: Request) -> Result<Self, TokenError> {
        let malformed = |reason: &dyn ToString| {
            TokenError::refused(ErrorCode::InvalidRequest, reason.to_string())
        };
        let form = Form::read(request)
            .await
            .map_err(|refused| malformed(&refused))?;
        if form.parts.uri.query().is_some() {
            return Err(malformed(
                &"there are parameters in the query, where logs would keep them",
            ));
        }
        let Proven {
            client,
            certificate,
        } = proven(app, &form).await?;
        Ok(Self {
            client,
            certificate,
            parameters: form.parameters,
            headers: form.parts.headers,
        })
    }
}

/// A client that has proven who it is.
struct Proven {
    client: Arc<Client>,
    /// The certificate that its request came with, if any.
    certificate: Option<CertificateThumbprint>,
}

/// The client that sent a form, once it has proven who it is.
async fn proven(app: &App, form: &Form) -> Result<Proven, TokenError> {
    let presented = presented(authorization(&form.parts)?, &form.parameters)?;
    let name = presented.client.clone();
    let proven = prove(app, presented, &form.parts).await;
    let proven = proven.map_err(|error| error.by(&name))?;
    tracing::Span::current().record("client.id", tracing::field::display(&name));
    Ok(proven)
}

/// The client of the directory whose secret is in the `Authorization` header; nobody if anything about that is wrong. For what anybody may
/// have, and where it is only of interest who asks.
pub(crate) fn by_header(app: &App, parts: &Parts) -> Option<Arc<Client>> {
    let header = authorization(parts).ok()??;
    let presented = presented(Some(header), &Parameters::default()).ok()?;
    let client = app.directory.clients().client(&presented.client)?;
    let judge = Judge {
        addressee: app.addressee(),
        secrets: &app.client_secrets,
        authorities: &app.settings.mutual_tls.authorities.now(),
    };
    authenticate(&presented, Some(&client), judge, app.now()).ok()?;
    Some(client)
}

/// Proves who a client is. Only an assertion that is right in everything else is marked as used, so that nobody but clients
/// makes the store grow; and while the store cannot say that it is new, none is accepted.
async fn prove(app: &App, presented: Presented, parts: &Parts) -> Result<Proven, TokenError> {
    let address = counted(parts, &app.settings.trusted_proxies);
    let client = known_client(app, &presented.client, &address).await?;
    let certificate = certificate(app, parts, client.as_deref())?;
    let thumbprint = certificate.as_ref().map(Certificate::thumbprint).cloned();
    let presented = presented.with(certificate);
    let judge = Judge {
        addressee: app.addressee(),
        secrets: &app.client_secrets,
        authorities: &app.settings.mutual_tls.authorities.now(),
    };
    let signer = match &client {
        Some(client) => Some(signer(app, &presented, client).await?),
        None => None,
    };
    let proof = authenticate(&presented, signer.as_deref(), judge, app.now())?;
    if let Proof::FirstUse(assertion) = proof
        && app.replays.spend(&assertion).await? == Use::Replayed
    {
        return Err(ClientRefused::from(AssertionRefused::Replayed).into());
    }
    let client = client.ok_or_else(|| ClientRefused::Unknown(presented.client.to_string()))?;
    Ok(Proven {
        client,
        certificate: thumbprint,
    })
}

/// The certificate that a request came with, if any. What cannot be read is none, unless `client` needs it.
fn certificate(
    app: &App,
    parts: &Parts,
    client: Option<&Client>,
) -> Result<Option<Certificate>, TokenError> {
    match client_certificate::brought(app, parts) {
        Err(refused) if client.is_some_and(Client::needs_certificate) => {
            Err(TokenError::refused(ErrorCode::InvalidRequest, refused))
        }
        brought => Ok(brought.unwrap_or_default()),
    }
}

/// The client with the keys that prove what is presented.
async fn signer(
    app: &App,
    presented: &Presented,
    client: &Arc<Client>,
) -> Result<Arc<Client>, TokenError> {
    match presented.needed_key(client) {
        Some(key) => Ok(with_keys(app, client, &key).await?),
        None => Ok(Arc::clone(client)),
    }
}

/// The one `Authorization` header of a request.
fn authorization(parts: &Parts) -> Result<Option<&str>, ClientRefused> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value
            .to_str()
            .map(Some)
            .map_err(|_| ClientRefused::MalformedHeader),
        (Some(_), Some(_)) => Err(ClientRefused::TwoMethods),
    }
}
