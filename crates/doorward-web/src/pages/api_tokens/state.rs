//! Whether a token works, and why not.

use doorward_core::Timestamp;
use maud::{Markup, html};

use super::super::moment::moment;
use crate::texts::{Text, Texts, Value};

/// Whether a token works, as its owner is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiTokenState {
    /// It does.
    Works,
    /// It does, for some days more.
    ExpiresSoon,
    /// Not until somebody resumes it.
    Suspended {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: Why,
    },
    /// Never again.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: Why,
    },
    /// Its time is over.
    Expired,
    /// It may have been revoked since the backup that everything was restored from.
    Restored {
        /// When that was.
        at: Timestamp,
    },
    /// Its service account is disabled, or whoever answers for it is.
    Disabled,
    /// Nothing is left that it may do.
    NothingLeft,
}

/// Why a token was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Whoever looks at the page said so.
    You,
    /// Somebody else who answers for it said so.
    SomebodyElse,
    /// An operator said so, and perhaps why.
    Operator(Option<String>),
    /// Somebody found it and handed it in.
    Leak,
    /// What was seen of its use, in words and with its figures.
    Signal(String),
}

impl ApiTokenState {
    /// The word for it.
    pub(super) fn badge(&self, texts: &Texts) -> Markup {
        let (name, text) = self.named();
        html! { span.state data-state=(name) { (texts.get(text)) } }
    }

    fn named(&self) -> (&'static str, Text) {
        match self {
            Self::Works => ("works", Text::ApiTokenWorks),
            Self::ExpiresSoon => ("expires-soon", Text::ApiTokenExpiresSoon),
            Self::Suspended { .. } => ("suspended", Text::ApiTokenSuspended),
            Self::Revoked { .. } => ("revoked", Text::ApiTokenRevoked),
            Self::Expired => ("expired", Text::ApiTokenExpired),
            Self::Restored { .. } => ("restored", Text::ApiTokenRestored),
            Self::Disabled => ("disabled", Text::ApiTokenDisabled),
            Self::NothingLeft => ("nothing-left", Text::ApiTokenNothingLeft),
        }
    }

    /// Why it is so; nothing where that needs no words.
    pub(super) fn explanation(&self, texts: &Texts) -> Option<Markup> {
        let explained = |why: Markup, at: Option<Timestamp>| {
            Some(html! {
                p.why { (why) @if let Some(at) = at { " " span.note { (moment(at)) } } }
            })
        };
        match self {
            Self::Works | Self::ExpiresSoon | Self::Expired => None,
            Self::Suspended { at, why } | Self::Revoked { at, why } => {
                explained(why.words(texts), Some(*at))
            }
            Self::Restored { at } => {
                explained(html! { (texts.get(Text::ApiTokenRestoredWhy)) }, Some(*at))
            }
            Self::Disabled => explained(html! { (texts.get(Text::ApiTokenDisabledWhy)) }, None),
            Self::NothingLeft => {
                explained(html! { (texts.get(Text::ApiTokenNothingLeftWhy)) }, None)
            }
        }
    }
}

impl Why {
    pub(super) fn words(&self, texts: &Texts) -> Markup {
        match self {
            Self::You => html! { (texts.get(Text::ApiTokenByYou)) },
            Self::SomebodyElse => html! { (texts.get(Text::ApiTokenBySomebodyElse)) },
            Self::Operator(None) => html! { (texts.get(Text::ApiTokenByOperator)) },
            Self::Operator(Some(words)) => html! {
                (texts.get(Text::ApiTokenByOperator)) " " bdi { (words) }
            },
            Self::Leak => html! { (texts.get(Text::ApiTokenByLeak)) },
            Self::Signal(words) => {
                texts.get_with(Text::ApiTokenBySignal, &[("words", Value::Name(words))])
            }
        }
    }
}
