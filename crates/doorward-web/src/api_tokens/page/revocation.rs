//! Stopping a token for good.

use axum::response::{IntoResponse, Response};
use doorward_core::api_token::Cause;
use doorward_core::authorization::OwnPage;
use doorward_core::event::ApiTokenChange;

use super::suspension::{change, only};
use super::visit::{Asked, Turned};
use super::{address, revoke_address};
use crate::form::see_other;
use crate::pages::{ApiTokenConfirmation, Confirmed};

/// Asks whether it is meant.
pub(super) async fn show(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.at(|id| id.map(OwnPage::ApiToken)).await?;
    let (found, _) = visit.token().await?;
    let page = ApiTokenConfirmation {
        name: found.token.name.to_string(),
        confirmed: Confirmed::Revoke,
        action: revoke_address(found.token.id),
        token_url: address(OwnPage::ApiToken(found.token.id)),
        csrf: visit.here.csrf.clone(),
    };
    Ok(page.page(visit.texts()).into_response())
}

/// Revokes a token; one that was revoked before stays as it is.
pub(super) async fn revoke(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.with_form().await?;
    let (found, _) = visit.token().await?;
    only(&visit, "confirm")?;
    let person = visit.person().id;
    let (now, because) = (visit.app.now(), Cause::Person { person });
    let changed = change(&visit, &found.token, |state| {
        Ok(state.revoked(now, because.clone()))
    });
    if changed.await? {
        visit.note(&found, ApiTokenChange::Revoked { because });
    }
    Ok(see_other(&address(OwnPage::ApiToken(found.token.id))))
}
