//! API tokens: checked the same on every way that one can be shown.

mod check;
mod client_ip;
mod quota;

pub(crate) use check::{Shown, check};
pub(crate) use client_ip::client_ip;
