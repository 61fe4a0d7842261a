//! `/sign-in/{interaction}`: the pages on which somebody proves who they are, chooses an account or allows
//! what a client asks for.
//!
//! The page that is shown follows from what the core says must happen next, so no step can be skipped by
//! asking for another one.

mod credentials;
mod device;
mod shown;
mod site;
mod way;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use doorward_core::authorization::{Next, OwnPage, Progress};
use doorward_core::consent::{Consent, Permission};
use doorward_core::error::ErrorCode;
use doorward_core::event::{Event, Extent, Reference};
use doorward_core::identifiers::ClientId;
use doorward_core::parameters::Parameters;
use doorward_core::secret::Secret;
use doorward_core::session::{Authentication, AuthenticationMethod};
use doorward_core::sign_in::StoredHash;

use self::credentials::{Proven, renew};
use self::way::Way;
use crate::api_tokens;
use crate::browser::{Browser, Here};
use crate::form::{Form, see_other};
use crate::home;
use crate::interaction::{Course, Waiting, conclude, finish, resume, wait};
use crate::pages::{Problem, SignInProblem};
use crate::provider::App;
use crate::refusal::{AuthorizationError, PageError};

pub(crate) use shown::person_card;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/sign-in/{interaction}", get(show).post(submit))
}

/// The address of an interaction's pages.
pub(crate) fn path(interaction: &Secret) -> String {
    format!("/sign-in/{}", interaction.reveal())
}

async fn show(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    name: Result<Path<String>, PathRejection>,
    browser: Browser,
    request: Request,
) -> Result<Response, AuthorizationError> {
    let (parts, _) = request.into_parts();
    let waiting = resume(&app, &read(name), &parts).await?;
    let here = browser.signed_in().await?;
    Step {
        app: &app,
        parts: &parts,
        reference,
        waiting,
        here,
    }
    .show()
    .await
}

async fn submit(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    name: Result<Path<String>, PathRejection>,
    browser: Browser,
    request: Request,
) -> Result<Response, AuthorizationError> {
    let malformed = |reason: &dyn ToString| {
        PageError::bad_request("sign-in", Problem::FormOutdated, reason.to_string())
    };
    let Form {
        parts, parameters, ..
    } = Form::read(request)
        .await
        .map_err(|refused| malformed(&refused))?;
    let waiting = resume(&app, &read(name), &parts).await?;
    let here = browser.signed_in().await?;
    let session = here.as_ref().map(|here| here.present.session.id);
    let token = parameters.one("csrf").unwrap_or_default();
    let (fits, before_sign_in) = (
        waiting.binding.is_csrf(token, session),
        waiting.binding.is_csrf(token, None),
    );
    let step = Step {
        app: &app,
        parts: &parts,
        reference,
        waiting,
        here,
    };
    if !fits {
        // A form from before somebody signed in, in another tab, does nothing; what is next is shown.
        return if before_sign_in {
            step.show().await
        } else {
            Err(malformed(&"the form's token is missing or another's").into())
        };
    }
    match parameters.one("action") {
        Some("cancel" | "deny") => step.decline().await,
        Some("continue") => step.choose().await,
        Some("allow") => step.consent().await,
        Some("enter") => Ok(step.enter(&parameters).await?),
        _ => step.authenticate(&browser, &parameters).await,
    }
}

/// The name of an interaction in the address; one that is not even UTF-8 is read as empty, and refused like any
/// other that is none.
fn read(name: Result<Path<String>, PathRejection>) -> String {
    name.map(|Path(name)| name).unwrap_or_default()
}

/// One request of a browser to its interaction.
struct Step<'a> {
    app: &'a App,
    parts: &'a Parts,
    reference: Reference,
    waiting: Waiting,
    here: Option<Here>,
}

impl<'a> Step<'a> {
    /// Shows the page that the core says is next, or goes on when nothing is left to ask.
    async fn show(self) -> Result<Response, AuthorizationError> {
        match self.way()? {
            Way::Client(course) => self.show_course(*course).await,
            Way::Device(device) => Ok(self.show_device(&device)?),
            Way::DeviceCode(code) => Ok(self.device_code_page(&code, None)),
            Way::Page(page) => Ok(self.go_to(page).await?),
            Way::Site(visit, _) => Ok(self.go_on_to(*visit).await?),
            Way::Home if self.here.is_some() => Ok(self.go_home().await?),
            Way::Home => Ok(self.sign_in_page(None, None)),
        }
    }

    async fn show_course(self, course: Course<'a>) -> Result<Response, AuthorizationError> {
        match course.next(self.here.as_ref()).await? {
            Next::SignIn(_) => Ok(self.sign_in_page(None, None)),
            Next::ChooseAccount => {
                let account = self
                    .here
                    .as_ref()
                    .map(|here| person_card(&here.present.person));
                Ok(self.sign_in_page(account, None))
            }
            Next::Consent(asked) => Ok(self.consent_page(&course, &asked)),
            Next::Allow(_) | Next::Refuse(..) => {
                course
                    .proceed(self.parts, self.here.as_ref(), Some(self.waiting))
                    .await
            }
        }
    }

    /// The person does not want to sign in, or does not allow what is asked.
    async fn decline(mut self) -> Result<Response, AuthorizationError> {
        // The last word counts, also when the client cannot be told yet.
        self.waiting.interaction.progress.consented = None;
        let request = match self.way()? {
            Way::Client(course) => {
                course.encrypter(Some(&self.waiting)).await?;
                course.request
            }
            Way::Device(device) => return Ok(self.decline_device(*device).await?),
            Way::Page(_) => return Ok(self.leave_for(OwnPage::ApiTokens).await?),
            Way::DeviceCode(_) | Way::Site(..) | Way::Home => return Ok(self.go_home().await?),
        };
        let cleared = conclude(self.app, &request, Some(self.waiting)).await?;
        let declined = AuthorizationError::Return {
            to: request.target,
            code: ErrorCode::AccessDenied,
            reason: "the person declined".to_owned(),
            client: request.client,
        };
        Ok((cleared, declined).into_response())
    }

    /// The person goes on with the account that is signed in.
    async fn choose(mut self) -> Result<Response, AuthorizationError> {
        self.waiting.interaction.progress.chosen =
            self.here.as_ref().map(|here| here.present.session.id);
        self.go_on().await
    }

    /// The person allows what is asked, if that is what the page asked.
    async fn consent(mut self) -> Result<Response, AuthorizationError> {
        let Some(here) = &self.here else {
            return self.show().await;
        };
        let Some((client, asked)) = self.to_be_allowed(here).await? else {
            return self.show().await;
        };
        let servers = self.app.directory.resource_servers().registry();
        let person = here.present.person.id;
        let session = here.present.session.id;
        let consent = Consent {
            person,
            client: client.clone(),
            permission: asked.remembered(&servers),
            given_at: self.app.now(),
        };
        if !self.app.directory.consents().give(&consent).await? {
            let reason = "the person or the client was removed meanwhile";
            return Err(PageError::bad_request("sign-in", Problem::Expired, reason).into());
        }
        self.app.note(
            self.reference,
            Event::ConsentGiven {
                person,
                client,
                extent: Extent::from(&asked),
            },
        );
        self.waiting.interaction.progress.consented = Some(session);
        self.go_on().await
    }

    /// What the page asks the person to allow, and whom. While the client cannot be answered there is nothing to allow.
    async fn to_be_allowed(
        &self,
        here: &Here,
    ) -> Result<Option<(ClientId, Permission)>, PageError> {
        let (next, client) = match self.way()? {
            Way::Client(course) => {
                let next = course.next(Some(here)).await?;
                if matches!(next, Next::Consent(_)) {
                    course.encrypter(Some(&self.waiting)).await?;
                }
                (next, course.client)
            }
            Way::Device(device) => (device.next(Some(here)), device.client),
            Way::DeviceCode(_) | Way::Page(_) | Way::Site(..) | Way::Home => return Ok(None),
        };
        Ok(match next {
            Next::Consent(asked) => Some((client.client_id.clone(), asked)),
            _ => None,
        })
    }

    /// Somebody proves who they are.
    async fn authenticate(
        mut self,
        browser: &Browser,
        form: &Parameters,
    ) -> Result<Response, AuthorizationError> {
        let proven = match self.check_password(form).await? {
            Ok(proven) => proven,
            Err(problem) => return Ok(self.sign_in_page(None, Some((problem, form)))),
        };
        let Proven { person, hash, .. } = &proven;
        let authentication = Authentication {
            at: self.app.now(),
            methods: vec![AuthenticationMethod::Password],
        };
        let before = self.here.as_ref().map(|here| &here.present.session);
        let Some(session) = browser
            .sign_in(before, person.id, hash, authentication)
            .await?
        else {
            self.refused("the session or the password was ended meanwhile".to_owned());
            return Ok(self.sign_in_page(None, Some((SignInProblem::Expired, form))));
        };
        let person = person.id;
        if proven.stored == StoredHash::Renew {
            renew(self.app.clone(), proven);
        }
        tracing::Span::current().record("user.id", tracing::field::display(person));
        let client = self.waiting.interaction.purpose.client().cloned();
        self.app.note(
            self.reference,
            Event::SignedIn {
                person,
                session,
                client,
            },
        );
        self.waiting.interaction.progress = Progress {
            authenticated: Some(session),
            ..Progress::default()
        };
        self.here = browser.signed_in().await?;
        self.go_on().await
    }

    /// Goes on with what is left to do.
    async fn go_on(self) -> Result<Response, AuthorizationError> {
        match self.way()? {
            Way::Client(course) => {
                course
                    .proceed(self.parts, self.here.as_ref(), Some(self.waiting))
                    .await
            }
            Way::Device(device) => Ok(self.go_on_with(*device).await?),
            Way::DeviceCode(_) => Ok(wait(self.app, self.waiting).await?),
            Way::Page(page) => Ok(self.go_to(page).await?),
            Way::Site(visit, _) => Ok(self.go_on_to(*visit).await?),
            Way::Home => Ok(self.go_home().await?),
        }
    }

    /// On to a page that is the person's own, once they have signed in lately enough for it.
    async fn go_to(self, page: OwnPage) -> Result<Response, PageError> {
        let now = self.app.now();
        let is_open = self
            .here
            .as_ref()
            .is_some_and(|here| page.is_open_to(&here.present.session.authentication, now));
        if is_open {
            self.leave_for(page).await
        } else {
            Ok(self.sign_in_page(None, None))
        }
    }

    async fn leave_for(self, page: OwnPage) -> Result<Response, PageError> {
        let cleared = finish(self.app, Some(self.waiting)).await?;
        Ok((cleared, see_other(&api_tokens::address(page))).into_response())
    }

    /// The provider's own page.
    async fn go_home(self) -> Result<Response, PageError> {
        let cleared = finish(self.app, Some(self.waiting)).await?;
        Ok((cleared, see_other(home::HOME)).into_response())
    }
}
