//! The pages of the sample applications.

use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value};
use url::Url;

use super::application::Look;
use super::television::Picture;
use super::{qr_code, television};

/// An application's one page.
pub(super) struct Home<'a> {
    pub(super) look: Look,
    /// What the provider told of who is signed in, if somebody is.
    pub(super) claims: Option<&'a Map<String, Value>>,
    /// The other application.
    pub(super) other: &'a Url,
}

impl Home<'_> {
    pub(super) fn page(&self) -> Markup {
        let body = match self.claims {
            Some(claims) => self.signed_in(claims),
            None => self.signed_out(),
        };
        layout(self.look, self.claims, &body)
    }

    fn signed_out(&self) -> Markup {
        html! {
            section.card {
                @match self.look {
                    Look::Wiki => {
                        h1 { "Curiouser and curiouser" }
                        p { "Everything that is known down the rabbit-hole, written by those who fell." }
                    }
                    Look::Payroll => {
                        h1 { "Jam every other day" }
                        p { "Your payslips, and nobody else's." }
                    }
                }
                form method="post" action="/sign-in" {
                    button id="sign-in" type="submit" { "Sign in" }
                }
                p.hint { "The password is asked for at the provider; this application never sees it." }
            }
        }
    }

    fn signed_in(&self, claims: &Map<String, Value>) -> Markup {
        html! {
            section.card {
                @match self.look {
                    Look::Wiki => (article()),
                    Look::Payroll => (payslip()),
                }
            }
            section.card {
                h2 { "One login, two applications" }
                p {
                    "Open the " a id="other" href=(self.other) { (other(self.look).title()) }
                    " and sign in there: no password is asked for again."
                }
            }
            section.card {
                h2 { "What the provider told this application" }
                table {
                    thead { tr { th scope="col" { "Claim" } th scope="col" { "Value" } } }
                    tbody {
                        @for (name, value) in claims {
                            tr { th scope="row" { code { (name) } } td { (plain(value)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The page with the television.
pub(super) struct LivingRoom {
    /// What it shows; nothing while it is off.
    pub(super) picture: Option<Picture>,
}

impl LivingRoom {
    pub(super) fn page(&self) -> Markup {
        let body = html! {
            section.card {
                h1 { (television::TITLE) }
                @match &self.picture {
                    None => { p { "It has no keyboard, so nobody types a password here." } (switch("Switch on")) }
                    Some(Picture::Code { user_code, verification_uri, complete }) => {
                        (code(user_code, verification_uri, complete))
                    }
                    Some(Picture::Programme { viewer }) => {
                        p id="programme" { "Good evening, " (viewer) ". Tea is served at six, as always." }
                        (switch("Somebody else"))
                    }
                    Some(Picture::Snow { reason }) => {
                        p id="reason" { (reason) }
                        (switch("Try again"))
                    }
                }
            }
        };
        layout(Look::Wiki, None, &body)
    }
}

fn code(user_code: &str, verification_uri: &str, complete: &str) -> Markup {
    html! {
        p { "On your telephone or computer, open" }
        p { a id="verification-uri" href=(complete) { (verification_uri) } }
        p { "and enter the code" }
        p.user-code id="user-code" { (user_code) }
        p { "or point the camera of your telephone at this:" }
        (qr_code::picture(complete, "QR code of the address with the code in it"))
    }
}

fn switch(label: &str) -> Markup {
    html! {
        form method="post" action="/television" {
            button id="switch-on" type="submit" { (label) }
        }
    }
}

/// The page of a sign-in that came to nothing.
pub(super) struct Failed<'a> {
    pub(super) look: Look,
    pub(super) reason: &'a str,
}

impl Failed<'_> {
    pub(super) fn page(&self) -> Markup {
        let body = html! {
            section.card {
                h1 { "That did not work" }
                p id="reason" { (self.reason) }
                p { a href="/" { "Back to the start" } }
            }
        };
        layout(self.look, None, &body)
    }
}

fn layout(look: Look, claims: Option<&Map<String, Value>>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (look.title()) }
                link rel="stylesheet" href="/demo.css";
                link rel="icon" href="data:,";
            }
            body class=(look.client_id()) {
                header {
                    div.bar {
                        a.brand href="/" { (look.title()) }
                        @if let Some(claims) = claims {
                            form method="post" action="/sign-out" {
                                span id="who" { (name(claims)) }
                                button.quiet id="sign-out" type="submit" { "Sign out" }
                            }
                        }
                    }
                }
                main { (body) }
                footer { "A sample application of the Doorward demonstration" }
            }
        }
    }
}

const fn other(look: Look) -> Look {
    match look {
        Look::Wiki => Look::Payroll,
        Look::Payroll => Look::Wiki,
    }
}

/// What to call who is signed in.
fn name(claims: &Map<String, Value>) -> String {
    ["name", "preferred_username", "sub"]
        .into_iter()
        .find_map(|claim| claims.get(claim))
        .map(plain)
        .unwrap_or_default()
}

/// A claim as people read it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn article() -> Markup {
    html! {
        h1 { "Falling" }
        p.lead { "How to arrive here, for beginners." }
        p {
            "The way down is long enough to look about and to wonder what is going to happen next. "
            "The walls are full of cupboards and shelves; what is taken from one is best put back into another, "
            "for somebody may be walking below."
        }
        p { "Nobody has ever been hurt at the end, which is a heap of sticks and dry leaves." }
    }
}

fn payslip() -> Markup {
    html! {
        h1 { "Your payslip" }
        table {
            thead { tr { th scope="col" { "For" } th.number scope="col" { "Tarts" } } }
            tbody {
                tr { th scope="row" { "Painting roses red" } td.number { "1,200" } }
                tr { th scope="row" { "Croquet, with own flamingo" } td.number { "340" } }
                tr { th scope="row" { "Kept for the Queen" } td.number { "−310" } }
            }
            tfoot { tr { th scope="row" { "Yours" } td.number { "1,230" } } }
        }
    }
}
