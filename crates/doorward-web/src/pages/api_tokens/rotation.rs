//! Where a token gets another secret.

use std::time::Duration;

use doorward_core::Timestamp;
use maud::{Markup, html};

use super::super::ACTION_FIELD;
use super::super::layout::{form, layout};
use super::expiry::{counted, expiry};
use super::making::ONCE_FIELD;
use crate::texts::{Text, Texts};

/// The page that asks how. Its form posts `csrf`, `form`, `overlap` in hours and `action`, which is `rotate`.
#[derive(Clone, Debug)]
pub struct RotateApiToken {
    /// What the token is called.
    pub name: String,
    /// When it ends once it was rotated.
    pub expires_at: Option<Timestamp>,
    /// How long what opens it now may go on, the shortest first.
    pub overlaps: Vec<Duration>,
    /// The present time.
    pub now: Timestamp,
    /// Where the form goes.
    pub action: String,
    /// Where the token's page is.
    pub token_url: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
    /// What makes the form work once.
    pub form: String,
}

impl RotateApiToken {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::ApiTokenRotateTitle)) }
                p.asked { bdi.name { (self.name) } }
                p { (texts.get(Text::ApiTokenRotateLead)) }
                p.note { (texts.get(Text::ApiTokenExpires)) " " (expiry(self.expires_at, self.now, texts)) }
                (form(&self.action, &self.csrf, &self.fields(texts)))
            }
        };
        layout(texts, Text::ApiTokenRotateTitle, &main)
    }

    fn fields(&self, texts: &Texts) -> Markup {
        html! {
            input type="hidden" name=(ONCE_FIELD) value=(self.form);
            fieldset {
                legend { (texts.get(Text::ApiTokenOverlap)) }
                @for overlap in &self.overlaps {
                    @let hours = overlap.as_secs() / 3600;
                    @let id = format!("overlap-{hours}");
                    div.choice {
                        input #(id) type="radio" name="overlap" value=(hours) required;
                        label for=(id) { (choice(hours, texts)) }
                    }
                }
            }
            div.actions {
                button.primary #token-rotate type="submit" name=(ACTION_FIELD) value="rotate" {
                    (texts.get(Text::ApiTokenRotate))
                }
                a.quiet href=(self.token_url) { (texts.get(Text::ApiTokenCancel)) }
            }
        }
    }
}

fn choice(hours: u64, texts: &Texts) -> Markup {
    match hours {
        0 => html! { (texts.get(Text::ApiTokenOverlapNone)) },
        1..24 => counted(Text::ApiTokenOverlapHours, hours, texts),
        _ => counted(Text::ApiTokenOverlapDays, hours / 24, texts),
    }
}
