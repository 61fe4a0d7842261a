//! The endpoints and pages of the provider, as one axum router.
//!
//! Every handler has the same course: load plain values, let a function of `doorward-core` decide,
//! commit what was decided. The list in [`router`] is the map of this crate.

mod access_token;
mod answer;
mod api_tokens;
mod assets;
mod authorization;
mod backchannel_logout;
mod browser;
mod client_address;
mod client_authentication;
mod client_certificate;
mod client_documents;
mod client_keys;
mod cors;
mod device;
mod device_authorization;
mod discovery;
mod dpop;
mod form;
mod forward_auth;
mod headers;
mod health;
mod home;
mod interaction;
mod introspection;
mod key_set_readers;
mod limits;
mod log;
mod logout;
mod metrics;
mod outbound;
pub mod pages;
mod passwords;
mod protected_resource;
mod provider;
mod pushed_authorization;
mod refusal;
mod registration;
mod request_objects;
mod revocation;
mod sessions;
mod settings;
mod sign_in;
mod signing;
mod signing_keys;
mod status_lists;
pub mod texts;
mod token;
mod turns;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;

pub use api_tokens::tend_api_tokens;
pub use backchannel_logout::tell_clients;
pub use browser::WITHOUT_COOKIE_LAYER;
pub use client_certificate::{CertificateSource, ClientAuthorities, MutualTls, PeerCertificates};
pub use doorward_core::client_address::TrustedProxies;
pub use metrics::Metrics;
pub use outbound::{NoAnswer, Outbound};
pub use provider::{Parts, Provider};
pub use registration::remove_unused_clients;
pub use settings::{Limits, Settings, TokenLifetimes};
pub use signing_keys::{NoKeys, OpenKey, SigningKeys};

pub(crate) use provider::App;

/// The whole provider as a router, to be served with the peer's address as
/// [`axum::extract::ConnectInfo`].
pub fn router(provider: Arc<Provider>) -> Router {
    let app = App::new(provider);
    let with_session = Router::new()
        .merge(authorization::routes())
        .merge(sign_in::routes())
        .merge(device::routes())
        .merge(home::routes())
        .merge(sessions::routes())
        .merge(api_tokens::pages())
        .merge(logout::routes())
        .merge(forward_auth::routes_with_session())
        .layer(browser::layer(&app));
    let for_scripts = called_by_clients(&app, registration::routes());
    let all = Router::new()
        .merge(with_session)
        .merge(for_scripts)
        .merge(api_tokens::routes())
        .merge(assets::routes())
        .merge(api_tokens::leaks::routes())
        .merge(forward_auth::routes())
        .merge(protected_resource::routes());
    answered(&app, all)
        // What cannot refuse anything needs neither a reference nor a log line.
        .merge(discovery::routes())
        .merge(status_lists::routes())
        .merge(health::routes())
        .with_state(app)
}

/// The endpoints that metadata names a second address of, for a listener where connections are asked for certificates
/// ([RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5)), and whether the provider is well. Nobody signs in there:
/// browsers would ask people for a certificate.
pub fn aliased_router(provider: Arc<Provider>) -> Router {
    let app = App::new(provider);
    answered(&app, called_by_clients(&app, Router::new()))
        .merge(health::routes())
        .with_state(app)
}

/// The endpoints that clients call themselves, and `more` of that kind; scripts of theirs may read the answers.
fn called_by_clients(app: &App, more: Router<App>) -> Router<App> {
    Router::new()
        .merge(token::routes())
        .merge(pushed_authorization::routes())
        .merge(device_authorization::routes())
        .merge(introspection::routes())
        .merge(revocation::routes())
        .merge(userinfo::routes())
        .merge(more)
        // Preflight requests have a method that no route knows, so the fallback comes before their layer.
        .method_not_allowed_fallback(answer::method_not_allowed)
        .layer(from_fn_with_state(app.clone(), dpop::supply_nonce))
        .layer(from_fn_with_state(app.clone(), cors::registered_origins))
}

/// These routes, with what every request gets, and an answer to those that have none.
fn answered(app: &App, routes: Router<App>) -> Router<App> {
    routes
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::method_not_allowed)
        .layer(from_fn_with_state(app.clone(), answer::answer))
        .layer(axum::middleware::from_fn(headers::secure))
}
