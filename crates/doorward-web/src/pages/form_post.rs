//! The authorization response as a form that the browser posts to the client
//! ([OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)).

use maud::{Markup, html};

use super::assets;
use super::layout::layout;
use crate::texts::{Text, Texts};

/// The form. It carries no token of ours, for it goes to the client; it has no `Debug`, for it carries a code.
#[derive(Clone)]
pub struct FormPost {
    /// Where the form goes: an address that the client registered.
    pub action: String,
    /// The parameters of the response.
    pub fields: Vec<(String, String)>,
}

impl FormPost {
    /// The page. Where scripts run it sends itself.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::FormPostTitle)) }
                p { (texts.get(Text::FormPostAdvice)) }
                form #form-post method="post" action=(self.action) {
                    @for (name, value) in &self.fields {
                        input type="hidden" name=(name) value=(value);
                    }
                    div.actions {
                        button.primary type="submit" { (texts.get(Text::FormPostContinue)) }
                    }
                }
            }
            script src=(assets::FORM_POST_SCRIPT.url()) {}
        };
        layout(texts, Text::FormPostTitle, &main)
    }
}
