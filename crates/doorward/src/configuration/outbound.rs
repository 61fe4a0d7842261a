//! The values of `[outbound]`.

use crate::outbound::Proxy;

use super::value::{Value, quoted};

/// The proxy that requests of ours go through, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressProxy(pub Option<Proxy>);

const NONE: &str = "none";

impl Value for EgressProxy {
    fn allowed() -> String {
        "\"none\", or \"http://HOST:PORT\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            NONE => Some(Self(None)),
            _ => text.parse().ok().map(Some).map(Self),
        }
    }

    fn show(&self) -> String {
        let shown = self.0.as_ref().map(ToString::to_string);
        quoted(shown.as_deref().unwrap_or(NONE))
    }
}
