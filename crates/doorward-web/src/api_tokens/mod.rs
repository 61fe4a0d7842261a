//! API tokens: checked the same on every way that one can be shown.

mod api;
mod check;
mod client_ip;
mod page;
mod quota;

pub(crate) use api::{ProblemDetails, routes};
pub(crate) use check::{Shown, WorkingApiToken, check};
pub(crate) use client_ip::client_ip;
pub(crate) use page::{API_TOKENS, address, expiring, pages};
