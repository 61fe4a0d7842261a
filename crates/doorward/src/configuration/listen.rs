//! The value of a setting that says where to listen besides.

use std::net::SocketAddr;

use super::value::{Value, quoted};

/// Where to listen besides, if anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listen(Option<SocketAddr>);

impl Listen {
    /// Nowhere.
    pub const fn none() -> Self {
        Self(None)
    }

    /// There.
    pub const fn at(address: SocketAddr) -> Self {
        Self(Some(address))
    }

    /// Where, if anywhere.
    pub const fn address(&self) -> Option<SocketAddr> {
        self.0
    }
}

impl Value for Listen {
    fn allowed() -> String {
        format!(
            "{}; nothing between the quotation marks is none",
            SocketAddr::allowed()
        )
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "" => Some(Self::none()),
            address => SocketAddr::parse(address).map(Self::at),
        }
    }

    fn show(&self) -> String {
        self.0.as_ref().map_or_else(|| quoted(""), Value::show)
    }
}
