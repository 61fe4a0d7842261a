//! API tokens: checked the same on every way that one can be shown.

mod api;
mod check;
mod client_ip;
pub(crate) mod leaks;
mod page;
mod quota;
mod uses;
mod watch;

pub(crate) use api::{ProblemDetails, routes};
pub(crate) use check::{Shown, ShownTo, WorkingApiToken, check};
pub(crate) use client_ip::{agent, client_agent, client_ip};
pub(crate) use page::{API_TOKENS, address, expiring, pages};
pub(crate) use quota::count;
pub(crate) use uses::Uses;
pub use watch::tend_api_tokens;
