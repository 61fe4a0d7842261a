//! `POST /token`, the token endpoint ([RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, PRAGMA};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Json, Router};
use doorward_core::claims;
use doorward_core::client::{Client, ConsentPolicy};
use doorward_core::client_authentication::{ClientRefused, authenticate, presented};
use doorward_core::consent::Consent;
use doorward_core::error::ErrorCode;
use doorward_core::event::{Event, Reference, RevocationCause};
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::id_token::{self, IdTokenFor};
use doorward_core::identifiers::GrantId;
use doorward_core::jose::{Keyring, SigningFailed, Typ};
use doorward_core::person::Person;
use doorward_core::scope::{self, Scope};
use doorward_core::secret::Secret;
use doorward_core::token::code::{CodeRefused, CodeRequest, PresentedCode, exchange};
use doorward_core::token::refresh::{self, RefreshRefused, RefreshRequest, Rotation};
use doorward_core::token::{TokenRequest, TokenResponse};
use doorward_core::{access_token, grant};
use doorward_directory::refresh_tokens::{Begun, Rotated};

use crate::form::Form;
use crate::provider::App;
use crate::refusal::{Failed, TokenError};
use crate::signing::Pace;

/// The address of the endpoint.
pub(crate) const TOKEN: &str = "/token";

/// How long a spent code is remembered, so that its second use revokes what came of the first.
const TOMBSTONE: Duration = Duration::from_hours(1);

pub(crate) fn routes() -> Router<App> {
    Router::new().route(TOKEN, post(token))
}

async fn token(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<impl IntoResponse, TokenError> {
    let malformed =
        |reason: &dyn ToString| TokenError::refused(ErrorCode::InvalidRequest, reason.to_string());
    let form = Form::read(request)
        .await
        .map_err(|refused| malformed(&refused))?;
    if form.parts.uri.query().is_some() {
        return Err(malformed(
            &"there are parameters in the query, where logs would keep them",
        ));
    }
    let client = client(&app, &form)?;
    let exchange = Exchange {
        app: &app,
        client: Arc::clone(&client),
        reference,
    };
    let answered = match TokenRequest::parse(&form.parameters, &client) {
        Ok(TokenRequest::AuthorizationCode(request)) => exchange.code(request).await,
        Ok(TokenRequest::RefreshToken(request)) => exchange.refresh(request).await,
        Err(refused) => Err(TokenError::refused(refused.code(), refused)),
    };
    answered
        .map(|response| ([(PRAGMA, "no-cache")], Json(response)))
        .map_err(|error| error.by(&client.client_id))
}

/// The client that sent a form, once it has proven who it is.
fn client(app: &App, form: &Form) -> Result<Arc<Client>, TokenError> {
    let presented = presented(authorization(&form.parts)?, &form.parameters)?;
    let client = app.directory.clients().client(&presented.client);
    authenticate(&presented, client.as_deref(), app.now())
        .map_err(|refused| TokenError::from(refused).by(&presented.client))?;
    tracing::Span::current().record("client.id", tracing::field::display(&presented.client));
    client.ok_or_else(|| ClientRefused::Unknown(presented.client.to_string()).into())
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

/// One exchange of a client that has proven who it is.
struct Exchange<'a> {
    app: &'a App,
    client: Arc<Client>,
    reference: Reference,
}

/// What tokens are to be made of.
struct Issue {
    grant: Grant,
    person: Person,
    scope: Scope,
    nonce: Option<String>,
    refresh_token: Option<Secret>,
}

impl Exchange<'_> {
    /// Tokens for a code ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    ///
    /// What it stands for is read before the code is redeemed: of many requests at once the one that redeems it
    /// succeeds, although the others revoke what comes of it.
    async fn code(self, request: CodeRequest) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        let PresentedCode { grant, secret } = &request.code;
        let standing = self.standing(*grant).await?;
        // Whoever shows a code wrongly uses it up all the same.
        let redeemed = app.codes.redeem(secret, *grant, TOMBSTONE).await?;
        let judged = exchange(redeemed, &request, &self.client.client_id, app.now());
        let (code, grant, person) = match judged.and_then(|code| Ok((code, standing?))) {
            Ok((code, (grant, person))) => (code, grant, person),
            Err(refused) => return Err(self.refuse_code(refused).await?),
        };
        let refresh_token = match grant.lifetime {
            GrantLifetime::Session => None,
            GrantLifetime::Offline => Some(self.begin_refresh(grant.id).await?),
        };
        let (client, id) = (self.client.client_id.clone(), grant.id);
        let issue = Issue {
            scope: grant.scope.clone(),
            grant,
            person,
            nonce: code.nonce,
            refresh_token,
        };
        let response = self.issue(issue).await?;
        let issued = Event::TokensIssued { client, grant: id };
        app.note(self.reference, issued);
        Ok(response)
    }

    /// The grant that a code names and whose it is, if it still stands.
    async fn standing(
        &self,
        grant: GrantId,
    ) -> Result<Result<(Grant, Person), CodeRefused>, TokenError> {
        let Some((grant, person)) = self.app.directory.grants().with_person(grant).await? else {
            return Ok(Err(CodeRefused::GrantGone));
        };
        let stands = self.stands(&grant, &person).await?;
        Ok(stands.map(|()| (grant, person)).map_err(CodeRefused::from))
    }

    /// A refused code; one that was used before takes its whole grant with it.
    async fn refuse_code(&self, refused: CodeRefused) -> Result<TokenError, TokenError> {
        if let CodeRefused::Replayed(grant) = refused {
            self.revoke(grant, RevocationCause::CodeReplayed).await?;
        }
        Ok(TokenError::refused(refused.code(), refused))
    }

    /// The first refresh token of a grant.
    ///
    /// A grant that was revoked since it was read has no family of tokens; then this one is as dead as all that comes of it.
    async fn begin_refresh(&self, grant: GrantId) -> Result<Secret, TokenError> {
        let (app, now) = (self.app, self.app.now());
        let (token, family) = refresh::begin(grant, app.settings.tokens.refresh, now, &*app.random);
        match app.directory.grants().begin_refresh(&family, now).await? {
            Begun::Begun | Begun::GrantGone => Ok(token),
        }
    }

    /// Tokens for a refresh token ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    async fn refresh(self, request: RefreshRequest) -> Result<TokenResponse, TokenError> {
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
            let scope = match refresh::entitled(&grant, &self.client, request.scope.as_ref()) {
                Ok(scope) => scope,
                Err(refused) => return Err(self.refuse_refresh(refused).await?),
            };
            if let Err(fallen) = self.stands(&grant, &person).await? {
                return Err(self.refuse_refresh(fallen.into()).await?);
            }
            let limits = app.settings.tokens.refresh;
            let successor = match refresh::rotate(
                &request.token,
                &family,
                limits,
                app.now(),
                app.random.bytes(),
            ) {
                Err(refused) => return Err(self.refuse_refresh(refused).await?),
                Ok(Rotation::Again { successor }) => successor,
                Ok(Rotation::Fresh {
                    successor,
                    family: rotated,
                }) => {
                    match app
                        .directory
                        .grants()
                        .rotate(&family.current, &rotated)
                        .await?
                    {
                        Rotated::Rotated => successor,
                        Rotated::Lost => continue,
                    }
                }
            };
            let refreshed = Event::TokensRefreshed {
                client: self.client.client_id.clone(),
                grant: grant.id,
            };
            let response = self
                .issue(Issue {
                    grant,
                    person,
                    scope,
                    nonce: None,
                    refresh_token: Some(successor),
                })
                .await?;
            app.note(self.reference, refreshed);
            return Ok(response);
        }
        Err(Failed("a refresh token was contended for too long".to_owned()).into())
    }

    /// A refused refresh token; one that was used before takes its whole grant with it.
    async fn refuse_refresh(&self, refused: RefreshRefused) -> Result<TokenError, TokenError> {
        if let RefreshRefused::Reused(grant) = refused {
            self.revoke(grant, RevocationCause::RefreshTokenReused)
                .await?;
        }
        Ok(TokenError::refused(refused.code(), refused))
    }

    async fn revoke(&self, grant: GrantId, cause: RevocationCause) -> Result<(), TokenError> {
        if self
            .app
            .directory
            .grants()
            .revoke(grant, self.app.now())
            .await?
        {
            self.app
                .note(self.reference, Event::GrantRevoked { grant, cause });
        }
        Ok(())
    }

    async fn stands(
        &self,
        grant: &Grant,
        person: &Person,
    ) -> Result<Result<(), grant::GrantFallen>, TokenError> {
        let consent = consent(self.app, &self.client, person).await?;
        Ok(grant.stands(person, &self.client, consent.as_ref(), self.app.now()))
    }

    /// Makes and signs the tokens, off the serving threads where a signature is slow.
    async fn issue(&self, mut issue: Issue) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        // Claims asked for one by one need the registration of today, as scopes do.
        issue.grant.claims = claims::permitted(issue.grant.claims, &self.client.scope);
        let minting = Minting {
            issuer: app.issuer.clone(),
            keyring: Arc::clone(&app.keyring),
            client: Arc::clone(&self.client),
            now: app.now(),
            jti: app.random.bytes(),
            access_token_lifetime: app.settings.tokens.access_token,
            id_token_lifetime: app.settings.tokens.id_token,
        };
        let pace = minting.pace(&issue);
        Ok(app.signing.run(pace, move || minting.mint(issue)).await??)
    }
}

/// What consent a person has given a client that must ask for it.
pub(crate) async fn consent(
    app: &App,
    client: &Client,
    person: &Person,
) -> Result<Option<Consent>, doorward_directory::Failure> {
    match client.consent {
        ConsentPolicy::Ask => {
            app.directory
                .consents()
                .consent(person.id, &client.client_id)
                .await
        }
        ConsentPolicy::Trusted => Ok(None),
    }
}

/// All that is needed to make tokens, in one value that can go to another thread.
struct Minting {
    issuer: String,
    keyring: Arc<Keyring>,
    client: Arc<Client>,
    now: doorward_core::Timestamp,
    jti: [u8; 16],
    access_token_lifetime: Duration,
    id_token_lifetime: Duration,
}

impl Minting {
    fn pace(&self, issue: &Issue) -> Pace {
        let id_token = issue.scope.contains(scope::OPENID)
            && self.client.id_token_signed_response_alg.is_slow();
        if id_token || self.client.access_token_signed_response_alg.is_slow() {
            Pace::Slow
        } else {
            Pace::Fast
        }
    }

    fn mint(self, issue: Issue) -> Result<TokenResponse, SigningFailed> {
        let access_token = self.access_token(&issue)?;
        let id_token = if issue.scope.contains(scope::OPENID) {
            Some(self.id_token(&issue, &access_token)?)
        } else {
            None
        };
        Ok(TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: self.access_token_lifetime.as_secs(),
            refresh_token: issue.refresh_token.map(|token| token.reveal().to_owned()),
            id_token,
            scope: issue.scope,
        })
    }

    fn access_token(&self, issue: &Issue) -> Result<String, SigningFailed> {
        let claims = access_token::claims(access_token::AccessTokenFor {
            issuer: &self.issuer,
            grant: &issue.grant,
            scope: &issue.scope,
            jti: self.jti,
            now: self.now,
            lifetime: self.access_token_lifetime,
        });
        self.keyring.sign(
            self.client.access_token_signed_response_alg,
            Typ::AccessToken,
            &claims,
        )
    }

    fn id_token(&self, issue: &Issue, access_token: &str) -> Result<String, SigningFailed> {
        let claims = id_token::claims(IdTokenFor {
            issuer: &self.issuer,
            grant: &issue.grant,
            person: &issue.person,
            nonce: issue.nonce.as_deref(),
            access_token: Some(access_token),
            algorithm: self.client.id_token_signed_response_alg,
            now: self.now,
            lifetime: self.id_token_lifetime,
        });
        self.keyring.sign(
            self.client.id_token_signed_response_alg,
            Typ::IdToken,
            &claims,
        )
    }
}
