//! Forward authentication: `/auth/check`, where a reverse proxy asks about each request to a site whether it may pass, and the way on which
//! people come to be known at a site.
//!
//! A site has a host of its own, where no cookie of the provider's arrives. Its proxy passes everything under `/.doorward/` on to the
//! provider, which gives the browser a cookie for that host there.

mod answer;
mod bearer;
mod caller;
mod check;
mod entry;
mod lately;
mod question;
mod refused;
mod session;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::response::Response;
use axum::routing::{any, get};
use doorward_core::forward_auth::SiteHost;

use crate::provider::App;

pub(crate) use answer::Gate;
pub(crate) use entry::let_in;
pub(crate) use lately::Lately;

/// Where proxies ask.
pub(crate) const CHECK: &str = "/auth/check";
/// The page of a refusal, for proxies that show none of the answer to [`CHECK`].
const REFUSED: &str = "/auth/refused";
/// Where people come by who are on the way to a site.
const START: &str = "/auth/start";
/// Where they set out, at the site.
const SIGN_IN: &str = "/.doorward/sign-in";
/// Where they come back to, at the site.
const CALLBACK: &str = "/.doorward/callback";
/// Where they leave, at the site.
pub(crate) const SIGN_OUT: &str = "/.doorward/sign-out";

/// A site is a host of others: it is told nothing of those below it.
const TRANSPORT: &str = "max-age=63072000";

/// What proxies ask, and what they pass on from the hosts of sites.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(CHECK, any(check::check))
        .route(REFUSED, get(refused::refused))
        .route(SIGN_IN, get(entry::set_out))
        .route(CALLBACK, get(entry::arrive))
        .route(SIGN_OUT, get(entry::leave))
        .layer(axum::middleware::map_response(at_site))
}

/// Where people come by at the provider.
pub(crate) fn routes_with_session() -> Router<App> {
    Router::new().route(START, get(entry::start))
}

async fn at_site(mut response: Response) -> Response {
    let transport = HeaderValue::from_static(TRANSPORT);
    response
        .headers_mut()
        .insert(STRICT_TRANSPORT_SECURITY, transport);
    response
}

/// The address of a path at a site.
pub(crate) fn address(app: &App, host: &SiteHost, path: &str) -> String {
    let scheme = if app.is_secure() { "https" } else { "http" };
    format!("{scheme}://{host}{path}")
}
