//! `/api/v1/tokens`: a person's own API tokens, for their programs.
//!
//! Whoever calls shows a personal access token with a scope of Doorward itself, and nothing else counts: no cookie, so that no
//! site can make a browser call, and no other kind of token. What it makes can do no more than itself. `/api/v1/openapi.json` says all
//! of this for programs.

mod body;
mod caller;
mod create;
mod document;
mod error;
mod list;
mod once;
mod problem;
mod rotate;
mod stop;
mod view;

use axum::Router;
use axum::routing::{MethodRouter, get, post};
use doorward_core::api_token::{ApiToken, Owner};
use doorward_core::event::{ApiTokenChange, Event, Reference};

use crate::provider::App;
use caller::Caller;

pub(crate) use problem::ProblemDetails;

/// The address of the tokens.
const TOKENS: &str = "/api/v1/tokens";

/// The routes, all of which the document has.
pub(crate) fn routes() -> Router<App> {
    endpoints()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| {
            router.route(path, methods)
        })
        .method_not_allowed_fallback(error::method_not_allowed)
}

fn endpoints() -> [(&'static str, MethodRouter<App>); 7] {
    [
        (TOKENS, get(list::list).post(create::create)),
        ("/api/v1/tokens/{id}", get(list::show)),
        ("/api/v1/tokens/{id}/rotate", post(rotate::rotate)),
        ("/api/v1/tokens/{id}/suspend", post(stop::suspend)),
        ("/api/v1/tokens/{id}/resume", post(stop::resume)),
        ("/api/v1/tokens/{id}/revoke", post(stop::revoke)),
        ("/api/v1/openapi.json", get(document::document)),
    ]
}

/// Notes what happened to a token of the caller's.
fn note(app: &App, caller: &Caller, token: &ApiToken, change: ApiTokenChange, at: Reference) {
    let event = Event::ApiTokenChanged {
        token: token.id,
        name: token.name.to_string(),
        owner: Owner::Person(caller.person).to_string(),
        change,
    };
    app.note(at, event);
}
