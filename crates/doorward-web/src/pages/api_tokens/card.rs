//! A token, with all that its owner wants to know of it.

use doorward_core::Timestamp;
use doorward_core::api_token::Quota;
use maud::{Markup, html};

use super::super::moment::moment;
use super::expiry::{counted, expiry};
use super::{AllowedLine, ApiTokenState, ApiTokenUsage};
use crate::texts::{Text, Texts, Value};

/// A token, with all that its owner wants to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenCard {
    /// Where its own page is.
    pub url: String,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is.
    pub of: TokenOf,
    /// What it was made for.
    pub allowed: Vec<AllowedLine>,
    /// The networks that it works from; everywhere when absent.
    pub networks: Option<Vec<String>>,
    /// How often it may be used.
    pub quota: Quota,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last got another secret.
    pub rotated_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it works.
    pub state: ApiTokenState,
    /// How it was used.
    pub usage: ApiTokenUsage,
}

/// Whose a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenOf {
    /// It acts for the person.
    Person,
    /// It acts for the service account of this name.
    ServiceAccount(String),
    /// It says that a request is of the project of this name.
    Project(String),
}

impl ApiTokenCard {
    /// What a list shows of it.
    pub(super) fn entry(&self, now: Timestamp, texts: &Texts) -> Markup {
        html! {
            div.title {
                h3 { a href=(self.url) { bdi { (self.name) } } }
                (self.state.badge(texts))
            }
            (self.of.line(texts))
            @if let Some(why) = self.state.explanation(texts) { (why) }
            dl.facts {
                (fact(Text::ApiTokenMay, &AllowedLine::list(&self.allowed, texts), texts))
                (fact(Text::ApiTokenFrom, &self.networks(texts), texts))
                (fact(Text::ApiTokenExpires, &expiry(self.expires_at, now, texts), texts))
                (fact(Text::ApiTokenUsed, &self.usage.last(texts), texts))
            }
            @if let Some(graph) = self.usage.graph(texts) { (graph) }
        }
    }

    /// Everything about it.
    pub(super) fn details(&self, now: Timestamp, texts: &Texts) -> Markup {
        html! {
            (self.of.line(texts))
            @if let Some(why) = self.state.explanation(texts) { (why) }
            dl.facts {
                (fact(Text::ApiTokenMay, &AllowedLine::list(&self.allowed, texts), texts))
                (fact(Text::ApiTokenFrom, &self.networks(texts), texts))
                @if !self.quota.is_unlimited() {
                    (fact(Text::ApiTokenAtMost, &quota(self.quota, texts), texts))
                }
                (fact(Text::ApiTokenExpires, &expiry(self.expires_at, now, texts), texts))
                (fact(Text::ApiTokenMade, &moment(self.created_at), texts))
                @if let Some(at) = self.rotated_at { (fact(Text::ApiTokenRotated, &moment(at), texts)) }
                (fact(Text::ApiTokenUsed, &self.usage.last(texts), texts))
            }
            @if let Some(graph) = self.usage.graph(texts) { (graph) }
        }
    }

    fn networks(&self, texts: &Texts) -> Markup {
        match &self.networks {
            None => html! { (texts.get(Text::ApiTokenEverywhere)) },
            Some(networks) => html! {
                @for (at, network) in networks.iter().enumerate() {
                    @if at > 0 { ", " }
                    code { (network) }
                }
            },
        }
    }
}

impl TokenOf {
    fn line(&self, texts: &Texts) -> Markup {
        let (text, name) = match self {
            Self::Person => return html! {},
            Self::ServiceAccount(name) => (Text::ApiTokenOfAccount, name),
            Self::Project(name) => (Text::ApiTokenOfProject, name),
        };
        html! { p.note { (texts.get_with(text, &[("name", Value::Name(name))])) } }
    }
}

/// How often a token may be used, in words.
fn quota(quota: Quota, texts: &Texts) -> Markup {
    let minute = quota.per_minute.map(|most| (Text::ApiTokenPerMinute, most));
    let day = quota.per_day.map(|most| (Text::ApiTokenPerDay, most));
    html! {
        @for (at, (text, most)) in minute.into_iter().chain(day).enumerate() {
            @if at > 0 { ", " }
            (counted(text, most.into(), texts))
        }
    }
}

/// A line about a token.
pub(super) fn fact(name: Text, value: &Markup, texts: &Texts) -> Markup {
    html! {
        div { dt { (texts.get(name)) } dd { (value) } }
    }
}
