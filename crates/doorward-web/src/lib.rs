//! The endpoints and pages of the provider.

pub mod pages;
pub mod texts;
