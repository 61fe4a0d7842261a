//! Connections that only read.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rusqlite::Connection;

use super::file;

/// As many connections as the machine has cores: reads run on the threads that ask for them.
pub(super) struct Readers {
    first: Mutex<Connection>,
    others: Vec<Mutex<Connection>>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let open = || file::open_to_read(path).map(Mutex::new);
        Ok(Self {
            first: open()?,
            others: (1..cores).map(|_| open()).collect::<Result<_, _>>()?,
        })
    }

    /// Reads through a connection that is free, or through the first one as soon as it is.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Connection) -> T) -> T {
        let free = self.others.iter().find_map(|reader| reader.try_lock().ok());
        read(&free.unwrap_or_else(|| self.wait_for_first()))
    }

    fn wait_for_first(&self) -> MutexGuard<'_, Connection> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
