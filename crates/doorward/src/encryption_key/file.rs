//! A file with the key, which only its owner may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use doorward_core::random::Random;
use doorward_core::seal::KeyEncryptionKey;
use zeroize::Zeroizing;

use super::Sealed;
use super::refused::NoKey;

/// What the file at `path` holds, which is made if it is not there and nothing was ever `sealed`.
pub(super) fn read_or_make(
    path: &Path,
    sealed: Sealed,
    random: &dyn Random,
) -> Result<Zeroizing<String>, NoKey> {
    if let Some(text) = read(path)? {
        return Ok(text);
    }
    if sealed == Sealed::Something {
        return Err(NoKey::Lost(path.to_owned()));
    }
    create(path, random).map_err(|error| failed(path, error))?;
    // Another process may have been first; what is in the file now is the key of both.
    read(path)?.ok_or_else(|| NoKey::Lost(path.to_owned()))
}

/// What the file at `path` holds, if it is there.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, NoKey> {
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
    Ok(Some(Zeroizing::new(text)))
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

    fn open_in(directory: &Path, sealed: Sealed) -> Result<Zeroizing<String>, NoKey> {
        read_or_make(&directory.join("data/key"), sealed, &SystemRandom)
    }

    #[test]
    fn the_first_start_makes_a_key_that_only_its_owner_reads_and_later_ones_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let made = open_in(directory.path(), Sealed::Nothing).unwrap();
        let read = open_in(directory.path(), Sealed::Something).unwrap();
        assert_eq!(*made, *read);

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
    fn no_new_key_is_made_beside_what_the_old_one_sealed() {
        let directory = tempfile::tempdir().unwrap();
        let refused = open_in(directory.path(), Sealed::Something).unwrap_err();
        assert!(matches!(refused, NoKey::Lost(_)), "{refused}");
        assert!(!directory.path().join("data/key").exists());
    }

    #[test]
    fn creating_never_replaces_a_key() {
        let directory = tempfile::tempdir().unwrap();
        let made = open_in(directory.path(), Sealed::Nothing).unwrap();
        create(&directory.path().join("data/key"), &SystemRandom).unwrap();
        let read = open_in(directory.path(), Sealed::Nothing).unwrap();
        assert_eq!(*made, *read);
    }
}
