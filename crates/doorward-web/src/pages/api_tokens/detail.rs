//! One token.

use doorward_core::Timestamp;
use maud::{Markup, html};

use super::super::ACTION_FIELD;
use super::super::layout::{form, layout};
use super::ApiTokenCard;
use crate::texts::{Text, Texts};

/// The page of one token. Its form posts `csrf` and `action`, which is `suspend`.
#[derive(Clone, Debug)]
pub struct ApiTokenPage {
    /// The token.
    pub card: ApiTokenCard,
    /// What can be done about it, in the order in which it is offered.
    pub offers: Vec<Offer>,
    /// The present time.
    pub now: Timestamp,
    /// Where the list is.
    pub list_url: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
}

/// What can be done about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Give it another secret, on a page at this address.
    Rotate(String),
    /// Let it work again, on a page at this address.
    Resume(String),
    /// Stop it for a while, at once.
    Suspend,
    /// Stop it for good, on a page at this address.
    Revoke(String),
}

impl ApiTokenPage {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let card = &self.card;
        let main = html! {
            main.card.wide {
                div.title {
                    h1 { bdi #token-name { (card.name) } }
                    (card.state.badge(texts))
                }
                (card.details(self.now, texts))
                p.note { (texts.get(Text::ApiTokenShownOnce)) }
                @if !self.offers.is_empty() {
                    div.actions.even { @for offer in &self.offers { (self.offer(offer, texts)) } }
                }
                p { a href=(self.list_url) { (texts.get(Text::ApiTokenBack)) } }
            }
        };
        layout(texts, Text::ApiTokenTitle, &main)
    }

    fn offer(&self, offer: &Offer, texts: &Texts) -> Markup {
        let link = |id, url: &str, text| html! { a.button.secondary #(id) href=(url) { (texts.get(text)) } };
        match offer {
            Offer::Rotate(url) => link("token-rotate", url, Text::ApiTokenRotate),
            Offer::Resume(url) => link("token-resume", url, Text::ApiTokenResume),
            Offer::Revoke(url) => link("token-revoke", url, Text::ApiTokenRevoke),
            Offer::Suspend => {
                let button = html! {
                    button.secondary #token-suspend type="submit" name=(ACTION_FIELD) value="suspend" {
                        (texts.get(Text::ApiTokenSuspend))
                    }
                };
                form(&self.card.url, &self.csrf, &button)
            }
        }
    }
}
