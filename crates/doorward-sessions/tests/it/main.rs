//! The contract of every backend, what each promises beyond it, and the types above them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::allow_attributes,
    reason = "tests fail by panicking"
)]

mod contract;
mod embedded;
mod location;
mod redis;
mod store;
mod support;
