//! What is asked before a token is stopped for good, or works again.

use maud::{Markup, html};

use super::super::ACTION_FIELD;
use super::super::layout::{caution, form, layout};
use super::Why;
use crate::texts::{Text, Texts};

/// The page that asks. Its form posts `csrf` and `action`, which is `confirm`.
#[derive(Clone, Debug)]
pub struct ApiTokenConfirmation {
    /// What the token is called.
    pub name: String,
    /// What is to be done.
    pub confirmed: Confirmed,
    /// Where the form goes.
    pub action: String,
    /// Where the token's page is.
    pub token_url: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
}

/// What is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The token never works again.
    Revoke,
    /// The token works again, which was stopped for this reason.
    Resume(Why),
    /// The token works again, which may have been revoked since a backup.
    Restore,
}

impl ApiTokenConfirmation {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let (title, consequence, button) = self.confirmed.texts();
        let main = html! {
            main.card {
                h1 { (texts.get(title)) }
                p.asked { bdi.name { (self.name) } }
                (self.confirmed.why(texts))
                (caution(&html! { (texts.get(consequence)) }))
                (form(&self.action, &self.csrf, &html! {
                    div.actions {
                        button.primary #confirm type="submit" name=(ACTION_FIELD) value="confirm" { (texts.get(button)) }
                        a.quiet href=(self.token_url) { (texts.get(Text::ApiTokenCancel)) }
                    }
                }))
            }
        };
        layout(texts, title, &main)
    }
}

impl Confirmed {
    const fn texts(&self) -> (Text, Text, Text) {
        match self {
            Self::Revoke => (
                Text::ApiTokenRevokeTitle,
                Text::ApiTokenRevokeConsequence,
                Text::ApiTokenRevoke,
            ),
            Self::Resume(Why::Leak) => (
                Text::ApiTokenResumeTitle,
                Text::ApiTokenResumeLeaked,
                Text::ApiTokenResume,
            ),
            Self::Resume(_) | Self::Restore => (
                Text::ApiTokenResumeTitle,
                Text::ApiTokenResumeConsequence,
                Text::ApiTokenResume,
            ),
        }
    }

    fn why(&self, texts: &Texts) -> Markup {
        html! {
            @match self {
                Self::Revoke => {},
                Self::Resume(why) => p.why { (why.words(texts)) },
                Self::Restore => p.why { (texts.get(Text::ApiTokenRestoredWhy)) },
            }
        }
    }
}
