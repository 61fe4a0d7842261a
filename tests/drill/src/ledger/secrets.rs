//! What must not be in any log, and how it is found there.
//!
//! Tens of thousands of secrets are looked for in many megabytes. So of each secret two pieces are kept, its end
//! and its middle, and a window of that length moves over the text: a secret that was cut short is found too.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The length of a piece: too long to be met by chance.
const PIECE: usize = 16;

/// Pieces of secrets, with the kind of each.
#[derive(Debug, Default)]
pub(crate) struct Secrets(HashMap<u128, &'static str, BuildHasherDefault<Fold>>);

impl Secrets {
    /// Adds a secret. One that is shorter than a piece is none.
    pub(super) fn add(&mut self, kind: &'static str, text: &str) {
        let bytes = text.as_bytes();
        let Some(end) = bytes.len().checked_sub(PIECE) else {
            return;
        };
        for start in [end / 2, end] {
            let piece = bytes.get(start..start + PIECE).unwrap_or_default();
            self.0.insert(piece.iter().copied().fold(0, shift), kind);
        }
    }

    /// The kinds of the secrets that are in a text.
    pub(crate) fn found_in(&self, text: &[u8]) -> Vec<&'static str> {
        let mut window = 0;
        let mut found = Vec::new();
        for (index, byte) in text.iter().copied().enumerate() {
            window = shift(window, byte);
            if index + 1 >= PIECE
                && let Some(kind) = self.0.get(&window)
            {
                found.push(*kind);
            }
        }
        found
    }

    /// How much of a text has to be looked at again together with what follows.
    pub(crate) const fn overlap() -> u64 {
        PIECE as u64 - 1
    }
}

fn shift(window: u128, byte: u8) -> u128 {
    (window << 8) | u128::from(byte)
}

/// A hash that is cheap; nobody chooses these keys to collide.
#[derive(Debug, Default)]
struct Fold(u64);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves are folded in")]
    fn write_u128(&mut self, value: u128) {
        self.0 = (value as u64 ^ (value >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "dw_rt_2sJ8kQvXw0ZbN4yTm7RfLcPaHg1uEoDi";

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add("refresh token", TOKEN);
        secrets.add("short", "hunter2");
        secrets
    }

    #[test]
    fn a_secret_is_found_whole_and_cut_short_at_either_end() {
        for text in [
            format!("{{\"message\":\"refused {TOKEN}\"}}"),
            TOKEN.to_owned(),
            format!("x{}", &TOKEN[4..]),
            TOKEN[..34].to_owned(),
        ] {
            assert!(!secrets().found_in(text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn other_text_holds_no_secret() {
        let other = TOKEN.to_lowercase();
        for text in [other.as_str(), "", "dw_rt_", "hunter2"] {
            assert!(secrets().found_in(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
