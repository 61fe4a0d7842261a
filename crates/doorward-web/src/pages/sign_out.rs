//! Signing out: the question before it, and the page after it
//! ([OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)).

use maud::{Markup, html};

use super::client_card::web_address;
use super::layout::{form, layout};
use super::signing_out::frames;
use super::{ACTION_FIELD, ClientCard, PersonCard};
use crate::texts::{Text, Texts, Value};

/// The question whether to sign out. Its form posts `csrf` and `action`, which is `sign-out` or `stay`.
#[derive(Clone, Debug)]
pub struct ConfirmSignOut {
    /// Where the form goes.
    pub action: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
    /// Who asked; nobody when the person did.
    pub client: Option<ClientCard>,
    /// Who is signed in.
    pub person: PersonCard,
    /// The request's own parameters, which come back with the form.
    pub carried: Vec<(String, String)>,
}

impl ConfirmSignOut {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::SignOutTitle)) }
                @if let Some(client) = &self.client {
                    p { (texts.get_with(Text::SignOutAsked, &[("client", Value::Name(&client.name))])) }
                }
                (self.person.card())
                p { (texts.get(Text::SignOutConsequence)) }
                (form(&self.action, &self.csrf, &self.choice(texts)))
            }
        };
        layout(texts, Text::SignOutTitle, &main)
    }

    fn choice(&self, texts: &Texts) -> Markup {
        html! {
            @for (name, value) in &self.carried {
                input type="hidden" name=(name) value=(value);
            }
            div.actions.even {
                button.primary #logout-confirm type="submit" name=(ACTION_FIELD) value="sign-out" {
                    (texts.get(Text::SignOutConfirm))
                }
                button.secondary #logout-cancel type="submit" name=(ACTION_FIELD) value="stay" {
                    (texts.get(Text::SignOutStay))
                }
            }
        }
    }
}

/// The page of someone who is signed out.
#[derive(Clone, Debug)]
pub struct SignedOut {
    /// The application that they came from.
    pub client: Option<ClientCard>,
    /// What tells clients; only places that the page's content security policy allows.
    pub frames: Vec<String>,
}

impl SignedOut {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::SignedOutTitle)) }
                p { (texts.get(Text::SignedOutAdvice)) }
                div.actions {
                    @if let Some((name, uri)) = self.way_back() {
                        a.button.primary href=(uri) rel="noreferrer" {
                            (texts.get_with(Text::SignedOutReturn, &[("client", Value::Name(name))]))
                        }
                    }
                    a.button.secondary href="/" { (texts.get(Text::SignedOutSignIn)) }
                }
            }
            (frames(&self.frames))
        };
        layout(texts, Text::SignedOutTitle, &main)
    }

    fn way_back(&self) -> Option<(&str, &str)> {
        let client = self.client.as_ref()?;
        Some((&client.name, web_address(client.client_uri.as_deref())?))
    }
}
