//! What somebody is asked to allow: scopes, APIs and details.

use doorward_core::authorization_details::{DetailConsent, Part, Row, Told, ToldValue};
use doorward_core::consent::Permission;
use doorward_core::resource_server::ResourceServers;
use maud::{Markup, html};

use super::ScopeLine;
use crate::texts::{Text, Texts, Value};

/// What somebody is asked to allow.
#[derive(Clone, Debug, Default)]
pub struct AskedLines {
    /// What happens or may happen in detail.
    pub details: Vec<DetailLine>,
    /// What is allowed besides.
    pub scopes: Vec<ScopeLine>,
}

/// A detail that a client asks for
/// ([RFC 9396 section 3](https://www.rfc-editor.org/rfc/rfc9396#section-3)).
#[derive(Clone, Debug)]
pub struct DetailLine {
    /// What people call the API.
    pub server: String,
    /// The detail in words.
    pub told: Told,
    /// For how long it is allowed.
    pub consent: DetailConsent,
}

impl AskedLines {
    /// What is shown of `permission` to readers of `language`.
    pub fn of(permission: &Permission, servers: &ResourceServers, language: &str) -> Self {
        let details = permission.details().filter_map(|(at, detail)| {
            let server = servers.get(at)?;
            let of_type = server.authorization_details_types.get(&detail.of_type)?;
            Some(DetailLine {
                server: server.resource_name.clone(),
                told: of_type.tell(detail, language),
                consent: of_type.consent,
            })
        });
        let resources = permission.resources.iter();
        let silent = resources.filter_map(|resource| {
            let server = servers.get(resource)?.resource_name.clone();
            Some(ScopeLine::Silent { server })
        });
        let mut scopes = ScopeLine::all(&permission.scope, servers);
        scopes.extend(silent);
        scopes.sort();
        Self {
            details: details.collect(),
            scopes,
        }
    }

    /// The list, what is most particular first.
    pub(super) fn list(&self, texts: &Texts) -> Markup {
        html! {
            ul.scopes {
                @for detail in &self.details { (detail.line(texts)) }
                @for scope in &self.scopes { (scope.line(texts)) }
            }
        }
    }
}

impl DetailLine {
    /// The sentence, in which what the client says stands out, and what it leaves out.
    fn line(&self, texts: &Texts) -> Markup {
        let server = [("server", Value::Name(&self.server))];
        html! {
            li.detail {
                p {
                    @for part in &self.told.sentence {
                        @match part {
                            Part::Words(words) => (words),
                            Part::Values(values) => (in_sentence(values)),
                        }
                    }
                }
                @if !self.told.rows.is_empty() {
                    dl { @for row in &self.told.rows { (pair(row, texts)) } }
                }
                span { (texts.get_with(at(self.consent), &server)) }
            }
        }
    }
}

/// At which API something is allowed, and for how long.
const fn at(consent: DetailConsent) -> Text {
    match consent {
        DetailConsent::EachTime => Text::DetailOnce,
        DetailConsent::Remembered => Text::DetailAt,
    }
}

/// One value stands out by itself; several are each marked off, since a text may have a comma of its own.
fn in_sentence(values: &[String]) -> Markup {
    let mark = (values.len() > 1).then_some("one");
    html! {
        @for (at, value) in values.iter().enumerate() {
            @if at > 0 { ", " }
            strong class=[mark] { bdi { (value) } }
        }
    }
}

fn pair(row: &Row, texts: &Texts) -> Markup {
    html! {
        div {
            dt { (row.label) }
            dd {
                @match &row.value {
                    ToldValue::Text(text) => bdi { (text) },
                    ToldValue::Texts(texts) => ul { @for text in texts { li { bdi { (text) } } } },
                    ToldValue::Flag(true) => (texts.get(Text::DetailYes)),
                    ToldValue::Flag(false) => (texts.get(Text::DetailNo)),
                }
            }
        }
    }
}
