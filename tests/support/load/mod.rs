//! What puts a load on a provider: browsers and relying parties that report what goes wrong instead of failing a test.

pub mod browser;
mod form;
pub mod http;
pub mod relying_party;
