//! Moving house: all rows of a directory as of one moment, out of one database and into another.
//!
//! A [`Departure`] reads a consistent view in [`Batch`]es; an [`Arrival`] writes them into an empty directory, each
//! batch with its progress in one transaction; a [`Tally`] on either side shows that nothing was lost or changed. What
//! carries the batches from the one to the other, and under which key, is not this module's concern.

mod arrival;
mod batch;
mod catalogue;
mod cbor;
mod departure;
mod progress;
mod tally;

pub use arrival::{Arrival, NoArrival};
pub use batch::{Batch, Unreadable};
pub use catalogue::SHAPE;
#[cfg(test)]
pub(crate) use catalogue::{CATALOGUE, NOT_CARRIED, NUMBERED};
pub use departure::Departure;
pub use progress::Progress;
pub use tally::{TableTally, Tally};
