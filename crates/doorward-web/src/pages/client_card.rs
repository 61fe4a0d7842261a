//! The client, as people see it.

use maud::{Markup, html};

use crate::texts::{Text, Texts, Value};

/// A client: the application that asks who someone is.
///
/// Everything in it is what the client's owner says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCard {
    /// `client_name`.
    pub name: String,
    /// Where its logo is; only a place that the page's content security policy allows.
    pub logo: Option<String>,
    /// `client_uri`, its home page.
    pub client_uri: Option<String>,
    /// `policy_uri`, what it does with people's data.
    pub policy_uri: Option<String>,
    /// `tos_uri`, its terms of service.
    pub tos_uri: Option<String>,
    /// The host whose word is all that is known of it, where nobody registered it.
    pub described_by: Option<String>,
}

impl ClientCard {
    /// The logo, or the first letter of the name in its place. The name always stands beside it.
    pub(super) fn picture(&self) -> Markup {
        html! {
            @if let Some(logo) = &self.logo {
                img.picture src=(logo) alt="" width="56" height="56";
            } @else {
                span.picture.initial aria-hidden="true" { (initial(&self.name)) }
            }
        }
    }

    /// Whose word all of it is, before anybody is asked to allow anything.
    pub(super) fn description(&self, texts: &Texts) -> Markup {
        html! {
            @if let Some(host) = &self.described_by {
                p.note #client-described {
                    (texts.get_with(Text::ClientDescribed, &[("host", Value::Name(host))]))
                }
            }
        }
    }

    /// Links to what the client says of itself.
    pub(super) fn links(&self, texts: &Texts) -> Markup {
        let links = [
            (Text::ClientWebsite, &self.client_uri),
            (Text::ClientPolicy, &self.policy_uri),
            (Text::ClientTerms, &self.tos_uri),
        ];
        let links: Vec<_> = links
            .into_iter()
            .filter_map(|(text, uri)| Some((text, web_address(uri.as_deref())?)))
            .collect();
        html! {
            @if !links.is_empty() {
                ul.links {
                    @for (text, uri) in links {
                        li {
                            a href=(uri) target="_blank" rel="noopener noreferrer" {
                                (texts.get(text)) " "
                                span.unseen { (texts.get(Text::OpensInNewTab)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The address, if it is one of the web: an address such as `javascript:` never becomes a link.
pub(super) fn web_address(uri: Option<&str>) -> Option<&str> {
    uri.filter(|uri| uri.starts_with("https://") || uri.starts_with("http://"))
}

/// The first letter or digit of a name, as a capital.
pub(super) fn initial(name: &str) -> String {
    name.chars()
        .find(|letter| letter.is_alphanumeric())
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default()
}
