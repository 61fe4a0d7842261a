//! The file that `export` and `backup` write, and `import` and `restore` read.
//!
//! ```text
//! label   "doorward", version of the format (2 bytes), length (4), description (JSON),
//!         proof of the key (28), SHA-256 of all that (32)
//! chunks  what it is (1), length (4), sealed bytes; the last one has the checksums of the tables
//! ```
//!
//! A chunk is sealed beside the label's checksum, its number and what it is. So none opens that was changed, moved,
//! left out or taken from another file, and a file whose last chunk is missing is not whole. The label is readable by
//! everybody and the same in every format, so that every release can say what it has before it.

mod draft;
mod label;
mod reader;
#[cfg(test)]
mod tests;
mod unreadable;
mod writer;

use doorward_core::seal::{KeyEncryptionKey, Sealer};

pub(crate) use draft::Existing;
pub(crate) use label::{Description, Kind};
pub(crate) use reader::{Piece, Reader};
pub(crate) use unreadable::Unreadable;
pub(crate) use writer::Writer;

/// What chunks are. Their bytes in the file.
const ROWS: u8 = 0;
const LAST: u8 = 1;

/// No chunk is longer: a batch of rows is far smaller, unless one row is huge.
const LONGEST_CHUNK: u32 = 64 * 1024 * 1024;

/// What seals archives under this key.
fn sealer(key: &KeyEncryptionKey) -> Sealer {
    key.sealer_of_archives()
}

/// What a chunk is sealed beside.
fn context(label: &[u8; 32], number: u64, what: u8) -> Vec<u8> {
    [label.as_slice(), &number.to_be_bytes(), &[what]].concat()
}
