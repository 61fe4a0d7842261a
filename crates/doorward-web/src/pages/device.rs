//! Where people allow a device that they cannot sign in at
//! ([RFC 8628 section 3.3](https://www.rfc-editor.org/rfc/rfc8628#section-3.3)).

use maud::{Markup, html};

use super::layout::{Field, alert, caution, field, form, layout};
use super::{ACTION_FIELD, AskedLines, ClientCard, PersonCard};
use crate::texts::{Text, Texts, Value};

/// The page for the code that a device shows. Its form posts `user_code`, `csrf` and `action`, which is `enter`.
#[derive(Clone, Debug)]
pub struct DeviceCode {
    /// Where the form goes.
    pub action: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
    /// The code to begin with: what a link brought, or what was typed before.
    pub user_code: String,
    /// Why the person is asked again.
    pub problem: Option<DeviceCodeProblem>,
}

/// Why someone is asked for the code again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceCodeProblem {
    /// No device waits with that code, or not any more.
    Wrong,
    /// Too many codes were tried.
    TooManyAttempts,
}

/// The ids by which the field points at what concerns it.
const PROBLEM: &str = "device-problem";
const HINT: &str = "device-hint";

impl DeviceCode {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::DeviceTitle)) }
                @if let Some(problem) = self.problem {
                    (alert(PROBLEM, &html! { (texts.get(problem.message())) }))
                }
                (form(&self.action, &self.csrf, &self.fields(texts)))
            }
        };
        layout(texts, Text::DeviceTitle, &main)
    }

    fn fields(&self, texts: &Texts) -> Markup {
        let code = Field {
            id: "user_code",
            label: &texts.get(Text::DeviceCode),
            kind: "text",
            autocomplete: "off",
            value: &self.user_code,
            described_by: Some(self.problem.map_or(HINT, |_| PROBLEM)),
            invalid: self.problem == Some(DeviceCodeProblem::Wrong),
            focused: self.user_code.is_empty() || self.problem.is_some(),
        };
        let hint = if self.user_code.is_empty() || self.problem.is_some() {
            Text::DeviceCodeHint
        } else {
            Text::DeviceCodeCompare
        };
        html! {
            p #(HINT) { (texts.get(hint)) }
            (field(&code, &html! {}))
            div.actions {
                button.primary #device-enter type="submit" name=(ACTION_FIELD) value="enter" {
                    (texts.get(Text::DeviceContinue))
                }
            }
        }
    }
}

impl DeviceCodeProblem {
    fn message(self) -> Text {
        match self {
            Self::Wrong => Text::DeviceWrongCode,
            Self::TooManyAttempts => Text::DeviceTooManyAttempts,
        }
    }
}

/// The question whether a device may have what it asks for. Its form posts `csrf` and `action`, which is `allow` or `deny`.
#[derive(Clone, Debug)]
pub struct ConfirmDevice {
    /// Where the form goes.
    pub action: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
    /// Who asks.
    pub client: ClientCard,
    /// Who is asked.
    pub person: PersonCard,
    /// The code to compare.
    pub user_code: String,
    /// What the device asks for.
    pub asked: AskedLines,
}

impl ConfirmDevice {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let client = [("client", Value::Name(&self.client.name))];
        let main = html! {
            main.card {
                (self.client.picture())
                h1 { (texts.get_with(Text::DeviceConfirmHeading, &client)) }
                (self.client.description(texts))
                (self.person.card())
                p { (texts.get_with(Text::DeviceConfirmLead, &client)) }
                (self.asked.list(texts))
                div.compare {
                    p { (texts.get(Text::DeviceConfirmCompare)) }
                    code #user-code { (self.user_code) }
                }
                (caution(&html! { (texts.get(Text::DeviceConfirmCaution)) }))
                (form(&self.action, &self.csrf, &choice(texts)))
                (self.client.links(texts))
            }
        };
        layout(texts, Text::DeviceConfirmTitle, &main)
    }
}

fn choice(texts: &Texts) -> Markup {
    html! {
        div.actions.even {
            button.primary #device-allow type="submit" name=(ACTION_FIELD) value="allow" {
                (texts.get(Text::DeviceAllow))
            }
            button.secondary #device-deny type="submit" name=(ACTION_FIELD) value="deny" {
                (texts.get(Text::DeviceDeny))
            }
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct DeviceDone {
    /// What the device's client is called.
    pub client: String,
    /// What was answered.
    pub outcome: DeviceOutcome,
}

/// What was answered to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceOutcome {
    /// Yes.
    Allowed,
    /// No.
    Denied,
    /// Nothing: the code was answered before, or its time was over.
    Over,
}

impl DeviceOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Denied, Self::Over];

    /// What happened, and what to do now.
    fn texts(self) -> (Text, Text) {
        match self {
            Self::Allowed => (Text::DeviceAllowedTitle, Text::DeviceAllowedAdvice),
            Self::Denied => (Text::DeviceDeniedTitle, Text::DeviceDeniedAdvice),
            Self::Over => (Text::DeviceOverTitle, Text::DeviceOverAdvice),
        }
    }
}

impl DeviceDone {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let (happened, advice) = self.outcome.texts();
        let client = [("client", Value::Name(&self.client))];
        let main = html! {
            main.card #device-done {
                h1 { (texts.get(happened)) }
                p { (texts.get_with(advice, &client)) }
                @if self.outcome == DeviceOutcome::Over {
                    p.actions { a.button.secondary href="/device" { (texts.get(Text::DeviceAnotherCode)) } }
                }
            }
        };
        layout(texts, happened, &main)
    }
}
