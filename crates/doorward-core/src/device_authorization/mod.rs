//! The Device Authorization Grant ([RFC 8628]): a device without a browser of use shows a short code, and somebody allows it
//! at another one.
//!
//! The course of it: a device's client asks ([`DeviceRequest`]), and gets a Device Code for itself and a [`UserCode`] to
//! show. Somebody enters that ([`find`]), signs in, is asked ([`next`]) and answers once ([`DeviceAnswer`]). The client, which
//! has asked meanwhile at the [`Pace`] it was told, is then given its tokens ([`crate::token::device_code`]).
//!
//! [RFC 8628]: https://www.rfc-editor.org/rfc/rfc8628

mod authorization;
mod decision;
mod pace;
mod request;
mod response;
mod user_code;

use std::time::Duration;

pub use authorization::{DeviceAnswer, DeviceAuthorization, DeviceCodeName};
pub use decision::{DeviceNotFound, FoundDevice, find, next};
pub use pace::{Pace, TooFast};
pub use request::{DeviceRequest, DeviceRequestRefused};
pub use response::DeviceResponse;
pub use user_code::UserCode;

/// How long somebody may take to answer ([RFC 8628 section 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2)).
pub const LIFETIME: Duration = Duration::from_mins(10);

/// How much longer an answer may be fetched that was given at the last moment.
pub const COLLECTION: Duration = Duration::from_mins(1);

/// How much longer it is remembered, so that a device that comes late is told so.
pub const REMEMBERED: Duration = Duration::from_mins(10);
