//! Somebody at one of the pages.

use axum::RequestExt;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use doorward_core::api_token::{FoundToken, Hold};
use doorward_core::authorization::{OwnPage, Purpose};
use doorward_core::event::{ApiTokenChange, Event, Reference};
use doorward_core::identifiers::ApiTokenId;
use doorward_core::parameters::Parameters;
use doorward_core::person::Person;
use doorward_core::secret::SecretHash;

use crate::answer::language;
use crate::browser::{Browser, Here};
use crate::form::{Form, query};
use crate::interaction;
use crate::pages::{CSRF_FIELD, Problem};
use crate::provider::App;
use crate::refusal::{Failed, PageError};
use crate::texts::Texts;

/// A request to one of the pages, from whomever.
pub(super) struct Asked {
    app: App,
    browser: Browser,
    reference: Reference,
    id: Option<ApiTokenId>,
    request: Request,
}

/// A request of somebody who is signed in.
pub(super) struct Visit {
    pub(super) app: App,
    pub(super) parts: Parts,
    pub(super) here: Here,
    /// What the query says, or the form.
    pub(super) parameters: Parameters,
    reference: Reference,
    id: Option<ApiTokenId>,
}

/// Why somebody does not get what they asked for.
pub(super) enum Turned {
    /// They are told why.
    Away(PageError),
    /// They have to sign in before.
    ToSignIn(Box<Response>),
}

impl FromRequest<App> for Asked {
    type Rejection = PageError;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, PageError> {
        let id = request.extract_parts::<Path<String>>().await.ok();
        let (mut parts, body) = request.into_parts();
        let browser =
            <Browser as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let reference = parts.extensions.get::<Reference>().copied();
        let reference =
            reference.ok_or_else(|| Failed("the request has no reference".to_owned()))?;
        Ok(Self {
            app: app.clone(),
            browser,
            reference,
            id: id.and_then(|Path(id)| id.parse().ok()),
            request: Request::from_parts(parts, body),
        })
    }
}

impl Asked {
    /// Somebody who wants to see `page`, once they have signed in lately enough for it.
    pub(super) async fn at(
        self,
        page: impl FnOnce(Option<ApiTokenId>) -> Option<OwnPage>,
    ) -> Result<Visit, Turned> {
        let page = page(self.id).ok_or_else(nothing_there)?;
        let (parts, _) = self.request.into_parts();
        let Some(here) = self.browser.signed_in().await? else {
            return Err(to_sign_in(&self.app, &parts, page).await?);
        };
        let parameters = query(&parts).map_err(|refused| refuse(Problem::InvalidLink, &refused))?;
        let visit = Visit {
            app: self.app,
            parts,
            here,
            parameters,
            reference: self.reference,
            id: self.id,
        };
        visit.lately_enough_for(page).await?;
        Ok(visit)
    }

    /// Somebody who sent a form that we gave them.
    pub(super) async fn with_form(self) -> Result<Visit, Turned> {
        let form = Form::read(self.request).await;
        let form = form.map_err(|refused| refuse(Problem::InvalidLink, &refused))?;
        let Some(here) = self.browser.signed_in().await? else {
            return Err(to_sign_in(&self.app, &form.parts, OwnPage::ApiTokens).await?);
        };
        let proof = form.parameters.one(CSRF_FIELD).unwrap_or_default();
        if !SecretHash::of(&here.csrf).matches(proof) {
            let reason = "the form's token is another session's";
            return Err(refuse(Problem::FormOutdated, &reason).into());
        }
        Ok(Visit {
            app: self.app,
            parts: form.parts,
            here,
            parameters: form.parameters,
            reference: self.reference,
            id: self.id,
        })
    }
}

impl Visit {
    pub(super) fn person(&self) -> &Person {
        &self.here.present.person
    }

    pub(super) fn texts(&self) -> &'static Texts {
        language(&self.parts.uri, &self.parts.headers)
    }

    /// Whether they signed in lately enough for what a page does.
    pub(super) fn may(&self, page: OwnPage) -> bool {
        page.is_open_to(&self.here.present.session.authentication, self.app.now())
    }

    /// Sends whoever did not sign in lately enough for a page to do so, and back to it.
    pub(super) async fn lately_enough_for(&self, page: OwnPage) -> Result<(), Turned> {
        if self.may(page) {
            return Ok(());
        }
        Err(to_sign_in(&self.app, &self.parts, page).await?)
    }

    /// The token that the address names, if it is there for this person: nobody learns of those of others that there are any.
    pub(super) async fn token(&self) -> Result<(FoundToken, Hold), PageError> {
        let id = self.id.ok_or_else(nothing_there)?;
        let found = self.app.directory.api_tokens().by_id(id).await?;
        let found = found.and_then(|found| {
            let hold = found.held_by(self.person())?;
            Some((found, hold))
        });
        found.ok_or_else(nothing_there)
    }

    /// Notes what happened to a token.
    pub(super) fn note(&self, found: &FoundToken, change: ApiTokenChange) {
        let owner = found.owner().map(|owner| owner.to_string());
        let event = Event::ApiTokenChanged {
            token: found.token.id,
            name: found.token.name.to_string(),
            owner: owner.unwrap_or_default(),
            change,
        };
        self.app.note(self.reference, event);
    }
}

async fn to_sign_in(app: &App, parts: &Parts, page: OwnPage) -> Result<Turned, PageError> {
    let begun = interaction::begin(app, parts, Purpose::Page(page)).await?;
    Ok(Turned::ToSignIn(Box::new(begun)))
}

pub(super) fn nothing_there() -> PageError {
    let reason = "there is no such API token, or it is not this person's";
    PageError::with_status(
        StatusCode::NOT_FOUND,
        "api-tokens",
        Problem::NotFound,
        reason,
    )
}

pub(super) fn refuse(problem: Problem, reason: &dyn ToString) -> PageError {
    PageError::bad_request("api-tokens", problem, reason.to_string())
}

impl<E: Into<PageError>> From<E> for Turned {
    fn from(error: E) -> Self {
        Self::Away(error.into())
    }
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        match self {
            Self::Away(error) => error.into_response(),
            Self::ToSignIn(begun) => *begun,
        }
    }
}
