//! Where people allow a client to learn who they are
//! ([OpenID Connect Core section 3.1.2.4](https://openid.net/specs/openid-connect-core-1_0.html#Consent)).

use doorward_core::consent::Memory;
use doorward_core::resource_server::ResourceServers;
use doorward_core::scope::{self, Scope};
use maud::{Markup, html};

use super::layout::{form, layout};
use super::{ACTION_FIELD, AskedLines, ClientCard, PersonCard};
use crate::texts::{Text, Texts, Value};

/// The consent page. Its form posts `csrf` and `action`, which is `allow` or `deny`.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Where the form goes.
    pub action: String,
    /// The proof that we gave the form to this browser.
    pub csrf: String,
    /// Who asks.
    pub client: ClientCard,
    /// The host that the browser returns to, whatever the answer.
    pub redirect_host: String,
    /// Who is asked.
    pub person: PersonCard,
    /// What the client asks for.
    pub asked: AskedLines,
    /// How much of that is remembered.
    pub memory: Memory,
}

/// A scope that a client asks for; sorts by what people want to know first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeLine {
    /// `openid`.
    Openid,
    /// `profile`.
    Profile,
    /// `email`.
    Email,
    /// `address`.
    Address,
    /// `phone`.
    Phone,
    /// `groups`.
    Groups,
    /// `offline_access`.
    OfflineAccess,
    /// One of an API, which says what it allows.
    Resource {
        /// What people call the API.
        server: String,
        /// What the scope allows there.
        allows: String,
    },
    /// A token for an API of which no scope says what it opens there.
    Silent {
        /// What people call the API.
        server: String,
    },
    /// One that only this provider and its applications know, shown by its name.
    Custom(String),
}

impl ScopeLine {
    /// What is shown of all of `scope`, in the order in which people want to know.
    pub fn all(scope: &Scope, servers: &ResourceServers) -> Vec<Self> {
        let line = |token| Self::of_resource(token, servers).unwrap_or_else(|| Self::from(token));
        let mut lines: Vec<Self> = scope.iter().map(line).collect();
        lines.sort();
        lines
    }

    fn of_resource(token: &str, servers: &ResourceServers) -> Option<Self> {
        let server = servers.of_scope(token)?;
        Some(Self::Resource {
            server: server.resource_name.clone(),
            allows: server.scopes.allows(token)?.to_owned(),
        })
    }
}

impl From<&str> for ScopeLine {
    fn from(token: &str) -> Self {
        match token {
            scope::OPENID => Self::Openid,
            scope::PROFILE => Self::Profile,
            scope::EMAIL => Self::Email,
            scope::ADDRESS => Self::Address,
            scope::PHONE => Self::Phone,
            scope::GROUPS => Self::Groups,
            scope::OFFLINE_ACCESS => Self::OfflineAccess,
            custom => Self::Custom(custom.to_owned()),
        }
    }
}

impl ScopeLine {
    /// What it allows in short, and what that means.
    fn texts(&self) -> (Text, Text) {
        match self {
            Self::Openid => (Text::ScopeOpenid, Text::ScopeOpenidDetail),
            Self::Profile => (Text::ScopeProfile, Text::ScopeProfileDetail),
            Self::Email => (Text::ScopeEmail, Text::ScopeEmailDetail),
            Self::Address => (Text::ScopeAddress, Text::ScopeAddressDetail),
            Self::Phone => (Text::ScopePhone, Text::ScopePhoneDetail),
            Self::Groups => (Text::ScopeGroups, Text::ScopeGroupsDetail),
            Self::OfflineAccess => (Text::ScopeOfflineAccess, Text::ScopeOfflineAccessDetail),
            Self::Resource { .. } => (Text::ScopeResource, Text::ScopeResourceDetail),
            Self::Silent { .. } => (Text::ScopeSilent, Text::ScopeSilentDetail),
            Self::Custom(_) => (Text::ScopeCustom, Text::ScopeCustomDetail),
        }
    }

    pub(super) fn line(&self, texts: &Texts) -> Markup {
        let (short, detail) = self.texts();
        html! {
            li {
                @match self {
                    Self::Resource { server, allows } => {
                        strong { (texts.get_with(short, &[("allows", Value::Name(allows))])) }
                        span { (texts.get_with(detail, &[("server", Value::Name(server))])) }
                    }
                    Self::Silent { server } => {
                        @let server = [("server", Value::Name(server))];
                        strong { (texts.get_with(short, &server)) }
                        span { (texts.get_with(detail, &server)) }
                    }
                    Self::Custom(name) => {
                        strong { (texts.get_with(short, &[("scope", Value::Name(name))])) }
                        span { (texts.get(detail)) }
                    }
                    _ => {
                        strong { (texts.get(short)) }
                        span { (texts.get(detail)) }
                    }
                }
            }
        }
    }
}

impl Consent {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let client = Value::Name(&self.client.name);
        let host = Value::Name(&self.redirect_host);
        let main = html! {
            main.card {
                (self.client.picture())
                h1 { (texts.get_with(Text::ConsentHeading, &[("client", client)])) }
                (self.client.description(texts))
                (self.person.card())
                p { (texts.get_with(Text::ConsentLead, &[("client", client)])) }
                (self.asked.list(texts))
                (form(&self.action, &self.csrf, &choice(texts)))
                p.note {
                    (texts.get_with(Text::ConsentReturn, &[("host", host)])) " "
                    (texts.get(remembered(self.memory)))
                }
                (self.client.links(texts))
            }
        };
        layout(texts, Text::ConsentTitle, &main)
    }
}

/// For how long people answer.
const fn remembered(memory: Memory) -> Text {
    match memory {
        Memory::All => Text::ConsentRemembered,
        Memory::Part => Text::ConsentPartRemembered,
        Memory::Nothing => Text::ConsentNotRemembered,
    }
}

fn choice(texts: &Texts) -> Markup {
    html! {
        div.actions.even {
            button.primary #consent-allow type="submit" name=(ACTION_FIELD) value="allow" {
                (texts.get(Text::ConsentAllow))
            }
            button.secondary #consent-deny type="submit" name=(ACTION_FIELD) value="deny" {
                (texts.get(Text::ConsentDeny))
            }
        }
    }
}
