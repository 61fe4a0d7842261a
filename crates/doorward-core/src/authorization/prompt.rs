//! `prompt`: what a client wants the person to be asked
//! ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// One value of `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Show nothing; answer at once, with an error if need be.
    None,
    /// Ask for the credentials, whoever is signed in.
    Login,
    /// Ask for consent, whatever was allowed before.
    Consent,
    /// Let the person choose an account.
    SelectAccount,
}

impl Prompt {
    /// Every value, in the order that metadata lists them.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// The values of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prompts(BTreeSet<Prompt>);

/// Why a `prompt` was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptRefused {
    /// A value is none of the standard's.
    #[error("prompt has a value that is not none, login, consent or select_account")]
    Unknown,
    /// `none` beside another value.
    #[error("prompt has none beside another value")]
    NoneAndMore,
}

impl Prompts {
    pub(crate) fn parse(text: &str) -> Result<Self, PromptRefused> {
        let value = |word: &str| {
            Prompt::ALL
                .into_iter()
                .find(|prompt| prompt.as_str() == word)
                .ok_or(PromptRefused::Unknown)
        };
        let prompts: BTreeSet<Prompt> = text
            .split_ascii_whitespace()
            .map(value)
            .collect::<Result<_, _>>()?;
        if prompts.contains(&Prompt::None) && prompts.len() > 1 {
            return Err(PromptRefused::NoneAndMore);
        }
        Ok(Self(prompts))
    }

    /// The same with `prompt`.
    #[must_use]
    pub(crate) fn and(mut self, prompt: Prompt) -> Self {
        self.0.insert(prompt);
        self
    }

    /// Whether `prompt` is among them.
    pub fn has(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone_and_unknown_values_are_refused() {
        assert!(
            Prompts::parse("login consent")
                .unwrap()
                .has(Prompt::Consent)
        );
        assert_eq!(
            Prompts::parse("none login"),
            Err(PromptRefused::NoneAndMore)
        );
        assert_eq!(Prompts::parse("NONE"), Err(PromptRefused::Unknown));
        assert_eq!(Prompts::parse("create"), Err(PromptRefused::Unknown));
    }
}
