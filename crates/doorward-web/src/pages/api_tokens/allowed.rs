//! What a token may do, in the words of the API that it is for.

use maud::{Markup, html};

use crate::texts::{Text, Texts, Value};

/// One thing that a token was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedLine {
    /// What it is.
    pub what: Allowance,
    /// Whether the token still may.
    pub held: Held,
}

/// What a token can be made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// A scope of an API.
    At {
        /// What people call the API.
        server: String,
        /// What the scope allows, in the API's words.
        words: String,
    },
    /// An API that learns whose a request is, and no more.
    Identify {
        /// What people call the API.
        server: String,
    },
    /// To list the person's tokens, here.
    ReadTokens,
    /// To make, rotate and end the person's tokens, here.
    ManageTokens,
    /// A scope or an API that nobody knows any more.
    Gone(String),
}

/// Whether a token still may what it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It may.
    Still,
    /// Its owner may not any more, or the API is gone.
    NoLonger,
}

impl AllowedLine {
    /// All of them.
    pub(super) fn list(lines: &[Self], texts: &Texts) -> Markup {
        html! {
            ul.allowed { @for line in lines { li { (line.line(texts)) } } }
        }
    }

    fn line(&self, texts: &Texts) -> Markup {
        match self.held {
            Held::Still => self.what.words(texts),
            Held::NoLonger => html! {
                s { (self.what.words(texts)) } " " span.note { (texts.get(Text::ApiTokenNoLonger)) }
            },
        }
    }
}

impl Allowance {
    fn words(&self, texts: &Texts) -> Markup {
        match self {
            Self::At { server, words } => html! {
                bdi { (words) } " " span.note { (at(server, texts)) }
            },
            Self::Identify { server } => {
                texts.get_with(Text::ApiTokenIdentifies, &[("server", Value::Name(server))])
            }
            Self::ReadTokens => html! { (texts.get(Text::ApiTokenScopeRead)) },
            Self::ManageTokens => html! { (texts.get(Text::ApiTokenScopeManage)) },
            Self::Gone(name) => html! { bdi { (name) } },
        }
    }
}

fn at(server: &str, texts: &Texts) -> Markup {
    texts.get_with(Text::ApiTokenAt, &[("server", Value::Name(server))])
}
