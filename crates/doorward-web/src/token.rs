//! `POST /token`, the token endpoint ([RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).

mod client_credentials;
mod code;
mod device_code;
mod exchange;
mod jwt_bearer;
mod minting;
mod refresh;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::PRAGMA;
use axum::http::{HeaderMap, Method};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Json, Router};
use doorward_core::authorization_details::{AuthorizationDetails, DetailsRefused};
use doorward_core::claims;
use doorward_core::client::{Client, ConsentPolicy};
use doorward_core::confirmation::{Confirmation, Held, binding};
use doorward_core::consent::Consent;
use doorward_core::dpop::{DpopRefused, Proof, ProofUse, demanded};
use doorward_core::event::{Event, Reference, RevocationCause};
use doorward_core::grant::{Grant, GrantFallen};
use doorward_core::identifiers::GrantId;
use doorward_core::jose::Encrypter;
use doorward_core::person::Person;
use doorward_core::resource_server::{Entitlement, Resource, ResourceServers, Target};
use doorward_core::scope::{OPENID, Scope};
use doorward_core::token::{TokenRequest, TokenResponse};

use crate::api_tokens::client_ip;
use crate::client_authentication::FromClient;
use crate::client_keys::encrypter_for;
use crate::dpop::{self, Requested, brought};
use crate::provider::App;
use crate::refusal::{Failed, Refusal, TokenError};
use minting::{Issue, Minting};

/// The address of the endpoint.
pub(crate) const TOKEN: &str = "/token";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(TOKEN, post(token))
}

async fn token(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<impl IntoResponse, Refusal> {
    let response = answer(&app, reference, request).await;
    response
        .map(|response| ([(PRAGMA, "no-cache")], Json(response)))
        .map_err(|error| error.at("token"))
}

async fn answer(
    app: &App,
    reference: Reference,
    request: Request,
) -> Result<TokenResponse, TokenError> {
    let FromClient {
        client,
        parameters,
        headers,
        certificate,
    } = FromClient::read(app, request).await?;
    let by_client = |error: TokenError| error.by(&client.client_id);
    let proof = proven(app, &headers, &client).map_err(|refused| by_client(refused.into()))?;
    let (key, unspent) = proof.map(|proof| (proof.key, proof.single_use)).unzip();
    let held = Held { key, certificate };
    let binding = binding(&client, &held)
        .map_err(|refused| by_client(TokenError::refused(refused.code(), refused)))?;
    let resource = Resource::named(&parameters)
        .map_err(|refused| by_client(TokenError::refused(refused.code(), refused)))?;
    let servers = app.directory.resource_servers().registry();
    let details = AuthorizationDetails::requested(&parameters, &client, &servers)
        .map_err(|refused| by_client(TokenError::refused(refused.code(), refused)))?;
    let exchange = Exchange {
        app,
        servers,
        details,
        client: Arc::clone(&client),
        held,
        binding,
        unspent,
        reference,
        resource,
        address: client_ip(&parameters).map_err(by_client)?,
    };
    let answered = match TokenRequest::parse(&parameters, &client) {
        Ok(TokenRequest::AuthorizationCode(request)) => exchange.code(request).await,
        Ok(TokenRequest::RefreshToken(request)) => exchange.refresh(request).await,
        Ok(TokenRequest::ClientCredentials(request)) => exchange.client_credentials(&request).await,
        Ok(TokenRequest::DeviceCode(request)) => exchange.device_code(&request).await,
        Ok(TokenRequest::TokenExchange(request)) => exchange.token_exchange(&request).await,
        Ok(TokenRequest::JwtBearer(request)) => exchange.jwt_bearer(&request).await,
        Err(refused) => Err(TokenError::refused(refused.code(), refused)),
    };
    if answered.is_ok() && client.dynamic.is_some() {
        let clients = app.directory.clients();
        // What was issued is issued: a client that had to ask again would lose it.
        if let Err(error) = clients.used(&client.client_id, app.now()).await {
            tracing::error!(%error, "that a client was used is not written down");
        }
    }
    answered.map_err(by_client)
}

/// The proof of possession that a client brings, if it must or does.
fn proven(app: &App, headers: &HeaderMap, client: &Client) -> Result<Option<Proof>, DpopRefused> {
    let requested = Requested {
        method: &Method::POST,
        path: TOKEN,
        headers,
        access_token: None,
    };
    demanded(brought(app, requested)?, client)
}

/// One exchange of a client that has proven who it is.
struct Exchange<'a> {
    app: &'a App,
    client: Arc<Client>,
    /// What it has proven to hold.
    held: Held,
    /// What its access tokens are bound to, if anything.
    binding: Option<Confirmation>,
    /// What proved that, until it is marked as used.
    unspent: Option<ProofUse>,
    reference: Reference,
    /// The one resource server that the tokens are to be for, where the client names it.
    resource: Option<Resource>,
    /// The details that the tokens are to open, where the client names them.
    details: Option<AuthorizationDetails>,
    /// Where the one is who showed the token that is exchanged, if the client says so.
    address: Option<IpAddr>,
    /// The resource servers of the moment.
    servers: Arc<ResourceServers>,
}

impl Exchange<'_> {
    /// What encrypts the ID Token that comes with `scope`, if one does and is to be encrypted. It is known before anything is used up or
    /// written: what nobody could read later is not given at all.
    async fn id_token_encrypter(&self, scope: &Scope) -> Result<Option<Encrypter>, TokenError> {
        let registered = self.client.encrypted_responses.id_token;
        let encryption = registered.filter(|_| scope.contains(OPENID));
        Ok(encrypter_for(self.app, &self.client, encryption).await?)
    }

    /// Marks what proved the client's key as used. Nothing is given for a proof that was used before; what else was shown
    /// stays good.
    async fn spend_proof(&mut self) -> Result<(), TokenError> {
        dpop::spend(self.app, self.unspent.take().as_ref()).await
    }

    /// Revokes a grant; `false` when there was nothing to revoke.
    async fn revoke(&self, grant: GrantId, cause: RevocationCause) -> Result<bool, TokenError> {
        let (app, now) = (self.app, self.app.now());
        let revoked = app.directory.grants().revoke(grant, now).await?;
        if revoked {
            app.note(self.reference, Event::GrantRevoked { grant, cause });
        }
        Ok(revoked)
    }

    async fn stands(
        &self,
        grant: &Grant,
        person: &Person,
    ) -> Result<Result<(), GrantFallen>, TokenError> {
        let consent = consent(self.app, &self.client, person).await?;
        Ok(grant.stands(person, &self.client, consent.as_ref(), self.app.now()))
    }

    /// For a grant that opens no details.
    fn without_details(&self, refused: DetailsRefused) -> Result<(), TokenError> {
        match self.details {
            None => Ok(()),
            Some(_) => Err(TokenError::refused(refused.code(), refused)),
        }
    }

    /// What tokens are for to which the client is `entitled`, or to less if it asks for less.
    fn target(&self, entitled: Entitlement) -> Result<Target, TokenError> {
        let entitled = entitled
            .narrowed(self.details.as_ref(), &self.servers)
            .map_err(|refused| TokenError::refused(refused.code(), refused))?;
        self.servers
            .target(&self.app.issuer, &entitled, self.resource.as_ref())
            .map_err(|refused| TokenError::refused(refused.code(), refused))
    }

    async fn issue(&self, target: Target, mut issue: Issue) -> Result<TokenResponse, TokenError> {
        // Claims asked for one by one need the registration of today, as scopes do.
        issue.grant.claims = claims::permitted(issue.grant.claims, &self.client.scope);
        let minting = self.minting(target).await?;
        minting.for_person(self.app, issue).await
    }

    async fn minting(&self, target: Target) -> Result<Minting, Failed> {
        Minting::new(self.app, &self.client, target, self.binding.clone()).await
    }
}

/// What consent a person has given a client that must ask for it.
pub(crate) async fn consent(
    app: &App,
    client: &Client,
    person: &Person,
) -> Result<Option<Consent>, doorward_directory::Failure> {
    match client.consent_policy() {
        ConsentPolicy::Ask => {
            app.directory
                .consents()
                .consent(person.id, &client.client_id)
                .await
        }
        ConsentPolicy::Trusted => Ok(None),
    }
}
