//! `/par`, and the authorization endpoint with what was pushed there
//! ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).
//!
//! Tests that stand for a module of the plan `fapi2-security-profile-final-test-plan` name it.

mod once;
mod opening;
mod policy;
mod pushing;
