//! `/`: who is signed in, and at which applications.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_core::authorization::Purpose;

use crate::answer::language;
use crate::api_tokens::{API_TOKENS, expiring};
use crate::browser::Browser;
use crate::interaction;
use crate::logout::LOGOUT;
use crate::pages::{Application, SignedIn};
use crate::provider::App;
use crate::refusal::PageError;
use crate::sessions::SESSIONS;
use crate::sign_in::person_card;

/// The address of the page.
pub(crate) const HOME: &str = "/";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(HOME, get(home))
}

async fn home(
    State(app): State<App>,
    browser: Browser,
    request: Request,
) -> Result<Response, PageError> {
    let (parts, _) = request.into_parts();
    let Some(here) = browser.signed_in().await? else {
        return interaction::begin(&app, &parts, Purpose::SignIn).await;
    };
    let names = app
        .directory
        .sessions()
        .clients_of(here.present.session.id)
        .await?;
    let clients = names
        .iter()
        .filter_map(|name| app.directory.clients().client(name));
    let page = SignedIn {
        person: person_card(&here.present.person),
        applications: clients
            .map(|client| Application {
                name: client.client_name.clone(),
                uri: client.client_uri.as_ref().map(ToString::to_string),
            })
            .collect(),
        sessions_url: SESSIONS.to_owned(),
        api_tokens_url: API_TOKENS.to_owned(),
        expiring_api_tokens: expiring(&app, here.present.person.id).await?,
        sign_out_url: LOGOUT.to_owned(),
        csrf: here.csrf,
    };
    Ok(page
        .page(language(&parts.uri, &parts.headers))
        .into_response())
}
