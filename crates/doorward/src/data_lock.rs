//! Keeps servers and those who move in apart, on one machine: a lock on the data directory itself.
//!
//! The system lets go of it when the process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use anyhow::{Result, bail};

/// A share in a data directory, until it is dropped.
#[derive(Debug)]
pub(crate) struct DataLock {
    _directory: File,
}

impl DataLock {
    /// The share of a server; there may be several.
    pub(crate) fn to_serve(data: &Path) -> Result<Self> {
        let directory = open(data)?;
        match directory.try_lock_shared() {
            Ok(()) => Ok(Self {
                _directory: directory,
            }),
            Err(TryLockError::WouldBlock) => bail!(
                "a file is being brought into {} at this moment; start when that is done",
                data.display()
            ),
            Err(TryLockError::Error(error)) => Err(failed(error, data)),
        }
    }

    /// The whole of it, for moving in; there must be no server.
    pub(crate) fn to_move_in(data: &Path) -> Result<Self> {
        let directory = open(data)?;
        match directory.try_lock() {
            Ok(()) => Ok(Self {
                _directory: directory,
            }),
            Err(TryLockError::WouldBlock) => bail!(
                "a server is running on {}, or another file is being brought in; stop it first",
                data.display()
            ),
            Err(TryLockError::Error(error)) => Err(failed(error, data)),
        }
    }
}

fn open(data: &Path) -> Result<File> {
    File::open(data).map_err(|error| failed(error, data))
}

fn failed(error: io::Error, data: &Path) -> anyhow::Error {
    anyhow::Error::from(error).context(format!("cannot lock {}", data.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_share_and_whoever_moves_in_is_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let servers = [
            DataLock::to_serve(data).unwrap(),
            DataLock::to_serve(data).unwrap(),
        ];
        let refused = DataLock::to_move_in(data).unwrap_err().to_string();
        assert!(refused.contains("a server is running on"), "{refused}");

        drop(servers);
        let moving = DataLock::to_move_in(data).unwrap();
        assert!(DataLock::to_move_in(data).is_err());
        let refused = DataLock::to_serve(data).unwrap_err().to_string();
        assert!(refused.contains("is being brought into"), "{refused}");
        drop(moving);
        DataLock::to_serve(data).unwrap();
    }
}
