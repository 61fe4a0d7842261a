#![doc = include_str!("../README.md")]
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
#![forbid(unsafe_code)]

mod address;
mod ambient;
mod authorized;
mod builder;
mod challenge;
mod http_client;
mod introspection;
mod issuer;
mod kept;
mod layer;
mod refused;
mod replays;
mod sender;
mod status_list;
mod verifier;

pub use authorized::Authorized;
pub use builder::{BuildError, Builder};
pub use doorward_core::scope::Scope;
pub use doorward_core::{Clock, Timestamp};
pub use http_client::Unreachable;
pub use layer::{Guarded, RequireScope};
pub use refused::Refused;
pub use sender::PeerCertificate;
pub use verifier::Verifier;
