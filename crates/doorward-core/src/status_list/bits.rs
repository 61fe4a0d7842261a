//! The statuses of many tokens, one bit each
//! ([Token Status List section 4.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-4.1)).

use std::fmt;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::index::LIST_LENGTH;
use crate::jose::base64url;

/// The statuses of the tokens of one list: a bit that is set says `INVALID`
/// ([section 7.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-7.1)).
#[derive(Clone, PartialEq, Eq)]
pub struct StatusBits(Vec<u8>);

/// Why a text is no status list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no base64url of a byte array that zlib compressed, of at most {LIST_LENGTH} bits")]
pub struct UndecodableStatusList;

impl fmt::Debug for StatusBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let revoked: u32 = self.0.iter().map(|byte| byte.count_ones()).sum();
        write!(f, "StatusBits({revoked} of {})", self.0.len() * 8)
    }
}

impl Default for StatusBits {
    /// A whole list of valid tokens. It is as long whether they were issued or not, so that nobody learns how many were.
    fn default() -> Self {
        Self(vec![0; LIST_LENGTH as usize / 8])
    }
}

impl StatusBits {
    /// Sets the status of the token with this `idx` to `INVALID`; an index beyond the list changes nothing.
    pub fn revoke(&mut self, idx: u32) {
        if let Some(byte) = self.0.get_mut(idx as usize / 8) {
            *byte |= 1 << (idx % 8);
        }
    }

    /// Whether the token with this `idx` was revoked; `None` when the list does not reach so far.
    pub fn is_revoked(&self, idx: u32) -> Option<bool> {
        let byte = self.0.get(idx as usize / 8)?;
        Some(byte >> (idx % 8) & 1 == 1)
    }

    /// `lst`: compressed, as base64url.
    pub fn encode(&self) -> String {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        // Nothing fails that writes to memory.
        let written = encoder.write_all(&self.0).and_then(|()| encoder.finish());
        base64url::encode(written.unwrap_or_default())
    }

    /// Reads `lst`, and no more of it than a list of ours may have: a few bytes may stand for very many.
    pub fn decode(lst: &str) -> Result<Self, UndecodableStatusList> {
        let compressed = base64url::decode(lst).ok_or(UndecodableStatusList)?;
        let most = u64::from(LIST_LENGTH / 8);
        let mut bytes = Vec::new();
        ZlibDecoder::new(compressed.as_slice())
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| UndecodableStatusList)?;
        if bytes.len() as u64 > most {
            return Err(UndecodableStatusList);
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [Section 4.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-4.2).
    const SHORT: &str = "eNrbuRgAAhcBXQ";

    /// [Appendix C.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#appendix-C.1).
    const LONG: &str = "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb";

    /// Which indices [`LONG`] says to be invalid.
    const REVOKED: [u32; 11] = [
        0, 1993, 25460, 159_495, 495_669, 554_353, 645_645, 723_232, 854_545, 934_534, 1_000_345,
    ];

    #[test]
    fn the_short_vector_is_read_bit_by_bit() {
        let bits = StatusBits::decode(SHORT).unwrap();
        let revoked: Vec<u32> = (0..16)
            .filter(|idx| bits.is_revoked(*idx) == Some(true))
            .collect();
        assert_eq!(revoked, [0, 3, 4, 5, 7, 8, 9, 13, 15]);
        assert_eq!(bits.is_revoked(16), None);
        assert_eq!(bits.encode(), SHORT);
    }

    #[test]
    fn the_long_vector_is_written_and_read() {
        let mut bits = StatusBits::default();
        for idx in REVOKED {
            bits.revoke(idx);
        }
        assert_eq!(StatusBits::decode(LONG), Ok(bits.clone()));
        assert_eq!(StatusBits::decode(&bits.encode()), Ok(bits));
    }

    #[test]
    fn an_index_beyond_the_list_changes_nothing() {
        let mut bits = StatusBits::default();
        bits.revoke(LIST_LENGTH);
        assert_eq!(bits, StatusBits::default());
        assert_eq!(bits.is_revoked(LIST_LENGTH), None);
        assert_eq!(bits.is_revoked(LIST_LENGTH - 1), Some(false));
    }

    /// [Section 11.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-11.1).
    #[test]
    fn what_is_no_list_or_too_long_is_refused() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 1 << 24]).unwrap();
        let bomb = base64url::encode(encoder.finish().unwrap());
        assert!(bomb.len() < 30_000);
        for bad in ["", "!", "eNrbuRgA", "AAAA", bomb.as_str()] {
            assert_eq!(StatusBits::decode(bad), Err(UndecodableStatusList));
        }
    }
}
