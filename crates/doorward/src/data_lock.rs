//! Keeps servers and those who move in apart, on one machine: a lock on the folder of the directory's file, or on the
//! data directory where there is no file.
//!
//! The system lets go of it when the process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use doorward_directory::Location;

use crate::configuration::Configuration;

/// A share in a data directory, until it is dropped.
#[derive(Debug)]
pub(crate) struct DataLock {
    _directory: File,
}

impl DataLock {
    /// The share of a server; there may be several.
    pub(crate) fn to_serve(configuration: &Configuration) -> Result<Self> {
        let data = &folder(configuration)?;
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
    pub(crate) fn to_move_in(configuration: &Configuration) -> Result<Self> {
        let data = &folder(configuration)?;
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

fn folder(configuration: &Configuration) -> Result<PathBuf> {
    let data = &configuration.server.data;
    Ok(match configuration.directory()? {
        Location::Embedded(file) => file.parent().map_or_else(|| data.clone(), Path::to_owned),
        Location::Postgres(_) => data.clone(),
    })
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
        let mut house = Configuration::default();
        folder.path().clone_into(&mut house.server.data);
        let servers = [(); 2].map(|()| DataLock::to_serve(&house).unwrap());
        let refused = DataLock::to_move_in(&house).unwrap_err().to_string();
        assert!(refused.contains("a server is running on"), "{refused}");

        drop(servers);
        let moving = DataLock::to_move_in(&house).unwrap();
        assert!(DataLock::to_move_in(&house).is_err());
        let refused = DataLock::to_serve(&house).unwrap_err().to_string();
        assert!(refused.contains("is being brought into"), "{refused}");
        drop(moving);
        DataLock::to_serve(&house).unwrap();
    }
}
