//! The values of `[acr]`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use doorward_core::acr::{Acr, AcrLevel, AcrLevels};
use doorward_core::authorization::MaxAge;
use doorward_core::session::AuthenticationMethod;

use super::value::{Value, parse_span, quoted, show_span};

/// Levels of sign-in, weakest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels(pub AcrLevels);

impl Levels {
    /// The one of a new installation.
    pub fn password() -> Self {
        Self(AcrLevels::default())
    }
}

/// The shortest age that a level may demand: somebody who has just signed in has to read a page.
const SHORTEST: u64 = 60;

impl Value for Levels {
    fn allowed() -> String {
        let methods = AuthenticationMethod::ALL.map(AuthenticationMethod::as_str);
        format!(
            "a list of different levels, weakest first, each with its name, its methods ({}) and, if it has one, its age of at least 1m, \
             such as [\"urn:example:loa:1 pwd 12h\", \"urn:example:loa:2 pwd 5m\"]",
            methods.join(", ")
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let levels = text.split(',').map(level).collect::<Option<Vec<_>>>()?;
        AcrLevels::new(levels).ok().map(Self)
    }

    fn show(&self) -> String {
        let levels: Vec<String> = self.0.iter().map(|level| quoted(&shown(level))).collect();
        format!("[{}]", levels.join(", "))
    }
}

fn level(text: &str) -> Option<AcrLevel> {
    let mut words = text.split_ascii_whitespace();
    let name: Acr = words.next()?.parse().ok()?;
    let methods = words
        .next()?
        .split('+')
        .map(method)
        .collect::<Option<_>>()?;
    let max_age = match words.next() {
        None => None,
        Some(age) => Some(parse_span(age).filter(|seconds| *seconds >= SHORTEST)?),
    };
    words.next().is_none().then_some(AcrLevel {
        name,
        methods,
        max_age: max_age.map(MaxAge::seconds),
    })
}

fn method(name: &str) -> Option<AuthenticationMethod> {
    AuthenticationMethod::ALL
        .into_iter()
        .find(|method| method.as_str() == name)
}

fn shown(level: &AcrLevel) -> String {
    let methods: BTreeSet<&str> = level.methods.iter().map(|method| method.as_str()).collect();
    let methods: Vec<&str> = methods.into_iter().collect();
    let mut text = format!("{} {}", level.name, methods.join("+"));
    if let Some(max_age) = level.max_age {
        // Writing to a string cannot fail.
        let _ = write!(text, " {}", show_span(max_age.as_seconds()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_they_are_shown() {
        let text = "urn:example:loa:1 pwd 12h,urn:example:loa:2 pwd 5m";
        let levels = Levels::parse(text).unwrap();
        let shown = "[\"urn:example:loa:1 pwd 12h\", \"urn:example:loa:2 pwd 5m\"]";
        assert_eq!(levels.show(), shown);
        let password = Levels::password();
        assert_eq!(password.show(), "[\"urn:doorward:acr:password pwd\"]");
    }

    #[test]
    fn what_cannot_be_reached_or_told_apart_is_no_level() {
        for bad in [
            "",
            "loa1",
            "loa1 otp",
            "loa1 pwd+otp",
            "loa1 pwd 59s",
            "loa1 pwd soon",
            "loa1 pwd 5m 6m",
            "loa1 pwd,loa1 pwd 5m",
            "loa1 pwd,",
        ] {
            assert_eq!(Levels::parse(bad), None, "{bad}");
        }
    }
}
