//! A file that nobody sees before it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use doorward_core::random::Random;

/// What becomes of a file that has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays, and nothing is written.
    Kept,
    /// It goes when the new one is whole.
    Replaced,
}

/// A file beside the place that it is for, readable for its owner only. Dropped, it is removed.
pub(super) struct Draft {
    file: File,
    path: PathBuf,
    place: PathBuf,
    existing: Existing,
}

impl Draft {
    pub(super) fn beside(
        place: &Path,
        existing: Existing,
        random: &dyn Random,
    ) -> io::Result<Self> {
        if existing == Existing::Kept && place.exists() {
            return Err(taken());
        }
        let name = place.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let suffix = u32::from_le_bytes(random.bytes());
        let path = place.with_file_name(format!(".{}.{suffix:08x}", name.to_string_lossy()));
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Self {
            file,
            path,
            place: place.to_owned(),
            existing,
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts the file in its place in one step, when it is on disk, and makes that last too.
    pub(super) fn publish(self) -> io::Result<()> {
        self.file.sync_all()?;
        match self.existing {
            Existing::Replaced => fs::rename(&self.path, &self.place)?,
            // A link is never made over a file that came meanwhile. The draft goes when it is dropped.
            Existing::Kept => fs::hard_link(&self.path, &self.place).map_err(|error| {
                if error.kind() == io::ErrorKind::AlreadyExists {
                    taken()
                } else {
                    error
                }
            })?,
        }
        let folder = self
            .place
            .parent()
            .filter(|path| !path.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is not there any more when it was renamed.
        fs::remove_file(&self.path).ok();
    }
}

fn taken() -> io::Error {
    io::Error::new(
        io::ErrorKind::AlreadyExists,
        "there is a file of that name; choose another, or replace it with --force",
    )
}
