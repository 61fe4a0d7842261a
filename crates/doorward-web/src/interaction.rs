//! The course of an authorization: what the core decides is done, shown or refused here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use doorward_core::authorization::{
    Allowed, AuthorizationRequest, Circumstances, Interaction, Next, Present, Progress, Purpose,
    next,
};
use doorward_core::client::{Client, ConsentPolicy};
use doorward_core::event::{Event, Extent, Reference};
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::identifiers::GrantId;
use doorward_core::jose::Encrypter;
use doorward_core::resource_server::Resource;
use doorward_core::scope::Scope;
use doorward_core::secret::{Secret, SecretKind};
use doorward_core::token::code::AuthorizationCode;

use crate::answer::accepted_language;
use crate::authorization::{respond, response_encrypter};
use crate::browser::{Binding, Here, SetCookie, insert};
use crate::client_address::counted;
use crate::form::see_other;
use crate::limits::{self, Verdict};
use crate::pages::Problem;
use crate::provider::App;
use crate::pushed_authorization::answered;
use crate::refusal::{AuthorizationError, PageError};
use crate::sign_in;
use crate::texts::Texts;

/// How long a request waits for somebody to sign in.
pub(crate) const PATIENCE: Duration = Duration::from_mins(30);
/// The kind of entry that interactions are in the session store.
const KIND: &str = "interaction";

/// A valid request on its way to an answer.
pub(crate) struct Course<'a> {
    pub(crate) app: &'a App,
    pub(crate) client: Arc<Client>,
    pub(crate) request: AuthorizationRequest,
    pub(crate) progress: Progress,
    pub(crate) reference: Reference,
}

/// An interaction that its browser has come back to.
pub(crate) struct Waiting {
    pub(crate) name: Secret,
    pub(crate) binding: Binding,
    pub(crate) interaction: Interaction,
}

impl Course<'_> {
    /// Asks the core what must happen next, and does it. `waiting` is the interaction that led here, if any.
    pub(crate) async fn proceed(
        self,
        parts: &Parts,
        here: Option<&Here>,
        waiting: Option<Waiting>,
    ) -> Result<Response, AuthorizationError> {
        match self.next(here).await? {
            Next::SignIn(_) | Next::ChooseAccount | Next::Consent(_) => {
                Ok(self.wait(parts, waiting).await?)
            }
            Next::Allow(allowed) => match here {
                Some(here) => Ok(self.allow(parts, &here.present, allowed, waiting).await?),
                None => Ok(self.wait(parts, waiting).await?),
            },
            Next::Refuse(code, reason) => {
                self.encrypter(waiting.as_ref()).await?;
                let cleared = conclude(self.app, &self.request, waiting).await?;
                let refused = AuthorizationError::Return {
                    to: self.request.target,
                    code,
                    reason: reason.to_owned(),
                    client: self.request.client,
                };
                Ok((cleared, refused).into_response())
            }
        }
    }

    /// What must happen next.
    pub(crate) async fn next(&self, here: Option<&Here>) -> Result<Next, PageError> {
        let present = here.map(|here| &here.present);
        let consent = match present {
            Some(present) if self.asks() => {
                self.app
                    .directory
                    .consents()
                    .consent(present.person.id, &self.client.client_id)
                    .await?
            }
            _ => None,
        };
        let circumstances = Circumstances {
            client: &self.client,
            present,
            consent: consent.as_ref(),
            progress: &self.progress,
            servers: &self.app.directory.resource_servers().registry(),
            levels: &self.app.settings.acr_levels,
            now: self.app.now(),
        };
        Ok(next(&self.request, circumstances, &self.app.subjects))
    }

    /// Whether what was allowed before matters.
    fn asks(&self) -> bool {
        let by_details = !self.request.authorization_details.is_empty()
            && self.client.details_consent_policy() == ConsentPolicy::Ask;
        by_details || self.client.consent_policy() == ConsentPolicy::Ask
    }

    /// Lets the request wait for its End-User, and sends the browser to the page that asks.
    async fn wait(self, parts: &Parts, waiting: Option<Waiting>) -> Result<Response, PageError> {
        if let Some(mut waiting) = waiting {
            waiting.interaction.progress = self.progress;
            return self::wait(self.app, waiting).await;
        }
        let purpose = Purpose::Authorization(Box::new(self.request));
        begin(self.app, parts, purpose).await
    }

    /// What encrypts the answer for the client, if it is to be encrypted. While the client has no key for that nothing is decided, and
    /// what the person did until now is kept: they go on when it has one.
    pub(crate) async fn encrypter(
        &self,
        waiting: Option<&Waiting>,
    ) -> Result<Option<Encrypter>, PageError> {
        let encrypter = response_encrypter(self.app, &self.request.target).await;
        if let (Err(_), Some(waiting)) = (&encrypter, waiting) {
            let interaction = Interaction {
                progress: self.progress.clone(),
                ..waiting.interaction.clone()
            };
            save(self.app, &waiting.name, &interaction).await?;
        }
        encrypter
    }

    /// Gives the client a code.
    async fn allow(
        self,
        parts: &Parts,
        present: &Present,
        allowed: Allowed,
        waiting: Option<Waiting>,
    ) -> Result<Response, PageError> {
        let app = self.app;
        let encrypter = self.encrypter(waiting.as_ref()).await?;
        let grant = self.grant(present, allowed);
        let extent = Extent::from(&grant);
        let code = Secret::generate(SecretKind::AuthorizationCode, &*app.random);
        let lifetime = app.settings.tokens.code;
        let (id, person, client) = (grant.id, grant.person, grant.client.clone());
        let meaning = AuthorizationCode {
            grant,
            client_created_at: self.client.created_at,
            redirect_uri: self.request.target.redirect_uri().to_owned(),
            proof_key: self.request.proof_key.clone(),
            dpop_jkt: self.request.dpop_jkt.clone(),
            nonce: self.request.nonce.clone(),
            expires_at: app.now().plus(lifetime),
        };
        // Nobody learns the code before all of it is written, so the order in which it is does not matter.
        let ((), cleared) = tokio::try_join!(
            async {
                let issued = app.codes.issue(&code, &meaning, lifetime).await;
                issued.map_err(PageError::from)
            },
            conclude(app, &self.request, waiting),
        )?;
        app.note(
            self.reference,
            Event::Authorized {
                person,
                client,
                grant: id,
                extent,
            },
        );
        let texts = Texts::negotiate(
            self.request.ui_locales.as_deref(),
            accepted_language(&parts.headers),
        );
        let response = self.request.target.code(&app.issuer, code.reveal());
        Ok((cleared, respond(app, response, encrypter, texts).await?).into_response())
    }

    fn grant(&self, present: &Present, allowed: Allowed) -> Grant {
        let Allowed {
            scope,
            authorization_details,
            lifetime,
            acr,
        } = allowed;
        let (app, now) = (self.app, self.app.now());
        let tokens = &app.settings.tokens;
        let life = match lifetime {
            GrantLifetime::Session => {
                tokens.code + longest_access_token(app, &scope, &self.request.resources)
            }
            GrantLifetime::Offline => tokens.refresh_absolute,
        };
        Grant {
            id: GrantId::generate(now, &*app.random),
            person: present.person.id,
            client: self.client.client_id.clone(),
            session: present.session.id,
            scope,
            resources: self.request.resources.clone(),
            authorization_details,
            claims: self.request.claims.clone(),
            authentication: present.session.authentication.clone(),
            acr,
            lifetime,
            issued_at: now,
            expires_at: now.plus(life),
            revoked_at: None,
        }
    }
}

/// How long the longest-lived access token lives that can come of this scope.
pub(crate) fn longest_access_token(
    app: &App,
    scope: &Scope,
    resources: &BTreeSet<Resource>,
) -> Duration {
    let servers = app.directory.resource_servers().registry();
    let usual = app.settings.tokens.access_token;
    let reached = servers.reached(scope, resources);
    let lifetimes = reached
        .values()
        .map(|server| server.access_token_lifetime(usual));
    lifetimes.fold(usual, Duration::max)
}

/// Begins an interaction, bound to this browser, and sends it to its first page.
pub(crate) async fn begin(
    app: &App,
    parts: &Parts,
    purpose: Purpose,
) -> Result<Response, PageError> {
    let address = counted(parts, &app.settings.trusted_proxies);
    if limits::interaction(app, &address).await? == Verdict::Exceeded {
        let reason = format!("{address} left too many requests waiting");
        let status = StatusCode::TOO_MANY_REQUESTS;
        return Err(PageError::with_status(
            status,
            "authorization",
            Problem::TooManyRequests,
            reason,
        ));
    }
    let name = Secret::generate(SecretKind::Interaction, &*app.random);
    let binding = Binding::new(app, &name);
    let interaction = Interaction {
        purpose,
        progress: Progress::default(),
        browser: binding.hash(),
        started_at: app.now(),
    };
    insert(app, KIND, name.reveal(), &interaction, PATIENCE).await?;
    Ok((binding.set(), see_other(&sign_in::path(&name))).into_response())
}

/// Finds the interaction of this name, if it waits for the browser that asks.
pub(crate) async fn resume(app: &App, name: &str, parts: &Parts) -> Result<Waiting, PageError> {
    let gone = |reason: &str| PageError::bad_request("sign-in", Problem::Expired, reason);
    let name = Secret::parse(SecretKind::Interaction, name)
        .ok_or_else(|| gone("the interaction's name is malformed"))?;
    let interaction: Interaction = app
        .sessions
        .get(KIND, name.reveal())
        .await?
        .ok_or_else(|| gone("the interaction has expired, is finished, or never was"))?;
    let binding = Binding::held(app, &name, parts)
        .ok_or_else(|| gone("the browser lacks the interaction's cookie"))?;
    if binding.hash() != interaction.browser {
        return Err(gone("the interaction belongs to another browser"));
    }
    Ok(Waiting {
        name,
        binding,
        interaction,
    })
}

/// Keeps what an interaction has come to, and sends the browser to the page of what is next.
pub(crate) async fn wait(app: &App, waiting: Waiting) -> Result<Response, PageError> {
    let Waiting {
        name,
        binding,
        interaction,
    } = waiting;
    save(app, &name, &interaction).await?;
    Ok((binding.set(), see_other(&sign_in::path(&name))).into_response())
}

async fn save(app: &App, name: &Secret, interaction: &Interaction) -> Result<(), PageError> {
    let left = PATIENCE.saturating_sub(app.now().since(interaction.started_at));
    let before: Option<Interaction> = app
        .sessions
        .replace(KIND, name.reveal(), interaction, left)
        .await?;
    match before {
        Some(_) => Ok(()),
        None => Err(PageError::bad_request(
            "sign-in",
            Problem::Expired,
            "the interaction was finished meanwhile",
        )),
    }
}

/// Ends what waits for the answer to `request`: the pushed request that it was, and its interaction. What it returns
/// removes the cookie.
pub(crate) async fn conclude(
    app: &App,
    request: &AuthorizationRequest,
    waiting: Option<Waiting>,
) -> Result<Option<SetCookie>, PageError> {
    let ((), cleared) = tokio::try_join!(answered(app, request), finish(app, waiting))?;
    Ok(cleared)
}

/// Ends an interaction; what it returns removes the cookie.
pub(crate) async fn finish(
    app: &App,
    waiting: Option<Waiting>,
) -> Result<Option<SetCookie>, PageError> {
    let Some(Waiting { name, binding, .. }) = waiting else {
        return Ok(None);
    };
    app.sessions.remove(KIND, name.reveal()).await?;
    Ok(Some(binding.clear()))
}
