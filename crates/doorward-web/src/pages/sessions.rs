//! Where somebody is signed in, and which applications were told of sign-outs.

use doorward_core::Timestamp;
use doorward_core::identifiers::SessionId;
use doorward_core::user_agent::UserAgent;
use maud::{Markup, html};

use super::client_card::initial;
use super::layout::{form, layout};
use super::moment::moment;
use super::{ACTION_FIELD, PersonCard};
use crate::texts::{Text, Texts, Value};

/// The name of the field that says which session is meant.
pub const SESSION_FIELD: &str = "session";

/// The page of somebody's sessions. Its forms post `csrf`, `session` and `action`, which is `sign-out`.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// Whose they are.
    pub person: PersonCard,
    /// Those that live, the one of this browser first and the others by their last use.
    pub live: Vec<LiveSession>,
    /// How many more live.
    pub further_live: u64,
    /// Those that ended in the last days, the latest first.
    pub ended: Vec<EndedSession>,
    /// How many more ended.
    pub further_ended: u64,
    /// Where the forms go.
    pub action: String,
    /// Where the person's start page is.
    pub home_url: String,
    /// The proof that we gave the forms to this browser.
    pub csrf: String,
}

/// A browser in which somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    /// Its name.
    pub id: SessionId,
    /// Whose request this is.
    pub place: Place,
    /// What the browser said that it is.
    pub user_agent: Option<UserAgent>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// Which browser a session is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The one that asks.
    Here,
    /// Another one.
    Elsewhere,
}

/// A session that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSession {
    /// What the browser said that it was.
    pub user_agent: Option<UserAgent>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The applications that are told of it
    /// ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).
    pub told: Vec<ToldApplication>,
}

/// An application that is told that a session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldApplication {
    /// Its name.
    pub name: String,
    /// What became of telling it.
    pub news: News,
}

/// What became of telling an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It knows, since then.
    Delivered(Option<Timestamp>),
    /// It does not know yet, and is told then.
    Waiting(Option<Timestamp>),
    /// It said that it could not make anything of the message.
    Refused(Option<Timestamp>),
    /// It was never reached; this is when we gave up.
    Abandoned(Option<Timestamp>),
}

impl Sessions {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let main = html! {
            main.card {
                h1 { (texts.get(Text::SessionsTitle)) }
                (self.person.card())
                ul.sessions { @for session in &self.live { li { (self.line(session, texts)) } } }
                (further(Text::SessionsFurtherLive, self.further_live, texts))
                h2 { (texts.get(Text::SessionsEnded)) }
                @if self.ended.is_empty() {
                    p.empty { (texts.get(Text::SessionsNoneEnded)) }
                } @else {
                    ul.sessions { @for session in &self.ended { li { (session.entry(texts)) } } }
                    (further(Text::SessionsFurtherEnded, self.further_ended, texts))
                }
                p { a href=(self.home_url) { (texts.get(Text::ErrorStartPage)) } }
            }
        };
        layout(texts, Text::SessionsTitle, &main)
    }

    fn line(&self, session: &LiveSession, texts: &Texts) -> Markup {
        let (name, began) = (
            format!("name-{}", session.id),
            format!("began-{}", session.id),
        );
        let described_by = format!("{name} {began}");
        let (browser, place) = (
            browser(session.user_agent, texts),
            texts.get(session.place.name()),
        );
        html! {
            div.what {
                strong #(name) {
                    @if let Some(browser) = &browser { (browser) } @else { (place) }
                }
                @if browser.is_some() && session.place == Place::Here { p { (place) } }
                p.note #(began) { (texts.get(Text::SessionsBegan)) " " (moment(session.started_at)) }
                p.note { (texts.get(Text::SessionsSeen)) " " (moment(session.seen_at)) }
            }
            @if session.place == Place::Elsewhere {
                (form(&self.action, &self.csrf, &end(session.id, &described_by, texts)))
            }
        }
    }
}

/// How many there are that the list above leaves out.
fn further(text: Text, count: u64, texts: &Texts) -> Markup {
    let number = u32::try_from(count).unwrap_or(u32::MAX);
    html! {
        @if count > 0 {
            p.note.further { (texts.get_with(text, &[("count", Value::Number(number))])) }
        }
    }
}

/// Which browser it is, if it said so.
fn browser(user_agent: Option<UserAgent>, texts: &Texts) -> Option<Markup> {
    let said = user_agent?;
    let system = said.system().map(|name| ("system", Value::Name(name)));
    match (said.browser(), system) {
        (Some(name), Some(system)) => {
            let names = [("browser", Value::Name(name)), system];
            Some(texts.get_with(Text::SessionsBrowserOn, &names))
        }
        (None, Some(system)) => Some(texts.get_with(Text::SessionsSomeBrowserOn, &[system])),
        (Some(name), None) => Some(html! { bdi { (name) } }),
        (None, None) => None,
    }
}

/// The button that ends a session; which one is said by what it is called and when it began.
fn end(session: SessionId, described_by: &str, texts: &Texts) -> Markup {
    html! {
        input type="hidden" name=(SESSION_FIELD) value=(session);
        button.secondary type="submit" name=(ACTION_FIELD) value="sign-out" aria-describedby=(described_by) {
            (texts.get(Text::SessionsEnd))
        }
    }
}

impl Place {
    const fn name(self) -> Text {
        match self {
            Self::Here => Text::SessionsHere,
            Self::Elsewhere => Text::SessionsElsewhere,
        }
    }
}

impl EndedSession {
    fn entry(&self, texts: &Texts) -> Markup {
        html! {
            div.what {
                strong { (texts.get(Text::SessionsOver)) " " (moment(self.ended_at)) }
                @if let Some(browser) = browser(self.user_agent, texts) { p { (browser) } }
                p.note { (texts.get(Text::SessionsBegan)) " " (moment(self.started_at)) }
                @if self.told.is_empty() {
                    p.note { (texts.get(Text::SessionsNobodyTold)) }
                } @else {
                    ul.told { @for application in &self.told { li { (application.line(texts)) } } }
                }
            }
        }
    }
}

impl ToldApplication {
    fn line(&self, texts: &Texts) -> Markup {
        let (status, text, at) = self.news.told();
        html! {
            span.initial aria-hidden="true" { (initial(&self.name)) }
            div {
                bdi { (self.name) }
                p.note data-status=(status) { (texts.get(text)) @if let Some(at) = at { " " (moment(at)) } }
            }
        }
    }
}

impl News {
    const fn told(self) -> (&'static str, Text, Option<Timestamp>) {
        match self {
            Self::Delivered(at) => ("delivered", Text::SessionsDelivered, at),
            Self::Waiting(at) => ("waiting", Text::SessionsWaiting, at),
            Self::Refused(at) => ("refused", Text::SessionsRefused, at),
            Self::Abandoned(at) => ("abandoned", Text::SessionsAbandoned, at),
        }
    }
}
