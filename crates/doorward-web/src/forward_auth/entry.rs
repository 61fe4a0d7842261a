//! The way on which somebody comes to be known at a site: from the site to the provider, which signs them in if need be, and back with a
//! code that the browser that set out can use once.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use doorward_core::authorization::{Present, Purpose};
use doorward_core::event::{Event, Reference};
use doorward_core::forward_auth::{EntryCode, ReturnPath, SiteHost, Visit, enter};
use doorward_core::parameters::Parameters;
use doorward_core::secret::{Secret, SecretKind};
use serde::{Deserialize, Serialize};
use url::form_urlencoded::Serializer;

use super::answer::{failed, not_let_in};
use super::question::{Reader, site_of};
use super::{CALLBACK, START, address, session};
use crate::browser::site::Way;
use crate::browser::{Browser, insert};
use crate::form::{self, see_other};
use crate::interaction;
use crate::logout::LOGOUT;
use crate::pages::Problem;
use crate::provider::App;
use crate::refusal::{Failed, PageError, Refusal};

/// The kind of entry that codes are in the session store.
const KIND: &str = "site-entry";

/// How long somebody may take from the provider back to the site.
const LASTS: std::time::Duration = std::time::Duration::from_mins(1);

/// What the session store has of a code.
#[derive(Serialize, Deserialize)]
enum Entry {
    Fresh(EntryCode),
    Used,
}

/// `/.doorward/sign-in`: leaves the browser something to know it by, and sends it to the provider.
pub(super) async fn set_out(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let site = site_of(&app, &parts);
    let site = site.map_err(|reason| not_let_in(Problem::InvalidLink, &reason))?;
    let way = Way::new(&app);
    let parameters = form::query(&parts).unwrap_or_default();
    let return_to = parameters.one("return_to").unwrap_or_default();
    let query = Serializer::new(String::new())
        .append_pair("site", site.host.as_str())
        .append_pair("challenge", &way.challenge().to_string())
        .append_pair("return_to", ReturnPath::or_first_page(return_to).as_str())
        .finish();
    let start = format!("{}{START}?{query}", app.issuer);
    Ok((way.set(), see_other(&start)).into_response())
}

/// `/auth/start`: lets whoever is signed in go on, and asks everybody else to sign in.
pub(super) async fn start(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    browser: Browser,
    request: Request,
) -> Result<Response, PageError> {
    let (parts, _) = request.into_parts();
    let parameters = form::query(&parts).unwrap_or_default();
    let visit = visit(&app, &parameters).ok_or_else(|| {
        let reason = "it names no registered site, or no browser that set out from one";
        PageError::bad_request("forward_auth", Problem::InvalidLink, reason)
    })?;
    match browser.signed_in().await? {
        Some(here) => Ok(let_in(&app, reference, &here.present, visit).await?),
        None => interaction::begin(&app, &parts, Purpose::Site(Box::new(visit))).await,
    }
}

fn visit(app: &App, parameters: &Parameters) -> Option<Visit> {
    let sites = app.directory.sites().registry();
    let site = sites.at(parameters.one("site")?)?;
    Some(Visit {
        host: site.host.clone(),
        challenge: parameters.one("challenge")?.parse().ok()?,
        return_to: ReturnPath::or_first_page(parameters.one("return_to").unwrap_or_default()),
    })
}

/// Sends a browser back to the site that it came from, with a code.
pub(crate) async fn let_in(
    app: &App,
    reference: Reference,
    present: &Present,
    visit: Visit,
) -> Result<Response, Failed> {
    let code = Secret::generate(SecretKind::SiteEntry, &*app.random);
    let back = format!("{CALLBACK}?code={}", code.reveal());
    let back = address(app, &visit.host, &back);
    let (person, session, site) = (
        present.person.id,
        present.session.id,
        visit.host.to_string(),
    );
    let meaning = Entry::Fresh(EntryCode {
        visit,
        session,
        expires_at: app.now().plus(LASTS),
    });
    insert(app, KIND, code.reveal(), &meaning, LASTS).await?;
    app.note(
        reference,
        Event::SiteEntered {
            person,
            session,
            site,
        },
    );
    Ok(see_other(&back))
}

/// `/.doorward/callback`: exchanges the code for a cookie of the site.
pub(super) async fn arrive(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let site = site_of(&app, &parts);
    let site = site.map_err(|reason| not_let_in(Problem::InvalidLink, &reason))?;
    let parameters = form::query(&parts).unwrap_or_default();
    let broken = |reason: Failed| failed(Reader::Person, reason);
    let code = redeem(&app, &parameters, &site.host)
        .await
        .map_err(broken)?;
    let way = code
        .as_ref()
        .and_then(|code| Way::held(&app, &parts.headers, &code.visit.challenge));
    let code = enter(code, &site.host, way.as_ref().map(Way::secret), app.now());
    let code = code.map_err(|reason| not_let_in(Problem::Expired, &reason))?;
    let begun = session::begin(&app, code.visit.host.clone(), code.session).await;
    let cookie = begun.map_err(broken)?;
    let back = address(&app, &site.host, code.visit.return_to.as_str());
    Ok((way.map(|way| way.clear()), cookie, see_other(&back)).into_response())
}

/// What a code stands for, once on all nodes.
async fn redeem(
    app: &App,
    parameters: &Parameters,
    host: &SiteHost,
) -> Result<Option<EntryCode>, Failed> {
    let code = parameters.one("code").unwrap_or_default();
    let Some(code) = Secret::parse(SecretKind::SiteEntry, code) else {
        tracing::debug!(site = %host, "the code is malformed");
        return Ok(None);
    };
    let before: Option<Entry> = app
        .sessions
        .replace(KIND, code.reveal(), &Entry::Used, LASTS)
        .await?;
    Ok(match before {
        Some(Entry::Fresh(code)) => Some(code),
        Some(Entry::Used) | None => None,
    })
}

/// `/.doorward/sign-out`: to the provider's own page, which asks first. A session that ends there ends at every site.
pub(super) async fn leave(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let site = site_of(&app, &parts);
    site.map_err(|reason| not_let_in(Problem::InvalidLink, &reason))?;
    Ok(see_other(&format!("{}{LOGOUT}", app.issuer)))
}
