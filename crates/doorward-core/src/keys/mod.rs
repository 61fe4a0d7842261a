//! The life of signing keys: pending, active, retired, gone ([OpenID Connect Core section 10.1.1]).
//!
//! A [`Life`] is a row of moments, and a key's [`Stage`] follows from them and the time. Every step is **announced before it takes
//! effect**: what is written names a moment that lies ahead, far enough for all nodes to have read it, so that they publish and sign alike
//! without asking each other. [`due`] says what is to be written next, given a [`Schedule`] and who has been seen to know the next key;
//! [`timeline`] says what that will come to. There is no other way from one stage to the next.
//!
//! [OpenID Connect Core section 10.1.1]: https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys

mod change;
mod due;
mod life;
mod readers;
mod schedule;
mod timeline;
mod uptake;

pub use change::{Change, Order, OrderRefused, after};
pub use due::{Awaiting, Due, Key, deadline, due};
pub use life::{Life, Moments, NotPossible, Stage};
pub use readers::{client_reads, server_reads, the_only};
pub use schedule::{ANNOUNCED, HANDOVER, IN_SIGHT, KEY_SET_CACHED, REVOKED_SINCE, Schedule};
pub use timeline::{Forecast, Happening, timeline};
pub use uptake::{IN_USE, Seen, Sighting, Uptake, Way};
