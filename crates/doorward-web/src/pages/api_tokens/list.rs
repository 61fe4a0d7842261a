//! Somebody's tokens, and those that they answer for.

use doorward_core::Timestamp;
use maud::{Markup, html};

use super::super::PersonCard;
use super::super::layout::{caution, layout};
use super::ApiTokenCard;
use super::expiry::counted;
use crate::texts::{Text, Texts};

/// The page of somebody's API tokens.
#[derive(Clone, Debug)]
pub struct ApiTokens {
    /// Whose they are.
    pub person: PersonCard,
    /// Those that act for the person.
    pub own: Listed,
    /// Those of programs and projects that the person answers for.
    pub answered_for: Listed,
    /// How many of all of them end within a week.
    pub expiring: u64,
    /// The present time.
    pub now: Timestamp,
    /// Where one is made.
    pub make_url: String,
    /// Where the list begins.
    pub first_url: String,
    /// Where the person's start page is.
    pub home_url: String,
}

/// A page of a list, from the newest token to the oldest.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The tokens.
    pub tokens: Vec<ApiTokenCard>,
    /// Where the older ones are, if there are any.
    pub older_url: Option<String>,
    /// Where this page begins in the list.
    pub begins: Begins,
}

/// Where a page of a list begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begins {
    /// At the newest token.
    #[default]
    AtTheNewest,
    /// After those of an earlier page.
    Later,
}

impl ApiTokens {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card.wide {
                h1 { (texts.get(Text::ApiTokensTitle)) }
                p.lead { (texts.get(Text::ApiTokensLead)) }
                (self.person.card())
                (expiring(self.expiring, texts))
                p.actions { a.primary #token-new href=(self.make_url) { (texts.get(Text::ApiTokensMake)) } }
                h2 { (texts.get(Text::ApiTokensOwn)) }
                (self.list(&self.own, Text::ApiTokensNone, texts))
                @if !self.answered_for.tokens.is_empty() || self.answered_for.begins == Begins::Later {
                    h2 { (texts.get(Text::ApiTokensAnsweredFor)) }
                    p.lead { (texts.get(Text::ApiTokensAnsweredForLead)) }
                    (self.list(&self.answered_for, Text::ApiTokensNone, texts))
                }
                p { a href=(self.home_url) { (texts.get(Text::ErrorStartPage)) } }
            }
        };
        layout(texts, Text::ApiTokensTitle, &main)
    }

    fn list(&self, listed: &Listed, none: Text, texts: &Texts) -> Markup {
        html! {
            @if listed.tokens.is_empty() {
                p.empty { (texts.get(none)) }
            } @else {
                ul.tokens {
                    @for token in &listed.tokens { li { (token.entry(self.now, texts)) } }
                }
            }
            @if listed.older_url.is_some() || listed.begins == Begins::Later {
                p.pages {
                    @if listed.begins == Begins::Later {
                        a href=(self.first_url) { (texts.get(Text::ApiTokensNewest)) }
                    }
                    @if let Some(older) = &listed.older_url {
                        a href=(older) { (texts.get(Text::ApiTokensOlder)) }
                    }
                }
            }
        }
    }
}

/// What somebody is told whose tokens end soon: nobody writes to them.
pub(crate) fn expiring(count: u64, texts: &Texts) -> Markup {
    html! {
        @if count > 0 { (caution(&counted(Text::ApiTokensExpiring, count, texts))) }
    }
}
