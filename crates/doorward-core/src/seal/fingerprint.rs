//! What names a key without giving it away.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a key-encryption key: 16 hexadecimal digits that are made with it and say nothing else about it. It may be stored, logged
/// and shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 8]);

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 16 hexadecimal digits in small letters")]
pub struct NoFingerprint;

impl Fingerprint {
    /// The first bytes of a mark that only the key can make.
    pub(super) fn of(mark: [u8; 32]) -> Self {
        let mut name = [0; 8];
        for (byte, made) in name.iter_mut().zip(mark) {
            *byte = made;
        }
        Self(name)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 16 || !text.bytes().all(digits) {
            return Err(NoFingerprint);
        }
        let number = u64::from_str_radix(text, 16).map_err(|_| NoFingerprint)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = NoFingerprint;

    fn try_from(text: String) -> Result<Self, NoFingerprint> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_back_and_nothing_else_does() {
        let text = "00ff10a9b8c7d6e5";
        let fingerprint: Fingerprint = text.parse().unwrap();
        assert_eq!(fingerprint.to_string(), text);
        assert_eq!(format!("{fingerprint:?}"), format!("Fingerprint({text})"));
        for bad in [
            "",
            "00ff10a9b8c7d6e",
            "00FF10a9b8c7d6e5",
            "+0ff10a9b8c7d6e5",
            "00ff10a9b8c7d6e5a",
        ] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(NoFingerprint), "{bad}");
        }
    }
}
