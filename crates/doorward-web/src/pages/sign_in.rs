//! Where people sign in.

use maud::{Markup, html};

use super::layout::{Field, alert, field, form, layout};
use super::{ACTION_FIELD, ClientCard, PersonCard, assets};
use crate::texts::{Text, Texts, Value};

/// The sign-in page. Its form posts `username`, `password`, `csrf` and `action`, which is `sign-in`, `cancel`
/// or, for the account that is signed in already, `continue`.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Where the form goes.
    pub action: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
    /// Who asked; nobody when the person came to us directly, and then there is nothing to cancel but what they came for.
    pub client: Option<ClientCard>,
    /// What somebody is told who came to us directly.
    pub lead: SignInLead,
    /// The user name to begin with: what was typed before, or what the client suggested.
    pub username: String,
    /// Why the person is asked again.
    pub problem: Option<SignInProblem>,
    /// Who is signed in already, offered as a choice.
    pub account: Option<PersonCard>,
}

/// What somebody is told who comes to us directly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignInLead {
    /// What a sign-in is for.
    #[default]
    SignIn,
    /// Why one more is asked for.
    Confirm,
}

/// Why someone is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// There is nobody with that name and password.
    WrongCredentials,
    /// Too many attempts with this name or from this network.
    TooManyAttempts {
        /// In how many minutes the next one is possible.
        minutes: u32,
    },
    /// The page was open for longer than it is valid.
    Expired,
}

/// The id of the alert, by which fields point at it.
const PROBLEM: &str = "login-problem";

impl SignIn {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                (self.heading(texts))
                @if let Some(problem) = self.problem {
                    (alert(PROBLEM, &problem.message(texts)))
                }
                @if let Some(account) = &self.account {
                    (self.choice(texts, account))
                }
                (form(&self.action, &self.csrf, &self.fields(texts)))
                @if let Some(client) = &self.client {
                    (client.links(texts))
                }
            }
            script src=(assets::SCRIPT.url()) defer {}
        };
        layout(texts, Text::SignInTitle, &main)
    }

    fn heading(&self, texts: &Texts) -> Markup {
        html! {
            @if let Some(client) = &self.client {
                (client.picture())
                h1 { (texts.get_with(Text::SignInTo, &[("client", Value::Name(&client.name))])) }
            } @else {
                @let (title, lead) = self.lead.texts();
                h1 { (texts.get(title)) }
                p.lead { (texts.get(lead)) }
            }
        }
    }

    fn choice(&self, texts: &Texts, account: &PersonCard) -> Markup {
        let button = html! {
            button.primary #login-continue type="submit" name=(ACTION_FIELD) value="continue" {
                (texts.get_with(Text::SignInContinueAs, &[("name", Value::Name(&account.display_name))]))
            }
        };
        html! {
            (account.card())
            (form(&self.action, &self.csrf, &button))
            p.divider { (texts.get(Text::SignInAnother)) }
        }
    }

    fn fields(&self, texts: &Texts) -> Markup {
        let described_by = self.problem.map(|_| PROBLEM);
        let invalid = self.problem == Some(SignInProblem::WrongCredentials);
        let is_first = self.account.is_none();
        let username = Field {
            id: "username",
            label: &texts.get(Text::SignInUsername),
            kind: "text",
            autocomplete: "username",
            value: &self.username,
            described_by,
            invalid,
            focused: is_first && self.username.is_empty(),
        };
        let password = Field {
            id: "password",
            label: &texts.get(Text::SignInPassword),
            kind: "password",
            autocomplete: "current-password",
            value: "",
            described_by,
            invalid,
            focused: is_first && !self.username.is_empty(),
        };
        html! {
            (field(&username, &html! {}))
            (field(&password, &reveal(texts)))
            div.actions {
                button #login-submit type="submit" name=(ACTION_FIELD) value="sign-in"
                    class=(if is_first { "primary" } else { "secondary" }) {
                    (texts.get(Text::SignInSubmit))
                }
                @if self.client.is_some() || self.lead == SignInLead::Confirm {
                    button.quiet #login-cancel type="submit" name=(ACTION_FIELD) value="cancel" formnovalidate {
                        (texts.get(Text::SignInCancel))
                    }
                }
            }
        }
    }
}

/// A button that only the script brings to light.
fn reveal(texts: &Texts) -> Markup {
    html! {
        button.reveal #password-reveal type="button" hidden aria-pressed="false" aria-controls="password"
            aria-label=(texts.get(Text::SignInReveal)) title=(texts.get(Text::SignInReveal)) {
            svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"
                fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {
                path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" {}
                circle cx="12" cy="12" r="3" {}
                path.slash d="M4 20 20 4" {}
            }
        }
    }
}

impl SignInLead {
    const fn texts(self) -> (Text, Text) {
        match self {
            Self::SignIn => (Text::SignInTitle, Text::SignInLead),
            Self::Confirm => (Text::SignInConfirm, Text::SignInConfirmLead),
        }
    }
}

impl SignInProblem {
    fn message(self, texts: &Texts) -> Markup {
        match self {
            Self::WrongCredentials => html! { (texts.get(Text::SignInWrongCredentials)) },
            Self::TooManyAttempts { minutes } => texts.get_with(
                Text::SignInTooManyAttempts,
                &[("minutes", Value::Number(minutes))],
            ),
            Self::Expired => html! { (texts.get(Text::SignInExpired)) },
        }
    }
}
