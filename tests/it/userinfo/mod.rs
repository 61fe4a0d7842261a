//! `/userinfo`.

mod bearer;
mod claims;
mod cors;
mod signed;
