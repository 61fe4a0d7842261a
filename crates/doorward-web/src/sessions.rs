//! `/sessions`: where somebody is signed in, and which applications were told of their sign-outs.

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
use doorward_directory::sessions::First;

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

/// The most sessions that the page shows of those that live, and of those that ended.
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
    let (now, limits) = (app.now(), app.settings.session);
    let present = &here.present.session;
    let sessions = app.directory.sessions();
    let live = sessions.live_beside(present, limits, now, SHOWN).await?;
    let ended = ended(app, here.present.person.id).await?;
    let page = Sessions {
        person: person_card(&here.present.person),
        live: live.rows.iter().map(|it| alive(it, present.id)).collect(),
        further_live: live.further,
        ended: ended.rows,
        further_ended: ended.further,
        action: SESSIONS.to_owned(),
        home_url: HOME.to_owned(),
        csrf: here.csrf,
    };
    let texts = language(&parts.uri, &parts.headers);
    Ok(page.page(texts).into_response())
}

fn alive(session: &Session, here: SessionId) -> LiveSession {
    LiveSession {
        id: session.id,
        place: if session.id == here {
            Place::Here
        } else {
            Place::Elsewhere
        },
        user_agent: session.user_agent,
        started_at: session.started_at,
        seen_at: session.seen_at,
    }
}

/// Somebody's sessions that ended lately, the latest first.
async fn ended(app: &App, person: PersonId) -> Result<First<EndedSession>, PageError> {
    let since = app.now().minus(KEPT_DELIVERIES_FOR);
    let sessions = app.directory.sessions();
    let sessions = sessions.ended_of(person, since, SHOWN).await?;
    let deliveries = app.directory.logout_deliveries();
    let deliveries = deliveries.of_recent_sessions(person, since, SHOWN).await?;
    let over = |session: Session| Some(over(app, &session, session.ended_at?, &deliveries));
    Ok(First {
        rows: sessions.rows.into_iter().filter_map(over).collect(),
        further: sessions.further,
    })
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
        user_agent: session.user_agent,
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
