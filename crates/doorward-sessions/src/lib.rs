//! What may expire: codes, pushed requests, browser sessions, interactions, counters; embedded or on Redis.
//!
//! A [`Backend`] is a handful of atomic operations on bytes. [`Store`] puts types and sealing
//! above any of them, [`Codes`] the rule that a code is good for one redemption, [`PushedRequests`]
//! the rule that a pushed request is answered once, [`Devices`] the same of devices that wait for somebody, and [`ReplayMarks`] the rule that an assertion is good for one use.
//! [`Location`] says which backend, and [`open`] opens it.

mod backend;
mod codes;
mod devices;
mod embedded;
mod key;
mod location;
mod pushed_requests;
mod redis;
mod replays;
mod store;

pub use backend::{Backend, Inserted, Unavailable, Unopened};
pub use codes::Codes;
pub use devices::{Devices, KnownDevice};
pub use embedded::Embedded;
pub use key::Key;
pub use location::{Location, UnknownLocation, open};
pub use pushed_requests::PushedRequests;
pub use redis::{Redis, Server, UnknownServer};
pub use replays::{ReplayMarks, Use};
pub use store::{Store, StoreError};
