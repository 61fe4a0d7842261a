//! `/api-tokens/{id}`: one token.

use axum::response::{IntoResponse, Response};
use doorward_core::api_token::{FoundToken, Hold};
use doorward_core::authorization::OwnPage;

use super::shown::Shelf;
use super::visit::{Asked, Turned};
use super::{API_TOKENS, address, revoke_address};
use crate::pages::{ApiTokenPage, ApiTokenState, Offer, Why};

pub(super) async fn show(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.at(|id| id.map(OwnPage::ApiToken)).await?;
    let (found, hold) = visit.token().await?;
    let shelf = Shelf::of(&visit, std::slice::from_ref(&found)).await?;
    let card = shelf.card(&found);
    let page = ApiTokenPage {
        offers: offers(&found, hold, &card.state),
        card,
        now: visit.app.now(),
        list_url: API_TOKENS.to_owned(),
        csrf: visit.here.csrf.clone(),
    };
    Ok(page.page(visit.texts()).into_response())
}

/// What can be done about a token that stands like this. Tokens of programs and projects are rotated by those who run these.
fn offers(found: &FoundToken, hold: Hold, state: &ApiTokenState) -> Vec<Offer> {
    let id = found.token.id;
    let rotate = || Offer::Rotate(address(OwnPage::RotateApiToken(id)));
    let resume = || Offer::Resume(address(OwnPage::ResumeApiToken(id)));
    let revoke = || Offer::Revoke(revoke_address(id));
    let mut offers = match state {
        ApiTokenState::Revoked { .. } | ApiTokenState::Expired => return Vec::new(),
        ApiTokenState::Suspended {
            why: Why::Operator(_),
            ..
        } => vec![revoke()],
        ApiTokenState::Suspended { .. } => vec![resume(), revoke()],
        ApiTokenState::Restored { .. } => vec![resume(), rotate(), revoke()],
        ApiTokenState::Works
        | ApiTokenState::ExpiresSoon
        | ApiTokenState::Disabled
        | ApiTokenState::NothingLeft => vec![rotate(), Offer::Suspend, revoke()],
    };
    if hold == Hold::AnsweredFor {
        offers.retain(|offer| !matches!(offer, Offer::Rotate(_)));
    }
    offers
}
