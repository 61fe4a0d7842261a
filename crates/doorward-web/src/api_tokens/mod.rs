//! API tokens: checked the same on every way that one can be shown.

mod api;
mod check;
mod quota;

pub(crate) use api::{ProblemDetails, routes};
pub(crate) use check::{Shown, check};
