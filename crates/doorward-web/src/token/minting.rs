//! Making and signing tokens, in one value that can go to another thread.

use std::sync::Arc;
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::access_token::{self, AccessTokenClaims, AccessTokenFor, EndUser, Subject};
use doorward_core::client::Client;
use doorward_core::confirmation::{Confirmation, TokenType};
use doorward_core::grant::Grant;
use doorward_core::id_token::{self, IdTokenFor};
use doorward_core::jose::{Algorithm, Encrypter, Keyring, Pace, SigningFailed, Typ};
use doorward_core::opaque_token::OpaqueToken;
use doorward_core::person::Person;
use doorward_core::resource_server::{AccessTokenFormat, ResourceServer, Target};
use doorward_core::scope::{self, Scope};
use doorward_core::secret::Secret;
use doorward_core::subject::SubjectIdentifier;
use doorward_core::token::TokenResponse;
use doorward_core::token::exchange::Actor;

use crate::provider::App;
use crate::refusal::{Failed, TokenError};
use crate::status_lists::status_of;

/// What tokens are to be made of.
pub(super) struct Issue {
    pub(super) grant: Grant,
    pub(super) person: Person,
    /// What was asked for, of which the access token opens what is at its target.
    pub(super) scope: Scope,
    /// What encrypts the ID Token, if it is to be encrypted.
    pub(super) encrypter: Option<Encrypter>,
    pub(super) nonce: Option<String>,
    pub(super) refresh_token: Option<Secret>,
}

/// All that is needed to make tokens for one target.
pub(super) struct Minting {
    issuer: String,
    keyring: Arc<Keyring>,
    client: Arc<Client>,
    target: Target,
    /// The key that the access token is bound to, if any.
    confirmation: Option<Confirmation>,
    /// Who acts, if the access token says so.
    act: Option<Actor>,
    now: Timestamp,
    jti: [u8; 16],
    /// The access token itself, where it is to say nothing.
    opaque: Option<OpaqueToken>,
    access_token_lifetime: Duration,
    id_token_lifetime: Duration,
}

/// Tokens that were made.
pub(super) struct Minted {
    response: TokenResponse,
    /// What is to be kept before anybody gets the access token.
    kept: Option<(OpaqueToken, AccessTokenClaims)>,
}

impl Minting {
    pub(super) async fn new(
        app: &App,
        client: &Arc<Client>,
        target: Target,
        confirmation: Option<Confirmation>,
    ) -> Result<Self, Failed> {
        let server = target.server.as_deref();
        let (now, lifetime) = (app.now(), app.settings.tokens.access_token);
        let is_opaque =
            server.is_some_and(|server| server.access_token_format == AccessTokenFormat::Opaque);
        Ok(Self {
            issuer: app.issuer.clone(),
            keyring: app.signers().await?,
            client: Arc::clone(client),
            now,
            jti: app.random.bytes(),
            opaque: is_opaque.then(|| OpaqueToken::generate(now, &*app.random)),
            access_token_lifetime: server
                .map_or(lifetime, |server| server.access_token_lifetime(lifetime)),
            id_token_lifetime: app.settings.tokens.id_token,
            target,
            confirmation,
            act: None,
        })
    }

    /// The same with an access token that says who acts, and does not outlive the one that it is given for.
    pub(super) fn until(mut self, end: Option<Timestamp>, act: Option<Actor>) -> Self {
        if let Some(end) = end {
            let left = end.as_seconds().saturating_sub(self.now.as_seconds());
            let left = Duration::from_secs(u64::try_from(left).unwrap_or_default());
            self.access_token_lifetime = self.access_token_lifetime.min(left);
        }
        self.act = act;
        self
    }

    /// Makes tokens for somebody, off the serving threads where a signature is slow.
    pub(super) async fn for_person(
        self,
        app: &App,
        issue: Issue,
    ) -> Result<TokenResponse, TokenError> {
        let mut pace = self.pace();
        if issue.scope.contains(scope::OPENID) {
            pace = pace.max(self.keyring.pace(self.client.id_token_signed_response_alg));
        }
        let sub = app.subjects.of(issue.grant.person, &self.client);
        let subject = Subject::EndUser(EndUser::of(&issue.grant, sub.clone()));
        let claims = self.claims(app, subject).await?;
        let made = move || self.person(&sub, issue, claims);
        let minted = app.signing.run(pace, made).await??;
        minted.keep(app).await
    }

    /// Makes a token for the client itself.
    pub(super) async fn for_client(self, app: &App) -> Result<TokenResponse, TokenError> {
        let sub = self.client.client_id.clone();
        self.for_subject(app, Subject::Client { sub }).await
    }

    /// Makes an access token and nothing else.
    pub(super) async fn for_subject(
        self,
        app: &App,
        subject: Subject,
    ) -> Result<TokenResponse, TokenError> {
        let pace = self.pace();
        let claims = self.claims(app, subject).await?;
        let sign = move || self.access_token(claims);
        let minted = app.signing.run(pace, sign).await??;
        minted.keep(app).await
    }

    fn person(
        self,
        sub: &SubjectIdentifier,
        issue: Issue,
        claims: AccessTokenClaims,
    ) -> Result<Minted, SigningFailed> {
        let minted = self.access_token(claims)?;
        let id_token = if issue.scope.contains(scope::OPENID) {
            Some(self.id_token(sub, &issue, &minted.response.access_token)?)
        } else {
            None
        };
        let response = TokenResponse {
            refresh_token: issue.refresh_token.map(|token| token.reveal().to_owned()),
            id_token,
            ..minted.response
        };
        Ok(Minted { response, ..minted })
    }

    fn pace(&self) -> Pace {
        match self.opaque {
            Some(_) => Pace::Fast,
            None => self.keyring.pace(self.access_token_algorithm()),
        }
    }

    fn access_token_algorithm(&self) -> Algorithm {
        let server = self.target.server.as_deref();
        server
            .and_then(|server| server.access_token_signed_response_alg)
            .filter(|algorithm| self.client.profile.algorithms().contains(algorithm))
            .unwrap_or(self.client.access_token_signed_response_alg)
    }

    /// What the access token says, with its status where its resource server wants to know.
    async fn claims(&self, app: &App, subject: Subject) -> Result<AccessTokenClaims, TokenError> {
        let claims = access_token::claims(AccessTokenFor {
            issuer: &self.issuer,
            client: &self.client.client_id,
            subject,
            act: self.act.clone(),
            target: &self.target,
            confirmation: self.confirmation.clone(),
            jti: self.jti,
            now: self.now,
            lifetime: self.access_token_lifetime,
        });
        let server = self.target.server.as_deref();
        if !server.is_some_and(ResourceServer::tells_status) {
            return Ok(claims);
        }
        let status = status_of(app, &claims, self.access_token_algorithm()).await?;
        Ok(AccessTokenClaims {
            status: Some(status),
            ..claims
        })
    }

    fn access_token(&self, claims: AccessTokenClaims) -> Result<Minted, SigningFailed> {
        Ok(if let Some(opaque) = &self.opaque {
            Minted {
                response: self.response(opaque.reveal().to_owned()),
                kept: Some((opaque.clone(), claims)),
            }
        } else {
            let algorithm = self.access_token_algorithm();
            let token = self.keyring.sign(algorithm, Typ::AccessToken, &claims)?;
            Minted {
                response: self.response(token),
                kept: None,
            }
        })
    }

    fn response(&self, access_token: String) -> TokenResponse {
        TokenResponse {
            access_token,
            token_type: TokenType::of(self.confirmation.as_ref()),
            issued_token_type: None,
            expires_in: self.access_token_lifetime.as_secs(),
            refresh_token: None,
            id_token: None,
            scope: self.target.scope.clone(),
            authorization_details: self.target.authorization_details.clone(),
        }
    }

    fn id_token(
        &self,
        sub: &SubjectIdentifier,
        issue: &Issue,
        access_token: &str,
    ) -> Result<String, SigningFailed> {
        let algorithm = self.client.id_token_signed_response_alg;
        let claims = id_token::claims(IdTokenFor {
            issuer: &self.issuer,
            grant: &issue.grant,
            person: &issue.person,
            sub,
            nonce: issue.nonce.as_deref(),
            access_token: Some(access_token),
            algorithm,
            now: self.now,
            lifetime: self.id_token_lifetime,
        });
        let encrypter = issue.encrypter.as_ref();
        self.keyring
            .sign_for(encrypter, algorithm, Typ::IdToken, &claims)
    }
}

impl Minted {
    /// Keeps what must be known before the client may use what it gets.
    async fn keep(self, app: &App) -> Result<TokenResponse, TokenError> {
        if let Some((token, claims)) = &self.kept {
            app.directory.access_tokens().issue(token, claims).await?;
        }
        Ok(self.response)
    }
}
