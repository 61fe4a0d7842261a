//! API tokens: checked the same on every way that one can be shown.

mod check;
mod quota;

pub(crate) use check::{Shown, check};
