//! The key-encryption key: read from a variable or a file, or made on first start.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use doorward_core::random::Random;
use doorward_core::seal::KeyEncryptionKey;

/// The variable that may hold the key itself.
pub const VARIABLE: &str = "DOORWARD_KEY_ENCRYPTION_KEY";

/// What was already sealed in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// Nothing, so that a new key loses nothing.
    Nothing,
    /// Signing keys, which only the key they were sealed with opens.
    SigningKeys,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    /// The variable holds no key.
    #[error("the variable {VARIABLE} does not hold 64 hexadecimal digits")]
    Variable,
    /// The file holds no key.
    #[error("{} does not hold 64 hexadecimal digits", .0.display())]
    Content(PathBuf),
    /// Others than the owner may read the file.
    #[error(
        "{} may be read by others (mode {mode:03o}); run `chmod 600 {}`",
        path.display(), path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file is gone, and what it sealed is still there.
    #[error(
        "{} is not there, but the directory holds signing keys that were sealed with it; \
         put the file back, or name its place with `key_file`",
        .0.display()
    )]
    Lost(PathBuf),
    /// There is neither the variable nor the file.
    #[error(
        "there is no key: put the key-encryption key into {}, name its place with `key_file`, \
         or set {VARIABLE}",
        .0.display()
    )]
    Missing(PathBuf),
    /// The file cannot be read or made.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// The key in the variable, or else in the file at `path`, which is made if nothing was ever `sealed`.
pub fn open(
    variable: Option<&str>,
    path: &Path,
    sealed: Sealed,
    random: &dyn Random,
) -> Result<KeyEncryptionKey, NoKey> {
    if let Some(text) = variable {
        return KeyEncryptionKey::parse(text).ok_or(NoKey::Variable);
    }
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    if sealed == Sealed::SigningKeys {
        return Err(NoKey::Lost(path.to_owned()));
    }
    create(path, random).map_err(|error| failed(path, error))?;
    // Another process may have been first; what is in the file now is the key of both.
    read(path)?.ok_or_else(|| NoKey::Lost(path.to_owned()))
}

/// The key in the variable, or else in the file at `path`; none is made.
pub(crate) fn present(variable: Option<&str>, path: &Path) -> Result<KeyEncryptionKey, NoKey> {
    match variable {
        Some(text) => KeyEncryptionKey::parse(text).ok_or(NoKey::Variable),
        None => read(path)?.ok_or_else(|| NoKey::Missing(path.to_owned())),
    }
}

/// The key in the file at `path`.
pub(crate) fn at(path: &Path) -> Result<KeyEncryptionKey, NoKey> {
    read(path)?.ok_or_else(|| failed(path, io::ErrorKind::NotFound.into()))
}

fn read(path: &Path) -> Result<Option<KeyEncryptionKey>, NoKey> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| failed(path, error))?,
    };
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(NoKey::Exposed { path, mode });
    }
    let text = fs::read_to_string(path).map_err(|error| failed(path, error))?;
    KeyEncryptionKey::parse(&text)
        .map(Some)
        .ok_or_else(|| NoKey::Content(path.to_owned()))
}

/// Writes a new key beside `path` and links it there in one step, so that the file is whole
/// whenever it is there, and never replaces one.
fn create(path: &Path, random: &dyn Random) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new(""));
    make_directory(parent)?;
    let [a, b] = random.bytes::<2>();
    let draft = path.with_extension(format!("draft-{a:02x}{b:02x}"));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let linked = file
        .write_all(KeyEncryptionKey::generate(random).to_text().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .and_then(|()| match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        });
    fs::remove_file(&draft)?;
    linked?;
    let directory = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    File::open(directory)?.sync_all()
}

/// Makes a directory that only its owner may enter, if there is none.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn failed(path: &Path, error: io::Error) -> NoKey {
    NoKey::File {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::ambient::SystemRandom;

    fn open_in(directory: &Path, sealed: Sealed) -> Result<KeyEncryptionKey, NoKey> {
        open(None, &directory.join("data/key"), sealed, &SystemRandom)
    }

    #[test]
    fn the_first_start_makes_a_key_that_only_its_owner_reads_and_later_ones_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let made = open_in(directory.path(), Sealed::Nothing).unwrap();
        let read = open_in(directory.path(), Sealed::SigningKeys).unwrap();
        assert_eq!(*made.to_text(), *read.to_text());

        let file = directory.path().join("data/key");
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        let data = file.parent().unwrap();
        assert_eq!(fs::metadata(data).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(data).unwrap().count(), 1, "no draft stays");
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        open_in(directory.path(), Sealed::Nothing).unwrap();
        let file = directory.path().join("data/key");
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let refused = open_in(directory.path(), Sealed::Nothing).unwrap_err();
            assert!(refused.to_string().contains("chmod 600"), "{refused}");
        }
    }

    #[test]
    fn no_new_key_is_made_beside_keys_that_the_old_one_sealed() {
        let directory = tempfile::tempdir().unwrap();
        let refused = open_in(directory.path(), Sealed::SigningKeys).unwrap_err();
        assert!(matches!(refused, NoKey::Lost(_)), "{refused}");
        assert!(!directory.path().join("data/key").exists());
    }

    #[test]
    fn creating_never_replaces_a_key() {
        let directory = tempfile::tempdir().unwrap();
        let made = open_in(directory.path(), Sealed::Nothing).unwrap();
        create(&directory.path().join("data/key"), &SystemRandom).unwrap();
        let read = open_in(directory.path(), Sealed::Nothing).unwrap();
        assert_eq!(*made.to_text(), *read.to_text());
    }

    #[test]
    fn a_file_without_a_key_is_refused_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        open_in(directory.path(), Sealed::Nothing).unwrap();
        let file = directory.path().join("data/key");
        fs::write(&file, "not a key").unwrap();
        let refused = open_in(directory.path(), Sealed::Nothing).unwrap_err();
        assert!(matches!(refused, NoKey::Content(_)), "{refused}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "not a key");
    }

    #[test]
    fn the_variable_comes_first_and_is_never_printed() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key");
        let text = "ab".repeat(32);
        let key = open(Some(&text), &file, Sealed::SigningKeys, &SystemRandom).unwrap();
        assert_eq!(*key.to_text(), text);
        assert!(!file.exists());
        let refused = open(Some("hush"), &file, Sealed::Nothing, &SystemRandom).unwrap_err();
        assert!(!refused.to_string().contains("hush"), "{refused}");
    }
}
