//! A self-hosted single sign-on identity provider.
//!
//! This crate wires the others together: command line, configuration, the system's clock and
//! randomness, logs, signals. It is a library with a thin `main`, so that tests start a provider
//! in their own process.

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

pub mod ambient;
mod archive;
pub mod cli;
pub mod configuration;
mod connections;
mod data_lock;
pub mod demo;
mod encryption_key;
mod housekeeping;
mod metrics;
pub mod outbound;
mod pkcs11;
pub mod provider;
pub mod server;
mod signals;
mod signing_keys;
pub mod telemetry;
mod tls;
