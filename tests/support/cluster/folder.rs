//! Where everything of a cluster is: one folder, which goes with it unless it is to be kept.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

/// The folder of one cluster.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _temporary: Option<TempDir>,
}

impl Folder {
    /// A folder that is removed at the end.
    pub fn temporary() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("doorward-cluster-")
            .tempdir()?;
        Self::prepare(folder.path().to_owned(), Some(folder))
    }

    /// A folder that stays, made if it is not there.
    pub fn kept(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        Self::prepare(fs::canonicalize(path)?, None)
    }

    fn prepare(path: PathBuf, temporary: Option<TempDir>) -> Result<Self> {
        // PostgreSQL's account passes through to its own folder and sees nothing on the way.
        fs::set_permissions(&path, Permissions::from_mode(0o711))?;
        let folder = Self {
            path,
            _temporary: temporary,
        };
        folder.private("logs")?;
        Ok(folder)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A folder within that only its owner may enter, made if it is not there.
    pub fn private(&self, name: &str) -> Result<PathBuf> {
        let path = self.path.join(name);
        if !path.is_dir() {
            let made = DirBuilder::new().mode(0o700).create(&path);
            made.with_context(|| format!("cannot make {}", path.display()))?;
        }
        Ok(path)
    }

    /// Writes a file within that only its owner may read.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path.join(name);
        fs::write(&path, text).with_context(|| path.display().to_string())?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(path)
    }

    /// The log of the process of that name.
    pub fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{name}.log"))
    }

    /// The folder with all logs.
    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }
}
