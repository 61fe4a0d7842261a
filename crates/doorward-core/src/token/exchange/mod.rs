//! A token in exchange for another one ([RFC 8693]): an API that received a token gets one for the next API.
//!
//! Nobody may do this unless an operator said so, for each client and each resource server. The new token opens one resource
//! server, ends no later than the one it was made of, and dies with the same grant.
//!
//! [RFC 8693]: https://www.rfc-editor.org/rfc/rfc8693

mod actor;
mod decision;
mod policy;
mod presented;
mod refused;
mod request;
mod target;

pub use actor::Actor;
pub use decision::{ExchangeTakenBack, Exchanged, TokenExchange};
pub use policy::{ExchangeMode, ExchangePolicy};
pub use presented::PresentedAccessToken;
pub use refused::{ExchangeRefused, Presented};
pub use request::{ExchangeRequest, TokenTypeIdentifier};

#[cfg(test)]
mod tests;
