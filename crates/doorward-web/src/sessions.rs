//! `/sessions`: where somebody is signed in, and which applications were told of their sign-outs.

use std::cmp::Reverse;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use doorward_core::Timestamp;
use doorward_core::backchannel_logout::{Delivery, DeliveryStatus};
use doorward_core::event::{Event, Reference};
use doorward_core::identifiers::{PersonId, SessionId};
use doorward_core::secret::SecretHash;
use doorward_core::session::Session;
use doorward_directory::KEPT_DELIVERIES_FOR;

use crate::answer::language;
use crate::browser::{Browser, Here};
use crate::form::{Form, see_other};
use crate::home::HOME;
use crate::pages::{
    EndedSession, LiveSession, News, Place, Problem, SESSION_FIELD, Sessions, ToldApplication,
};
use crate::provider::App;
use crate::refusal::PageError;
use crate::sign_in::person_card;

/// The address of the page.
pub(crate) const SESSIONS: &str = "/sessions";

/// The most sessions that the page shows.
const SHOWN: u32 = 50;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(SESSIONS, get(show).post(end))
}

async fn show(
    State(app): State<App>,
    browser: Browser,
    request: Request,
) -> Result<Response, PageError> {
    let (parts, _) = request.into_parts();
    match browser.signed_in().await? {
        Some(here) => page(&app, &parts, here).await,
        None => Ok(see_other(HOME)),
    }
}

async fn page(app: &App, parts: &Parts, here: Here) -> Result<Response, PageError> {
    let (ended, live) = recent(app, here.present.person.id).await?;
    let page = Sessions {
        person: person_card(&here.present.person),
        live: alive(app, live, here.present.session.id),
        ended,
        action: SESSIONS.to_owned(),
        home_url: HOME.to_owned(),
        csrf: here.csrf,
    };
    let texts = language(&parts.uri, &parts.headers);
    Ok(page.page(texts).into_response())
}

/// Somebody's sessions that ended lately, the latest first, and those that did not end.
async fn recent(
    app: &App,
    person: PersonId,
) -> Result<(Vec<EndedSession>, Vec<Session>), PageError> {
    let since = app.now().minus(KEPT_DELIVERIES_FOR);
    let sessions = app.directory.sessions();
    let sessions = sessions.recent_of(person, since, SHOWN).await?;
    let deliveries = app.directory.logout_deliveries();
    let deliveries = deliveries.of_recent_sessions(person, since, SHOWN).await?;
    let (mut ended, mut others) = (Vec::new(), Vec::new());
    for session in sessions {
        match session.ended_at {
            Some(at) => ended.push(over(app, &session, at, &deliveries)),
            None => others.push(session),
        }
    }
    ended.sort_by_key(|session| Reverse(session.ended_at));
    Ok((ended, others))
}

/// Those that have not expired either, the one that is asked from first.
fn alive(app: &App, mut sessions: Vec<Session>, here: SessionId) -> Vec<LiveSession> {
    sessions.retain(|session| session.is_live(app.settings.session, app.now()));
    sessions.sort_by_key(|session| session.id != here);
    let shown = sessions.into_iter().map(|session| LiveSession {
        id: session.id,
        place: if session.id == here {
            Place::Here
        } else {
            Place::Elsewhere
        },
        started_at: session.started_at,
        seen_at: session.seen_at,
    });
    shown.collect()
}

fn over(
    app: &App,
    session: &Session,
    ended_at: Timestamp,
    deliveries: &[Delivery],
) -> EndedSession {
    let of_session = |delivery: &&Delivery| delivery.session == session.id;
    let told = deliveries.iter().filter(of_session);
    EndedSession {
        started_at: session.started_at,
        ended_at,
        told: told
            .map(|delivery| told_application(app, delivery))
            .collect(),
    }
}

/// An application that is gone is shown by its id.
fn told_application(app: &App, delivery: &Delivery) -> ToldApplication {
    let client = app.directory.clients().client(&delivery.client);
    let name = client.map_or_else(
        || delivery.client.to_string(),
        |client| client.client_name.clone(),
    );
    let news = match delivery.status {
        DeliveryStatus::Waiting => News::Waiting(delivery.next_attempt_at),
        DeliveryStatus::Delivered => News::Delivered(delivery.finished_at),
        DeliveryStatus::Refused => News::Refused(delivery.finished_at),
        DeliveryStatus::Abandoned => News::Abandoned(delivery.finished_at),
    };
    ToldApplication { name, news }
}

/// Ends one of the person's own sessions.
async fn end(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    browser: Browser,
    request: Request,
) -> Result<Response, PageError> {
    let form: Form = Form::read(request)
        .await
        .map_err(|refused| refuse(Problem::InvalidLink, &refused))?;
    let Some(Here { present, csrf }) = browser.signed_in().await? else {
        return Ok(see_other(HOME));
    };
    let proof = form.parameters.one("csrf").unwrap_or_default();
    if !SecretHash::of(&csrf).matches(proof) {
        let reason = "the form's token is another session's";
        return Err(refuse(Problem::FormOutdated, &reason));
    }
    let named = form.parameters.one(SESSION_FIELD);
    let Some(session) = named.and_then(|id| id.parse().ok()) else {
        return Err(refuse(Problem::FormOutdated, &"it names no session"));
    };
    let (person, sessions) = (present.person.id, app.directory.sessions());
    let theirs = sessions.with_person(session).await?;
    if theirs.is_some_and(|(_, owner)| owner.id == person)
        && sessions.end(session, app.now()).await?
    {
        app.logout_queued.notify_one();
        app.note(reference, Event::SignedOut { person, session });
    }
    Ok(see_other(SESSIONS))
}

fn refuse(problem: Problem, reason: &dyn ToString) -> PageError {
    PageError::bad_request("sessions", problem, reason.to_string())
}
