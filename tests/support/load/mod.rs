//! What puts a load on a provider: browsers and relying parties that report what goes wrong instead of failing a test.

pub mod browser;
pub mod http;
pub mod relying_party;
mod sign_in_form;
