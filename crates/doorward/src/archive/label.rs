//! The beginning of an archive: what it is, readable without a key.

use std::io::Read;

use aws_lc_rs::digest::{SHA256, digest};
use doorward_core::Timestamp;
use doorward_core::identifiers::ArchiveId;
use doorward_core::random::Random;
use doorward_core::seal::{Fingerprint, Sealer};
use doorward_directory::transfer::SHAPE;
use serde::{Deserialize, Serialize};

use super::unreadable::{Unreadable, fill, take};

const MAGIC: &[u8; 8] = b"doorward";

/// The version of the format that this release writes, and the latest that it reads.
const FORMAT: u16 = 1;

/// More than any description takes.
const LONGEST: u32 = 64 * 1024;

/// The length of what is sealed to prove the key: a nonce and a tag.
const PROOF: usize = 28;

/// What an archive says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Description {
    /// Its name.
    pub(crate) id: ArchiveId,
    /// What it was written for.
    pub(crate) kind: Kind,
    /// When, in milliseconds since 1970.
    pub(crate) made_at: Timestamp,
    /// The release that wrote it.
    pub(crate) release: String,
    /// The shape of its rows, which the reader must know.
    pub(crate) shape: u32,
    /// When what it holds was last restored; 0 for never.
    pub(crate) epoch: i64,
    /// How many rows it holds.
    pub(crate) rows: u64,
    /// The key-encryption key that it is sealed under; releases that kept no root key did not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sealed_by: Option<Fingerprint>,
}

/// What an archive was written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// To move house: everything goes on as it was.
    Export,
    /// To come back to, when everything else is lost.
    Backup,
}

impl Kind {
    /// The command that writes it, and its name in answers.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Backup => "backup",
        }
    }
}

/// A label as it stands in the file, and its checksum, which every chunk is sealed beside.
pub(super) struct Label {
    pub(super) bytes: Vec<u8>,
    pub(super) checksum: [u8; 32],
}

impl Label {
    pub(super) fn of(
        description: &Description,
        sealer: &Sealer,
        random: &dyn Random,
    ) -> Result<Self, serde_json::Error> {
        let description = serde_json::to_vec(description)?;
        let length = u32::try_from(description.len()).unwrap_or(u32::MAX);
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_be_bytes());
        bytes.extend(length.to_be_bytes());
        bytes.extend(description);
        let proof = sealer.seal(random, &bytes, b"");
        bytes.extend(proof);
        let checksum = sha256(&bytes);
        bytes.extend(checksum);
        Ok(Self { bytes, checksum })
    }
}

/// Reads a label: what it says, and its checksum. An error says what is wrong with it, or that `sealer` has another key
/// than the one it was written with.
pub(super) fn read(
    file: &mut impl Read,
    sealer: &Sealer,
) -> Result<(Description, [u8; 32]), Unreadable> {
    if take(file).ok() != Some(*MAGIC) {
        return Err(Unreadable::NoArchive);
    }
    let (format, length) = (take(file)?, take(file)?);
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(Unreadable::Damaged);
    }
    let mut description = vec![0; length as usize];
    fill(file, &mut description)?;
    let (proof, checksum) = (take::<PROOF>(file)?, take(file)?);
    let beside = [&MAGIC[..], &format, &length.to_be_bytes(), &description].concat();
    if sha256(&[&beside[..], &proof].concat()) != checksum {
        return Err(Unreadable::Damaged);
    }
    if u16::from_be_bytes(format) > FORMAT {
        return Err(Unreadable::newer(&description));
    }
    let opened = sealer.open(&beside, &proof);
    opened.map_err(|_| Unreadable::wrong_key(&description))?;
    Ok((parse(&description)?, checksum))
}

fn parse(bytes: &[u8]) -> Result<Description, Unreadable> {
    let description: Description =
        serde_json::from_slice(bytes).map_err(|_| Unreadable::newer(bytes))?;
    if description.shape > SHAPE {
        return Err(Unreadable::newer(bytes));
    }
    Ok(description)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}
