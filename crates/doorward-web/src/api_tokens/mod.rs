//! API tokens: checked the same on every way that one can be shown.

mod check;
mod client_ip;
mod figures;
pub(crate) mod leaks;
mod quota;
mod uses;
mod watch;

pub(crate) use check::{Shown, ShownTo, check};
pub(crate) use client_ip::{client_agent, client_ip};
pub use figures::ApiTokenFigures;
pub(crate) use figures::Counts;
pub(crate) use uses::Uses;
pub use watch::tend_api_tokens;
