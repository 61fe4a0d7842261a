//! `/sign-in/{interaction}`: the pages on which somebody proves who they are, chooses an account or allows
//! what a client asks for.
//!
//! The page that is shown follows from what the core says must happen next, so no step can be skipped by
//! asking for another one.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use doorward_core::authorization::{Interaction, Next, Progress};
use doorward_core::client::Client;
use doorward_core::consent::Consent;
use doorward_core::error::ErrorCode;
use doorward_core::event::{Event, Reference};
use doorward_core::parameters::Parameters;
use doorward_core::password::{Password, PasswordHash};
use doorward_core::person::{Person, Username};
use doorward_core::redirect_uri::RedirectUri;
use doorward_core::scope::Scope;
use doorward_core::secret::Secret;
use doorward_core::session::{Authentication, AuthenticationMethod};
use doorward_core::sign_in::{StoredHash, judge};

use crate::authorization::action_source;
use crate::browser::{Browser, Here};
use crate::client_address::counted;
use crate::form::{Form, see_other};
use crate::headers::{FormsLeadTo, ImagesFrom};
use crate::home;
use crate::interaction::{Course, Waiting, finish, resume};
use crate::limits::{self, ACCOUNT_WINDOW, Verdict};
use crate::pages::{self, ClientCard, PersonCard, Problem, ScopeLine, SignInProblem};
use crate::passwords::Overloaded;
use crate::provider::App;
use crate::refusal::{AuthorizationError, Failed, PageError};
use crate::texts::Texts;

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
    /// The client that waits, unless somebody signs in at the provider itself.
    fn client(&self) -> Result<Option<Arc<Client>>, PageError> {
        let Some(request) = &self.waiting.interaction.request else {
            return Ok(None);
        };
        let found = self.app.directory.clients().client(&request.client);
        found.map(Some).ok_or_else(|| {
            let reason = format!("the client {} was removed meanwhile", request.client);
            PageError::bad_request("sign-in", Problem::UnknownApplication, reason)
        })
    }

    /// The course of the request that waits; none when somebody signs in at the provider itself.
    fn course(&self) -> Result<Option<Course<'a>>, PageError> {
        let Interaction {
            request, progress, ..
        } = &self.waiting.interaction;
        let (Some(client), Some(request)) = (self.client()?, request.clone()) else {
            return Ok(None);
        };
        Ok(Some(Course {
            app: self.app,
            client,
            request,
            progress: progress.clone(),
            reference: self.reference,
        }))
    }

    /// Shows the page that the core says is next, or goes on when nothing is left to ask.
    async fn show(self) -> Result<Response, AuthorizationError> {
        let Some(course) = self.course()? else {
            return match self.here {
                Some(_) => Ok(self.go_home().await?),
                None => Ok(self.sign_in_page(None, None)),
            };
        };
        match course.next(self.here.as_ref()).await? {
            Next::SignIn(_) => Ok(self.sign_in_page(None, None)),
            Next::ChooseAccount => {
                let account = self
                    .here
                    .as_ref()
                    .map(|here| person_card(&here.present.person));
                Ok(self.sign_in_page(account, None))
            }
            Next::Consent(scope) => Ok(self.consent_page(&course, &scope)),
            Next::Allow { .. } | Next::Refuse(..) => {
                course
                    .proceed(self.parts, self.here.as_ref(), Some(self.waiting))
                    .await
            }
        }
    }

    /// The person does not want to sign in, or does not allow what is asked.
    async fn decline(self) -> Result<Response, AuthorizationError> {
        let Some(request) = self.waiting.interaction.request.clone() else {
            return Ok(self.go_home().await?);
        };
        let cleared = finish(self.app, Some(self.waiting)).await?;
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
        let (Some(course), Some(here)) = (self.course()?, &self.here) else {
            return self.show().await;
        };
        let Next::Consent(scope) = course.next(Some(here)).await? else {
            return self.show().await;
        };
        let (person, client) = (here.present.person.id, course.client.client_id.clone());
        let consent = Consent {
            person,
            client: client.clone(),
            scope: scope.clone(),
            given_at: self.app.now(),
        };
        self.app.directory.consents().give(&consent).await?;
        self.app.note(
            self.reference,
            Event::ConsentGiven {
                person,
                client,
                scope,
            },
        );
        self.waiting.interaction.progress.consented = Some(here.present.session.id);
        self.go_on().await
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
        let client = self
            .waiting
            .interaction
            .request
            .as_ref()
            .map(|request| request.client.clone());
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
        match self.course()? {
            Some(course) => {
                course
                    .proceed(self.parts, self.here.as_ref(), Some(self.waiting))
                    .await
            }
            None => Ok(self.go_home().await?),
        }
    }

    /// The provider's own page.
    async fn go_home(self) -> Result<Response, PageError> {
        let cleared = finish(self.app, Some(self.waiting)).await?;
        Ok((cleared, see_other(home::HOME)).into_response())
    }

    /// Checks a name and a password: the attempt is counted first, and takes the same time whoever it names.
    async fn check_password(
        &self,
        form: &Parameters,
    ) -> Result<Result<Proven, SignInProblem>, PageError> {
        let app = self.app;
        let address = counted(self.parts, &app.settings.trusted_proxies);
        let name = form.one("username").unwrap_or_default().parse::<Username>();
        let (Ok(name), Ok(password)) = (
            name,
            Password::parse(form.one("password").unwrap_or_default()),
        ) else {
            self.refused("the user name or password is empty or malformed".to_owned());
            return Ok(Err(SignInProblem::WrongCredentials));
        };
        if limits::sign_in(app, &address, &name).await? == Verdict::Exceeded {
            self.refused(format!(
                "too many attempts from {address} or for this account"
            ));
            let minutes = u32::try_from(ACCOUNT_WINDOW.as_secs() / 60).unwrap_or(u32::MAX);
            return Ok(Err(SignInProblem::TooManyAttempts { minutes }));
        }
        let (found, hash) = match app.directory.people().credential(&name).await? {
            Some((person, hash)) => (Some(person), hash),
            None => (None, None),
        };
        let overloaded = |Overloaded| {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let reason = "too many passwords are waiting to be checked";
            PageError::with_status(status, "sign-in", Problem::TemporarilyUnavailable, reason)
        };
        let verified = app
            .passwords
            .verify(password.clone(), hash.clone())
            .await
            .map_err(overloaded)?;
        let verified = verified
            .map_err(|unusable| Failed(format!("the stored hash of {name}: {unusable}")))?;
        match judge(found, verified) {
            Ok((person, stored)) => {
                limits::signed_in(app, &address, name);
                let hash =
                    hash.ok_or_else(|| Failed("a password matched without a hash".to_owned()))?;
                Ok(Ok(Proven {
                    person,
                    password,
                    hash,
                    stored,
                }))
            }
            Err(reason) => {
                self.refused(reason.to_string());
                limits::sign_in_failed(app, &address).await?;
                Ok(Err(SignInProblem::WrongCredentials))
            }
        }
    }

    /// The token of this page's forms.
    fn csrf(&self) -> String {
        self.waiting
            .binding
            .csrf(self.here.as_ref().map(|here| here.present.session.id))
    }

    /// Notes why somebody was not signed in; the page itself tells nobody.
    fn refused(&self, reason: String) {
        let client = self
            .waiting
            .interaction
            .request
            .as_ref()
            .map(|request| request.client.to_string());
        let (endpoint, error) = ("sign-in".to_owned(), "access_denied".to_owned());
        self.app.note(
            self.reference,
            Event::Refused {
                endpoint,
                error,
                reason,
                client,
            },
        );
    }

    fn sign_in_page(
        &self,
        account: Option<PersonCard>,
        again: Option<(SignInProblem, &Parameters)>,
    ) -> Response {
        let request = self.waiting.interaction.request.as_ref();
        let client = self.client().ok().flatten();
        let hinted = request.and_then(|request| request.login_hint.clone());
        let typed = again
            .as_ref()
            .and_then(|(_, form)| form.one("username"))
            .map(str::to_owned);
        let problem = again.map(|(problem, _)| problem);
        let status = match problem {
            None | Some(SignInProblem::Expired) => StatusCode::OK,
            Some(SignInProblem::WrongCredentials) => StatusCode::FORBIDDEN,
            Some(SignInProblem::TooManyAttempts { .. }) => StatusCode::TOO_MANY_REQUESTS,
        };
        let page = pages::SignIn {
            action: path(&self.waiting.name),
            csrf: self.csrf(),
            client: client.as_deref().map(ClientCard::from),
            username: typed.or(hinted).unwrap_or_default(),
            problem,
            account,
        };
        (
            status,
            self.policies(client.as_deref()),
            page.page(self.texts()),
        )
            .into_response()
    }

    fn consent_page(&self, course: &Course<'_>, scope: &Scope) -> Response {
        let address = course.request.target.redirect_uri();
        let Some(here) = &self.here else {
            return self.sign_in_page(None, None);
        };
        let mut scopes: Vec<ScopeLine> = scope.iter().map(ScopeLine::from).collect();
        scopes.sort();
        let page = pages::Consent {
            action: path(&self.waiting.name),
            csrf: self.csrf(),
            client: ClientCard::from(&*course.client),
            redirect_host: address
                .parse::<RedirectUri>()
                .map(|uri| uri.display_host())
                .unwrap_or_default(),
            person: person_card(&here.present.person),
            scopes,
        };
        (self.policies(Some(&course.client)), page.page(self.texts())).into_response()
    }

    /// The language that the client asked for, then the browser's.
    fn texts(&self) -> &'static Texts {
        let accepted = self
            .parts
            .headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let wanted = self
            .waiting
            .interaction
            .request
            .as_ref()
            .and_then(|request| request.ui_locales.as_deref());
        Texts::negotiate(wanted, accepted)
    }

    /// Where the page's forms may lead and its images come from.
    fn policies(&self, client: Option<&Client>) -> (Extension<FormsLeadTo>, Extension<ImagesFrom>) {
        let request = self.waiting.interaction.request.as_ref();
        let leads_to = request.map(|request| action_source(request.target.redirect_uri()));
        let logo = client
            .and_then(|client| client.logo_uri.as_ref())
            .map(|logo| logo.origin().ascii_serialization());
        (
            Extension(FormsLeadTo(leads_to.into_iter().collect())),
            Extension(ImagesFrom(logo.unwrap_or_default())),
        )
    }
}

/// Somebody who has just proven a password.
struct Proven {
    person: Person,
    password: Password,
    hash: PasswordHash,
    stored: StoredHash,
}

/// Stores a stronger hash of a password that was just proven, unless it was changed meanwhile; nobody waits for it.
fn renew(
    app: App,
    Proven {
        person,
        password,
        hash,
        ..
    }: Proven,
) {
    tokio::spawn(async move {
        let Ok(stronger) = app.passwords.hash(password, app.random.bytes()).await else {
            return;
        };
        let people = app.directory.people();
        if let Err(error) = people.rehash_password(person.id, &hash, &stronger).await {
            tracing::warn!(%error, "a stronger password hash was not stored");
        }
    });
}

/// A person as pages show them.
pub(crate) fn person_card(person: &Person) -> PersonCard {
    let username = person.username.to_string();
    let display_name = person
        .profile
        .name
        .clone()
        .unwrap_or_else(|| username.clone());
    PersonCard {
        display_name,
        username,
    }
}

impl From<&Client> for ClientCard {
    fn from(client: &Client) -> Self {
        let link = |url: &Option<url::Url>| url.as_ref().map(ToString::to_string);
        Self {
            name: client.client_name.clone(),
            logo: link(&client.logo_uri),
            client_uri: link(&client.client_uri),
            policy_uri: link(&client.policy_uri),
            tos_uri: link(&client.tos_uri),
        }
    }
}
