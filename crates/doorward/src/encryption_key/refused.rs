//! Why there is no key, or why it does not help.

use std::io;
use std::path::PathBuf;

use doorward_core::seal::Fingerprint;

use super::Place;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoKey {
    /// What the place holds is no key.
    #[error(
        "{0} does not hold 64 hexadecimal digits, or several times as many, the newest key first"
    )]
    Content(Place),
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
        "{} is not there, but the directory holds keys that were sealed with it; \
         put the file back, or name its place with `key_file`",
        .0.display()
    )]
    Lost(PathBuf),
    /// There is no file, nor anything in its place.
    #[error(
        "there is no key: put the key-encryption key into {}, name its place with `key_file` or \
         `key_command`, or set {}",
        .0.display(), super::VARIABLE
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
    /// The command printed no key.
    #[error("{place}, which is to print the key-encryption key, {reason}")]
    Command {
        /// The command.
        place: Place,
        /// What happened, without anything that it printed to its output.
        reason: String,
    },
}

/// Why the root key of a directory does not open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WrongKey {
    /// Another key sealed it.
    #[error(
        "the directory is sealed under the key-encryption key {sealed_by}, and {place} holds {}: \
         put that key there, or name the place where it is",
        listed(found)
    )]
    Other {
        /// The key that is needed.
        sealed_by: Fingerprint,
        /// Where keys were looked for.
        place: Place,
        /// Those that are there.
        found: Vec<Fingerprint>,
    },
    /// An earlier release kept no root key, and these keys do not open what it sealed.
    #[error(
        "{place} holds the key-encryption key {}, which does not open the signing keys of the directory: \
         put the key there that they were sealed with, or name the place where it is",
        listed(found)
    )]
    OfBefore {
        /// Where keys were looked for.
        place: Place,
        /// Those that are there.
        found: Vec<Fingerprint>,
    },
    /// The right key does not open it.
    #[error(
        "the root key of the directory is damaged: its key-encryption key {0} does not open it; restore a backup"
    )]
    Damaged(Fingerprint),
}

fn listed(fingerprints: &[Fingerprint]) -> String {
    let texts: Vec<String> = fingerprints.iter().map(ToString::to_string).collect();
    texts.join(" and ")
}
