//! Reads an archive, chunk by chunk, as often as needed.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use doorward_core::seal::{KeyEncryptionKey, Sealer};
use doorward_directory::transfer::{Batch, TableTally};
use zeroize::Zeroizing;

use super::label::{self, Description};
use super::unreadable::{Unreadable, take};
use super::{LAST, LONGEST_CHUNK, ROWS, context, sealer};

/// An archive that is read from its beginning to its end.
pub(crate) struct Reader {
    file: BufReader<File>,
    description: Description,
    sealer: Sealer,
    label: [u8; 32],
    /// Where the first chunk is.
    beginning: u64,
    chunks: u64,
}

/// What a chunk holds.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Rows.
    Rows(Batch),
    /// What all rows before come to. Nothing follows it.
    Last(Vec<TableTally>),
}

impl Reader {
    /// Opens the archive at `path` and proves that `key` is the one that it was written with.
    pub(crate) fn open(path: &Path, key: &KeyEncryptionKey) -> Result<Self, Unreadable> {
        let mut file = BufReader::new(File::open(path)?);
        let sealer = sealer(key);
        let (description, label) = label::read(&mut file, &sealer)?;
        Ok(Self {
            beginning: file.stream_position()?,
            file,
            description,
            sealer,
            label,
            chunks: 0,
        })
    }

    /// Opens the archive with whichever of `keys` it was written with, and says which.
    pub(crate) fn open_with<'k>(
        path: &Path,
        keys: impl Iterator<Item = &'k KeyEncryptionKey>,
    ) -> Result<(Self, &'k KeyEncryptionKey), Unreadable> {
        let mut refused = Unreadable::WrongKey(None);
        for key in keys {
            match Self::open(path, key) {
                Err(error @ Unreadable::WrongKey(_)) => refused = error,
                opened => return opened.map(|reader| (reader, key)),
            }
        }
        Err(refused)
    }

    /// What the archive says of itself.
    pub(crate) const fn description(&self) -> &Description {
        &self.description
    }

    /// Goes back to the first rows.
    pub(crate) fn rewind(&mut self) -> Result<(), Unreadable> {
        self.file.seek(SeekFrom::Start(self.beginning))?;
        self.chunks = 0;
        Ok(())
    }

    /// What comes next. After the last piece nothing may be asked for.
    pub(crate) fn next(&mut self) -> Result<Piece, Unreadable> {
        let [what] = take(&mut self.file)?;
        let plain = self.chunk(what)?;
        match what {
            ROWS => Ok(Piece::Rows(Batch::decode(&plain)?)),
            LAST => self.last(&plain),
            _ => Err(Unreadable::Damaged),
        }
    }

    fn chunk(&mut self, what: u8) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        let length = u32::from_be_bytes(take(&mut self.file)?);
        if length > LONGEST_CHUNK {
            return Err(Unreadable::Damaged);
        }
        // Grows by what is there, whatever a damaged length says.
        let mut sealed = Vec::new();
        (&mut self.file)
            .take(length.into())
            .read_to_end(&mut sealed)?;
        if sealed.len() < length as usize {
            return Err(Unreadable::CutOff);
        }
        let context = context(&self.label, self.chunks, what);
        self.chunks += 1;
        self.sealer
            .open(&context, &sealed)
            .map_err(|_| Unreadable::Damaged)
    }

    fn last(&mut self, plain: &[u8]) -> Result<Piece, Unreadable> {
        let tables = serde_json::from_slice(plain).map_err(|_| Unreadable::Damaged)?;
        match self.file.read(&mut [0])? {
            0 => Ok(Piece::Last(tables)),
            _ => Err(Unreadable::Damaged),
        }
    }
}
