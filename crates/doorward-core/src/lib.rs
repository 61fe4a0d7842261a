//! The rules of OpenID Connect and OAuth 2.0, as pure functions of plain values.
//!
//! Nothing here reads a clock, draws randomness, waits or touches a disk: what a decision
//! needs comes in as values, and a value with its reason comes out.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::expect_used,
        clippy::allow_attributes,
        reason = "tests fail by panicking"
    )
)]

pub mod access_token;
pub mod acr;
pub mod api_token;
pub mod assertion_issuer;
pub mod authorization;
pub mod authorization_details;
pub mod backchannel_logout;
mod base62;
pub mod bearer;
pub mod certificate;
pub mod claims;
pub mod client;
pub mod client_address;
pub mod client_authentication;
pub mod client_keys;
pub mod confirmation;
pub mod consent;
pub mod device_authorization;
pub mod discovery;
pub mod dpop;
pub mod error;
pub mod event;
pub mod forward_auth;
pub mod frontchannel_logout;
pub mod grant;
pub mod id_token;
pub mod identifiers;
pub mod introspection;
pub mod jose;
pub mod keys;
pub mod logout;
pub mod network;
pub mod opaque_token;
pub mod outbound;
pub mod parameters;
pub mod password;
pub mod person;
pub mod random;
pub mod redirect_uri;
pub mod registration;
pub mod resource_server;
pub mod revocation;
pub mod scope;
pub mod seal;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod status_list;
pub mod subject;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
pub mod token;
pub mod user_agent;
pub mod userinfo;
mod word;

pub use time::{Clock, Timestamp};
