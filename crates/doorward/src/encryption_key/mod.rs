//! The key-encryption key: where it comes from, and how the root key of a directory opens with it.
//!
//! A place that keeps it may hold several keys, the newest first. So a key can be changed while nodes start and stop: as long as both are
//! there, whichever of them sealed the root key opens it.

mod command;
mod file;
mod keys;
mod place;
mod refused;
mod root;

pub(crate) use file::make_directory;
pub(crate) use keys::EncryptionKeys;
pub(crate) use place::{Place, VARIABLE};
pub(crate) use root::Root;

/// What is to be done where there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealed {
    /// One may be made: nothing is sealed, so that it loses nothing.
    Nothing,
    /// None may be made: only the key that was there opens what is sealed.
    Something,
}
