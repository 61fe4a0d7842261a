//! The way on after signing out, while the browser tells clients
//! ([OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)).

use maud::{Markup, html};

use super::assets;
use super::layout::layout;
use crate::texts::{Text, Texts};

/// The page that tells clients and then leads on.
#[derive(Clone, Debug)]
pub struct SigningOut {
    /// What tells each client; only places that the page's content security policy allows.
    pub frames: Vec<String>,
    /// Where the browser goes next: an address that the client registered.
    pub then: String,
}

impl SigningOut {
    /// The page. Where scripts run it goes on by itself.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::SignedOutTitle)) }
                p { (texts.get(Text::SigningOutAdvice)) }
                div.actions {
                    a.button.primary #signing-out-continue href=(self.then) rel="noreferrer" {
                        (texts.get(Text::SigningOutContinue))
                    }
                }
            }
            (frames(&self.frames))
            script src=(assets::SIGNING_OUT_SCRIPT.url()) {}
        };
        layout(texts, Text::SignedOutTitle, &main)
    }
}

/// Frames that nobody sees. What is in them may run and know its cookies, but neither leads this page elsewhere nor opens another.
pub(super) fn frames(addresses: &[String]) -> Markup {
    html! {
        @for address in addresses {
            iframe hidden src=(address) sandbox="allow-forms allow-same-origin allow-scripts" {}
        }
    }
}
