//! Writes an archive, chunk by chunk.

use std::io;
use std::path::Path;

use doorward_core::random::Random;
use doorward_core::seal::{KeyEncryptionKey, Sealer};
use doorward_directory::transfer::{Batch, TableTally};

use super::draft::{Draft, Existing};
use super::label::{Description, Label};
use super::{LAST, ROWS, context, sealer};

/// An archive that grows; it is in its place when it is finished.
pub(crate) struct Writer<'a> {
    draft: Draft,
    sealer: Sealer,
    random: &'a dyn Random,
    label: [u8; 32],
    chunks: u64,
    length: u64,
}

impl<'a> Writer<'a> {
    /// Begins the archive that `description` describes, for this place.
    pub(crate) fn begin(
        place: (&Path, Existing),
        description: &Description,
        key: &KeyEncryptionKey,
        random: &'a dyn Random,
    ) -> io::Result<Self> {
        let sealer = sealer(key);
        let label = Label::of(description, &sealer, random)?;
        let mut writer = Self {
            draft: Draft::beside(place.0, place.1, random)?,
            sealer,
            random,
            label: label.checksum,
            chunks: 0,
            length: 0,
        };
        writer.write(&label.bytes)?;
        Ok(writer)
    }

    /// Adds rows.
    pub(crate) fn rows(&mut self, batch: &Batch) -> io::Result<()> {
        self.chunk(ROWS, &batch.encode())
    }

    /// Adds the checksums that prove it whole, and puts it in its place; how many bytes it has.
    pub(crate) fn finish(mut self, tables: &[TableTally]) -> io::Result<u64> {
        self.chunk(LAST, &serde_json::to_vec(tables)?)?;
        self.draft.publish()?;
        Ok(self.length)
    }

    fn chunk(&mut self, what: u8, plain: &[u8]) -> io::Result<()> {
        let context = context(&self.label, self.chunks, what);
        let sealed = self.sealer.seal(self.random, &context, plain);
        let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
        if length > super::LONGEST_CHUNK {
            return Err(io::Error::other(
                "a row is too large for a file of this format",
            ));
        }
        self.chunks += 1;
        self.write(&[what])?;
        self.write(&length.to_be_bytes())?;
        self.write(&sealed)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        self.draft.write(bytes)
    }
}
