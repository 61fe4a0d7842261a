//! A token, shown the one time.

use doorward_core::Timestamp;
use doorward_core::secret::Secret;
use maud::{Markup, html};

use super::super::layout::{caution, layout};
use super::super::moment::moment;
use super::card::fact;
use super::expiry::expiry;
use super::{AllowedLine, ApiTokenCard};
use crate::pages::assets;
use crate::texts::{Text, Texts};

/// The page that shows what opens a token. There is no other, and no way back to it.
#[derive(Clone, Debug)]
pub struct ShownApiToken {
    /// What opens it.
    pub secret: Secret,
    /// The token.
    pub card: ApiTokenCard,
    /// What opened it before.
    pub before: Before,
    /// An address where it may be shown.
    pub example: Option<String>,
    /// The present time.
    pub now: Timestamp,
    /// Where the list is.
    pub list_url: String,
}

/// What became of what opened a token before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing did: the token is new.
    Nothing,
    /// It ended when the token was rotated.
    Ended,
    /// It goes on until then.
    GoesOnUntil(Timestamp),
}

impl ShownApiToken {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card.wide {
                h1 { (texts.get(Text::ApiTokenShownTitle)) }
                p.asked { bdi.name { (self.card.name) } }
                (caution(&html! { (texts.get(Text::ApiTokenOnce)) }))
                (self.secret(texts))
                (self.before(texts))
                dl.facts {
                    (fact(Text::ApiTokenMay, &AllowedLine::list(&self.card.allowed, texts), texts))
                    (fact(Text::ApiTokenExpires, &expiry(self.card.expires_at, self.now, texts), texts))
                }
                @if let Some(address) = &self.example { (example(address, texts)) }
                p { a #token-done href=(self.list_url) { (texts.get(Text::ApiTokenBack)) } }
            }
            script src=(assets::COPY_SCRIPT.url()) defer {}
        };
        layout(texts, Text::ApiTokenShownTitle, &main)
    }

    /// Whatever happens, one press selects all of it; where scripts run, another copies it.
    fn secret(&self, texts: &Texts) -> Markup {
        html! {
            div.secret {
                label for="token" { (texts.get(Text::ApiTokenSecret)) }
                textarea #token readonly rows="2" autocomplete="off" spellcheck="false" { (self.secret.reveal()) }
                div.copying {
                    button.secondary #token-copy type="button" hidden { (texts.get(Text::ApiTokenCopy)) }
                    p.note #token-copied role="status" data-copied=(texts.get(Text::ApiTokenCopied)) {}
                }
            }
        }
    }

    fn before(&self, texts: &Texts) -> Markup {
        html! {
            @match self.before {
                Before::Nothing => {},
                Before::Ended => p { (texts.get(Text::ApiTokenBeforeEnded)) },
                Before::GoesOnUntil(end) => p { (texts.get(Text::ApiTokenBeforeGoesOn)) " " (moment(end)) },
            }
        }
    }
}

/// How it is shown to an API, without leaving it in the shell's memory.
fn example(address: &str, texts: &Texts) -> Markup {
    html! {
        h2 { (texts.get(Text::ApiTokenExample)) }
        p.note { (texts.get(Text::ApiTokenExampleHint)) }
        pre #token-example tabindex="0" aria-label=(texts.get(Text::ApiTokenExample)) {
            code { "read -rs TOKEN\ncurl --header \"Authorization: Bearer $TOKEN\" \\\n  " (quoted(address)) }
        }
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_word_to_a_shell() {
        assert_eq!(quoted("https://a.example/?a&b"), "'https://a.example/?a&b'");
        assert_eq!(quoted("urn:a';reboot;'"), r"'urn:a'\'';reboot;'\'''");
    }
}
