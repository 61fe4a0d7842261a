//! Why a file cannot be read as an archive: one sentence for each reason.

use std::io::{self, Read};

use doorward_directory::transfer;
use serde_json::Value;

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    /// It is something else.
    #[error("this is no file that `doorward export` or `doorward backup` wrote")]
    NoArchive,
    /// Another key than ours.
    #[error("the file was sealed with another key-encryption key{} than the one that is given here", named(.0.as_deref()))]
    WrongKey(Option<String>),
    /// Something in it is not as it was written.
    #[error("the file is damaged; use another copy of it")]
    Damaged,
    /// Something of it is missing.
    #[error(
        "the file ends too early: it was not copied whole, or it is damaged; use another copy of it"
    )]
    CutOff,
    /// It was written by a release that this one does not know.
    #[error(
        "the file was written by a later release ({release}); use that release, or one after it"
    )]
    Newer {
        /// Which.
        release: String,
    },
    /// Its rows are not those of this release.
    #[error("{0}; use the release that wrote the file")]
    Rows(#[from] transfer::Unreadable),
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
}

/// The fingerprint of a key, if it is known.
fn named(fingerprint: Option<&str>) -> String {
    fingerprint.map_or_else(String::new, |text| format!(" ({text})"))
}

impl Unreadable {
    /// Of a description that may name the key.
    pub(super) fn wrong_key(description: &[u8]) -> Self {
        let description = serde_json::from_slice::<Value>(description).unwrap_or_default();
        let sealed_by = description.get("sealed_by").and_then(Value::as_str);
        Self::WrongKey(sealed_by.map(str::to_owned))
    }

    /// Of a description that this release may not know how to read.
    pub(super) fn newer(description: &[u8]) -> Self {
        let description = serde_json::from_slice::<Value>(description).unwrap_or_default();
        let release = description.get("release").and_then(Value::as_str);
        Self::Newer {
            release: release.unwrap_or("unknown").to_owned(),
        }
    }
}

/// Reads as many bytes as `to` holds.
pub(super) fn fill(file: &mut impl Read, to: &mut [u8]) -> Result<(), Unreadable> {
    file.read_exact(to).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Unreadable::CutOff,
        _ => Unreadable::File(error),
    })
}

/// The next bytes.
pub(super) fn take<const N: usize>(file: &mut impl Read) -> Result<[u8; N], Unreadable> {
    let mut bytes = [0; N];
    fill(file, &mut bytes)?;
    Ok(bytes)
}
