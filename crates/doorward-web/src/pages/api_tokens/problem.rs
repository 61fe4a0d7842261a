//! What is wrong with what somebody typed into the form that makes a token.

use doorward_core::network::NotANetwork;
use maud::{Markup, html};

use super::expiry::counted;
use crate::texts::{Text, Texts, Value};

/// What is wrong with what somebody typed into the form that makes a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    /// There is no name, or none that can be shown.
    Name,
    /// Nothing was chosen that it may do.
    NoScope,
    /// Something was chosen that it may not.
    Scope(String),
    /// There is no day, or it is over.
    Date,
    /// It would live for more than so many days.
    TooLong(u64),
    /// A line names no network.
    Network {
        /// Which line.
        line: usize,
        /// Why.
        refused: NotANetwork,
    },
    /// The uses a minute are no number.
    PerMinute,
    /// The uses a day are no number.
    PerDay,
    /// There are so many tokens, and no more are allowed.
    TooMany(u32),
}

/// Where a problem is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    Form,
    Name,
    Scopes,
    Expiry,
    Networks,
    PerMinute,
    PerDay,
}

impl TokenProblem {
    pub(super) const fn spot(&self) -> Spot {
        match self {
            Self::Name => Spot::Name,
            Self::NoScope | Self::Scope(_) => Spot::Scopes,
            Self::Date | Self::TooLong(_) => Spot::Expiry,
            Self::Network { .. } => Spot::Networks,
            Self::PerMinute => Spot::PerMinute,
            Self::PerDay => Spot::PerDay,
            Self::TooMany(_) => Spot::Form,
        }
    }

    pub(super) fn words(&self, texts: &Texts) -> Markup {
        let plain = |text| html! { (texts.get(text)) };
        match self {
            Self::Name => plain(Text::ApiTokenProblemName),
            Self::NoScope => plain(Text::ApiTokenProblemNoScope),
            Self::Scope(scope) => {
                texts.get_with(Text::ApiTokenProblemScope, &[("scope", Value::Name(scope))])
            }
            Self::Date => plain(Text::ApiTokenProblemDate),
            Self::TooLong(days) => counted(Text::ApiTokenProblemTooLong, *days, texts),
            Self::Network { line, refused } => network(*line, refused, texts),
            Self::PerMinute | Self::PerDay => plain(Text::ApiTokenProblemQuota),
            Self::TooMany(most) => counted(Text::ApiTokenProblemTooMany, (*most).into(), texts),
        }
    }
}

fn network(line: usize, refused: &NotANetwork, texts: &Texts) -> Markup {
    let line = Value::Number(u32::try_from(line).unwrap_or(u32::MAX));
    let of = |text, written: &str| {
        texts.get_with(text, &[("line", line), ("written", Value::Name(written))])
    };
    match refused {
        NotANetwork::Unreadable(written) => of(Text::ApiTokenProblemNetwork, written),
        NotANetwork::AllInDisguise(written) => of(Text::ApiTokenProblemNetworkAll, written),
        NotANetwork::MoreThanItsLength { written, network } => texts.get_with(
            Text::ApiTokenProblemNetworkBits,
            &[
                ("line", line),
                ("written", Value::Name(written)),
                ("network", Value::Name(&network.to_string())),
            ],
        ),
    }
}
