//! What somebody typed into the form that makes a token.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What somebody typed into the form that makes a token, right or wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedToken {
    /// The name.
    pub name: String,
    /// The scopes that were chosen.
    pub scopes: BTreeSet<String>,
    /// When it is to expire.
    pub expiry: Expiry,
    /// The day, as `YYYY-MM-DD`, for [`Expiry::Date`].
    pub date: String,
    /// The networks, one in each line.
    pub networks: String,
    /// The network that the person is in, if it was chosen.
    pub here: Option<String>,
    /// Uses a minute.
    pub per_minute: String,
    /// Uses a day.
    pub per_day: String,
}

/// When a token is to expire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// As the policy says.
    #[default]
    Usual,
    /// In so many days.
    Days(u32),
    /// On the day that was typed.
    Date,
    /// Never.
    Never,
}

impl Expiry {
    /// Its value in the form.
    pub fn value(self) -> String {
        match self {
            Self::Usual => String::new(),
            Self::Days(days) => days.to_string(),
            Self::Date => "date".to_owned(),
            Self::Never => "never".to_owned(),
        }
    }

    /// Reads a value of the form.
    pub fn of_value(value: &str) -> Self {
        match value {
            "date" => Self::Date,
            "never" => Self::Never,
            days => days.parse().map_or(Self::Usual, Self::Days),
        }
    }
}
