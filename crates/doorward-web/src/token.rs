//! `POST /token`, the token endpoint ([RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).

mod device_code;
mod exchange;
mod jwt_bearer;
mod minting;

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
use doorward_core::grant::{Grant, GrantFallen, GrantLifetime, RefreshTokenFamily};
use doorward_core::identifiers::GrantId;
use doorward_core::jose::Encrypter;
use doorward_core::person::Person;
use doorward_core::resource_server::{Entitlement, Resource, ResourceServers, Target};
use doorward_core::scope::{OPENID, Scope};
use doorward_core::secret::Secret;
use doorward_core::token::client_credentials::{self, ClientCredentialsRequest};
use doorward_core::token::code::{AuthorizationCode, CodeRefused, CodeRequest};
use doorward_core::token::refresh::{
    self, RefreshLimits, RefreshRefused, RefreshRequest, Rotation,
};
use doorward_core::token::{TokenRequest, TokenResponse};
use doorward_directory::{Recorded, Rotated};

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
    /// The resource servers of the moment.
    servers: Arc<ResourceServers>,
}

impl Exchange<'_> {
    /// Tokens for a code ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    async fn code(mut self, request: CodeRequest) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        let Some(code) = app.codes.find(&request.code).await? else {
            let refused = CodeRefused::Unknown;
            return Err(TokenError::refused(refused.code(), refused));
        };
        let (client, grant) = (self.client.client_id.clone(), code.grant.id);
        let (target, issue) = match self.redeem(code, &request).await? {
            Ok(redeemed) => redeemed,
            Err(refused) => return Err(self.refuse_code(refused, grant, &request.code).await?),
        };
        let response = self.issue(target, issue).await?;
        app.note(self.reference, Event::TokensIssued { client, grant });
        Ok(response)
    }

    /// Judges a code, and redeems it by recording its grant: of many requests at once one does, and succeeds, although the
    /// others revoke what comes of it.
    async fn redeem(
        &mut self,
        code: AuthorizationCode,
        request: &CodeRequest,
    ) -> Result<Result<(Target, Issue), CodeRefused>, TokenError> {
        let (app, now) = (self.app, self.app.now());
        let admitted = code.admits(request, &self.client, now);
        if let Err(refused) = admitted.and_then(|()| code.is_held_by(self.held.key.as_ref())) {
            return Ok(Err(refused));
        }
        // A request for the wrong resource does not use the code up, nor does one for what cannot be encrypted now.
        let entitled = Entitlement::of(&code.grant, &self.client, &self.servers);
        let scope = entitled.scope.clone();
        let target = self.target(entitled)?;
        let AuthorizationCode { grant, nonce, .. } = code;
        let found = app.directory.sessions().with_person(grant.session).await?;
        let Some((_, person)) = found else {
            return Ok(Err(CodeRefused::SessionOver));
        };
        if let Err(fallen) = self.stands(&grant, &person).await? {
            return Ok(Err(fallen.into()));
        }
        let encrypter = self.id_token_encrypter(&scope).await?;
        self.spend_proof().await?;
        let (refresh_token, family) = self.begin_refreshing(&grant).unzip();
        let grants = app.directory.grants();
        Ok(match grants.record(&grant, family.as_ref()).await? {
            Recorded::Recorded => {
                let issue = Issue {
                    grant,
                    person,
                    scope,
                    encrypter,
                    nonce,
                    refresh_token,
                };
                Ok((target, issue))
            }
            Recorded::Already => Err(CodeRefused::Replayed(grant.id)),
            Recorded::SessionOver => Err(CodeRefused::SessionOver),
        })
    }

    /// What encrypts the ID Token that comes with `scope`, if one does and is to be encrypted. It is known before anything is used up or
    /// written: what nobody could read later is not given at all.
    async fn id_token_encrypter(&self, scope: &Scope) -> Result<Option<Encrypter>, TokenError> {
        let registered = self.client.encrypted_responses.id_token;
        let encryption = registered.filter(|_| scope.contains(OPENID));
        Ok(encrypter_for(self.app, &self.client, encryption).await?)
    }

    fn refresh_limits(&self) -> RefreshLimits {
        let limits = self.app.settings.tokens.refresh;
        RefreshLimits {
            rotation: self.client.profile.refresh_token_rotation(),
            ..limits
        }
    }

    /// The first refresh token of a grant that outlives its session.
    fn begin_refreshing(&self, grant: &Grant) -> Option<(Secret, RefreshTokenFamily)> {
        if grant.lifetime == GrantLifetime::Session {
            return None;
        }
        let (app, limits) = (self.app, self.refresh_limits());
        let (token, mut family) = refresh::begin(grant.id, limits, app.now(), &*app.random);
        family.confirmation = refresh::bound(&self.client, self.binding.as_ref());
        Some((token, family))
    }

    /// Marks what proved the client's key as used. Nothing is given for a proof that was used before; what else was shown
    /// stays good.
    async fn spend_proof(&mut self) -> Result<(), TokenError> {
        dpop::spend(self.app, self.unspent.take().as_ref()).await
    }

    /// A refused code. One that was used before takes its whole grant with it, and whoever shows one wrongly uses it up
    /// all the same.
    async fn refuse_code(
        &self,
        refused: CodeRefused,
        grant: GrantId,
        code: &Secret,
    ) -> Result<TokenError, TokenError> {
        let cause = RevocationCause::CodeReplayed;
        let mut revoked = self.revoke(grant, cause).await?;
        if !revoked && !matches!(refused, CodeRefused::Replayed(_)) {
            self.app.codes.forget(code).await?;
            // Somebody may have redeemed it at this very moment.
            revoked = self.revoke(grant, cause).await?;
        }
        let refused = if revoked {
            CodeRefused::Replayed(grant)
        } else {
            refused
        };
        Ok(TokenError::refused(refused.code(), refused))
    }

    /// Tokens for a refresh token ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    async fn refresh(mut self, request: RefreshRequest) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        // Of two uses at once one is written first; the other then finds itself within the grace and gets the same.
        for _ in 0..3 {
            let Some((family, grant, person)) = app
                .directory
                .grants()
                .refresh_token(request.token.family)
                .await?
            else {
                return Err(self.refuse_refresh(RefreshRefused::Unknown).await?);
            };
            let named = request.scope.as_ref();
            let entitled = match refresh::entitled(&grant, &self.client, &self.servers, named) {
                Ok(entitled) => entitled,
                Err(refused) => return Err(self.refuse_refresh(refused).await?),
            };
            if let Err(refused) = refresh::held_by(&family, &self.held) {
                return Err(self.refuse_refresh(refused).await?);
            }
            if let Err(fallen) = self.stands(&grant, &person).await? {
                return Err(self.refuse_refresh(fallen.into()).await?);
            }
            let scope = entitled.scope.clone();
            let target = self.target(entitled)?;
            let encrypter = self.id_token_encrypter(&scope).await?;
            let limits = self.refresh_limits();
            let (now, salt) = (app.now(), app.random.bytes());
            let rotation = match refresh::rotate(&request.token, &family, limits, now, salt) {
                Ok(rotation) => rotation,
                Err(refused) => return Err(self.refuse_refresh(refused).await?),
            };
            self.spend_proof().await?;
            let successor = match rotation {
                Rotation::Again { successor } => successor,
                Rotation::Fresh {
                    successor,
                    family: rotated,
                } => {
                    let grants = app.directory.grants();
                    match grants.rotate(&family.current, &rotated).await? {
                        Rotated::Rotated => successor,
                        Rotated::Lost => continue,
                    }
                }
            };
            let refreshed = Event::TokensRefreshed {
                client: self.client.client_id.clone(),
                grant: grant.id,
            };
            let issue = Issue {
                grant,
                person,
                scope,
                encrypter,
                nonce: None,
                refresh_token: Some(successor),
            };
            let response = self.issue(target, issue).await?;
            app.note(self.reference, refreshed);
            return Ok(response);
        }
        Err(Failed("a refresh token was contended for too long".to_owned()).into())
    }

    /// A token for the client itself ([RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    async fn client_credentials(
        mut self,
        request: &ClientCredentialsRequest,
    ) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        let scope = client_credentials::granted(&self.client, request)
            .map_err(|refused| TokenError::refused(refused.code(), refused))?;
        let authorization_details = self.details.clone().unwrap_or_default();
        let entitled = Entitlement {
            scope,
            resources: self.servers.of_details(&authorization_details),
            authorization_details,
        };
        let entitled = entitled
            .narrowed(self.details.as_ref(), &self.servers)
            .map_err(|refused| TokenError::refused(refused.code(), refused))?;
        let target = self
            .servers
            .target_of_client(&app.issuer, &self.client, entitled, self.resource.as_ref())
            .map_err(|refused| TokenError::refused(refused.code(), refused))?;
        self.spend_proof().await?;
        let event = Event::ClientTokenIssued {
            client: self.client.client_id.clone(),
            scope: target.scope.clone(),
        };
        let response = self.minting(target).await?.for_client(app).await?;
        app.note(self.reference, event);
        Ok(response)
    }

    /// A refused refresh token; one that was used before takes its whole grant with it.
    async fn refuse_refresh(&self, refused: RefreshRefused) -> Result<TokenError, TokenError> {
        if let RefreshRefused::Reused(grant) = refused {
            self.revoke(grant, RevocationCause::RefreshTokenReused)
                .await?;
        }
        Ok(TokenError::refused(refused.code(), refused))
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
