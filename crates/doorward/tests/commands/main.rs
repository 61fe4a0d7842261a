//! The program as operators type it: the real binary, each test with a data directory of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "tests fail by panicking"
)]

mod browser;
mod clients;
mod configuration;
mod demo;
mod events;
mod installation;
mod moving;
mod people;
mod rewrap;
mod serving;
mod sessions;
mod usage;
