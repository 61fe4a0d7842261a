//! The start page of someone who is signed in.

use maud::{Markup, html};

use super::api_tokens::expiring;
use super::client_card::{initial, web_address};
use super::layout::{form, layout};
use super::{ACTION_FIELD, PersonCard};
use crate::texts::{Text, Texts};

/// The page that says who is signed in, and where. Its form posts `csrf` and `action`, which is `sign-out`.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who is signed in.
    pub person: PersonCard,
    /// The applications that know it.
    pub applications: Vec<Application>,
    /// Where the page of their sessions is.
    pub sessions_url: String,
    /// Where the page of their API tokens is.
    pub api_tokens_url: String,
    /// How many of those end within a week.
    pub expiring_api_tokens: u64,
    /// Where the form goes that signs the person out.
    pub sign_out_url: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
}

/// An application that someone is signed in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its home page.
    pub uri: Option<String>,
}

impl SignedIn {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::SignedInTitle)) }
                (self.person.card())
                (expiring(self.expiring_api_tokens, texts))
                h2 { (texts.get(Text::SignedInApplications)) }
                @if self.applications.is_empty() {
                    p.empty { (texts.get(Text::SignedInNowhere)) }
                } @else {
                    ul.applications {
                        @for application in &self.applications { li { (application.line()) } }
                    }
                }
                ul.places {
                    li { a href=(self.sessions_url) { (texts.get(Text::SignedInSessions)) } }
                    li { a #api-tokens href=(self.api_tokens_url) { (texts.get(Text::SignedInApiTokens)) } }
                }
                (form(&self.sign_out_url, &self.csrf, &sign_out(texts)))
            }
        };
        layout(texts, Text::SignedInTitle, &main)
    }
}

impl Application {
    fn line(&self) -> Markup {
        let name = html! {
            span.initial aria-hidden="true" { (initial(&self.name)) }
            bdi { (self.name) }
        };
        html! {
            @if let Some(uri) = web_address(self.uri.as_deref()) {
                a href=(uri) rel="noreferrer" { (name) }
            } @else {
                span { (name) }
            }
        }
    }
}

fn sign_out(texts: &Texts) -> Markup {
    html! {
        div.actions {
            button.secondary #sign-out type="submit" name=(ACTION_FIELD) value="sign-out" {
                (texts.get(Text::SignedInSignOut))
            }
        }
    }
}
