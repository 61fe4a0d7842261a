//! `/logout`, the end session endpoint
//! ([OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)).

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use doorward_core::client::Client;
use doorward_core::event::{Event, Reference};
use doorward_core::frontchannel_logout::Frame;
use doorward_core::id_token::IdTokenHint;
use doorward_core::identifiers::{PersonId, SessionId};
use doorward_core::logout::{Hint, LogoutNext, LogoutRequest};
use doorward_core::parameters::Parameters;
use doorward_core::secret::SecretHash;
use doorward_core::subject::SubjectIdentifier;

use crate::answer::language;
use crate::authorization::{action_source, read_hint};
use crate::browser::{Browser, Here};
use crate::form::{self, Form, see_other};
use crate::headers::{FormsLeadTo, FramesFrom};
use crate::home::HOME;
use crate::pages::{ACTION_FIELD, ClientCard, ConfirmSignOut, Problem, SignedOut, SigningOut};
use crate::provider::{App, Provider};
use crate::refusal::PageError;
use crate::sign_in::person_card;

/// The address of the endpoint.
pub(crate) const LOGOUT: &str = "/logout";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(LOGOUT, get(by_link).post(by_form))
}

/// A client sends the browser here, or the person comes by themselves.
async fn by_link(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    browser: Browser,
    request: Request,
) -> Result<Response, PageError> {
    let (parts, _) = request.into_parts();
    let parameters =
        form::query(&parts).map_err(|refused| refuse(Problem::InvalidLink, &refused))?;
    let ending = Ending {
        app: &app,
        parts: &parts,
        reference,
        browser,
    };
    ending.judge(&parameters).await
}

/// Our own confirmation, which has the session's token; any other form becomes a link, since one posted from
/// another site comes without our cookies.
async fn by_form(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    browser: Browser,
    request: Request,
) -> Result<Response, PageError> {
    let refused = |refused| refuse(Problem::InvalidLink, &refused);
    let form: Form = Form::read(request).await.map_err(refused)?;
    if form.parameters.one("csrf").is_none() {
        return form.as_link(LOGOUT).map_err(refused);
    }
    let Form {
        parts, parameters, ..
    } = form;
    let ending = Ending {
        app: &app,
        parts: &parts,
        reference,
        browser,
    };
    ending.confirmed(&parameters).await
}

fn refuse(problem: Problem, reason: &dyn ToString) -> PageError {
    PageError::bad_request("logout", problem, reason.to_string())
}

/// One request to end a session.
struct Ending<'a> {
    app: &'a App,
    parts: &'a Parts,
    reference: Reference,
    browser: Browser,
}

impl Ending<'_> {
    fn request(&self, parameters: &Parameters) -> Result<LogoutRequest, PageError> {
        let find = |id: &_| self.app.directory.clients().client(id);
        LogoutRequest::parse(parameters, |hint| self.hint(hint), find).map_err(|refused| {
            refuse(Problem::InvalidLink, &refused).by(parameters.one("client_id"))
        })
    }

    fn hint(&self, token: &str) -> Result<Hint, String> {
        let IdTokenHint { sub, aud, sid, .. } = read_hint(self.app, token)?;
        let client = aud.iter().next().ok_or("it has no audience")?;
        Ok(Hint {
            client: client.parse().map_err(|_| "its audience is no client")?,
            subject: sub,
            session: sid,
        })
    }

    async fn judge(self, parameters: &Parameters) -> Result<Response, PageError> {
        let request = self.request(parameters)?;
        let here = self.browser.signed_in().await?;
        let present = here.as_ref().map(|Here { present, .. }| {
            let subject = self.subject_of(present.person.id, request.client.as_deref());
            (present.session.id, subject)
        });
        match (request.next(present), here) {
            (LogoutNext::Confirm, Some(here)) => Ok(self.ask(&request, parameters, here)),
            (LogoutNext::End(session), _) => self.end(session, &request).await,
            _ => Ok(self.done(&request)),
        }
    }

    /// How the client that asks knows somebody; one that is gone, by their public name.
    fn subject_of(&self, person: PersonId, client: Option<&Client>) -> SubjectIdentifier {
        client.map_or_else(
            || person.into(),
            |client| self.app.subjects.of(person, client),
        )
    }

    /// The person said yes, on a page of the session that is to end.
    async fn confirmed(self, parameters: &Parameters) -> Result<Response, PageError> {
        let request = self.request(parameters)?;
        let Some(here) = self.browser.signed_in().await? else {
            return Ok(self.done(&request));
        };
        if !SecretHash::of(&here.csrf).matches(parameters.one("csrf").unwrap_or_default()) {
            return Err(refuse(
                Problem::FormOutdated,
                &"the form's token is another session's",
            ));
        }
        if parameters.one(ACTION_FIELD) == Some("stay") {
            return Ok(see_other(HOME));
        }
        self.end(here.present.session.id, &request).await
    }

    async fn end(self, session: SessionId, request: &LogoutRequest) -> Result<Response, PageError> {
        let ended = self.app.directory.sessions().with_person(session).await?;
        let frames = self.frames(session).await?;
        if self.browser.sign_out(session).await?
            && let Some((session, person)) = ended
        {
            self.app.note(
                self.reference,
                Event::SignedOut {
                    person: person.id,
                    session: session.id,
                },
            );
            return Ok(self.telling(request, &frames));
        }
        Ok(self.done(request))
    }

    /// What the browser loads to tell clients that got anything in a session.
    async fn frames(&self, session: SessionId) -> Result<Vec<Frame>, PageError> {
        let Provider {
            directory, issuer, ..
        } = &**self.app;
        let clients = directory.logout_deliveries().clients_of(session).await?;
        let clients = clients
            .iter()
            .filter_map(|id| directory.clients().client(id));
        Ok(clients
            .filter_map(|client| Frame::of(&client, issuer, session))
            .collect())
    }

    fn ask(&self, request: &LogoutRequest, parameters: &Parameters, here: Here) -> Response {
        let leads_to = request
            .then
            .iter()
            .map(|then| action_source(then.address()))
            .collect();
        // The request travels through the form and is judged again as a whole when it comes back.
        let carried = [
            "id_token_hint",
            "client_id",
            "post_logout_redirect_uri",
            "state",
            "ui_locales",
        ]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), parameters.one(name)?.to_owned())))
        .collect();
        let page = ConfirmSignOut {
            action: LOGOUT.to_owned(),
            csrf: here.csrf,
            client: request.client.as_deref().map(ClientCard::from),
            person: person_card(&here.present.person),
            carried,
        };
        let texts = language(&self.parts.uri, &self.parts.headers);
        (Extension(FormsLeadTo(leads_to)), page.page(texts)).into_response()
    }

    fn done(&self, request: &LogoutRequest) -> Response {
        self.telling(request, &[])
    }

    /// Leads on, by a page that tells clients if there are any.
    fn telling(&self, request: &LogoutRequest, told: &[Frame]) -> Response {
        let texts = language(&self.parts.uri, &self.parts.headers);
        let frames = told
            .iter()
            .map(|frame| frame.address().to_owned())
            .collect();
        let page = match &request.then {
            Some(then) if told.is_empty() => return see_other(then.address()),
            Some(then) => SigningOut {
                frames,
                then: then.address().to_owned(),
            }
            .page(texts),
            None => SignedOut {
                client: request.client.as_deref().map(ClientCard::from),
                frames,
            }
            .page(texts),
        };
        let origins: BTreeSet<String> = told.iter().map(Frame::origin).collect();
        let policy =
            (!origins.is_empty()).then(|| Extension(FramesFrom(origins.into_iter().collect())));
        (policy, page).into_response()
    }
}
