//! `/api-tokens`: the pages on which somebody makes, watches, rotates and ends API tokens.
//!
//! What hands out a secret, or lets one work again, asks for a recent sign-in ([`OwnPage::is_open_to`]), on the page and once more when its
//! form comes. Whose a token is, is asked of the token at every step.

mod draft;
mod form;
mod list;
mod making;
mod once;
mod revocation;
mod rotation;
mod shown;
mod suspension;
mod token;
mod usage;
mod visit;

use axum::Router;
use axum::routing::get;
use doorward_core::authorization::OwnPage;
use doorward_core::identifiers::ApiTokenId;

use crate::provider::App;

pub(crate) use list::expiring;

/// The address of the list.
pub(crate) const API_TOKENS: &str = "/api-tokens";

pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route(API_TOKENS, get(list::show))
        .route("/api-tokens/new", get(making::show).post(making::make))
        .route(
            "/api-tokens/{id}",
            get(token::show).post(suspension::suspend),
        )
        .route(
            "/api-tokens/{id}/rotate",
            get(rotation::show).post(rotation::rotate),
        )
        .route(
            "/api-tokens/{id}/resume",
            get(suspension::show).post(suspension::resume),
        )
        .route(
            "/api-tokens/{id}/revoke",
            get(revocation::show).post(revocation::revoke),
        )
}

/// Where a page is.
pub(crate) fn address(page: OwnPage) -> String {
    match page {
        OwnPage::ApiTokens => API_TOKENS.to_owned(),
        OwnPage::NewApiToken => format!("{API_TOKENS}/new"),
        OwnPage::ApiToken(id) => format!("{API_TOKENS}/{id}"),
        OwnPage::RotateApiToken(id) => format!("{API_TOKENS}/{id}/rotate"),
        OwnPage::ResumeApiToken(id) => format!("{API_TOKENS}/{id}/resume"),
    }
}

/// Where a token is revoked.
fn revoke_address(id: ApiTokenId) -> String {
    format!("{API_TOKENS}/{id}/revoke")
}
