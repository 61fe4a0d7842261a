//! The statuses of many tokens as they are written, one bit each
//! ([Token Status List section 4.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-4.1)).

use std::fmt;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::index::LIST_LENGTH;
use crate::jose::base64url;

/// The statuses of the tokens of one list: a bit that is set says `INVALID`
/// ([section 7.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-7.1)).
#[derive(Clone, PartialEq, Eq)]
pub struct StatusBits(Vec<u8>);

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

    /// `lst`: compressed, as base64url.
    pub fn encode(&self) -> String {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        // Nothing fails that writes to memory.
        let written = encoder.write_all(&self.0).and_then(|()| encoder.finish());
        base64url::encode(written.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status_list::Statuses;

    /// [Appendix C.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#appendix-C.1).
    const LONG: &str = "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb";

    /// Which indices [`LONG`] says to be invalid.
    const REVOKED: [u32; 11] = [
        0, 1993, 25460, 159_495, 495_669, 554_353, 645_645, 723_232, 854_545, 934_534, 1_000_345,
    ];

    fn read(bits: &StatusBits) -> Statuses {
        Statuses::decode(1, &bits.encode()).unwrap()
    }

    #[test]
    fn the_long_vector_is_written_and_read() {
        let mut bits = StatusBits::default();
        for idx in REVOKED {
            bits.revoke(idx);
        }
        assert_eq!(Statuses::decode(1, LONG), Ok(read(&bits)));
    }

    #[test]
    fn an_index_beyond_the_list_changes_nothing() {
        let mut bits = StatusBits::default();
        bits.revoke(LIST_LENGTH);
        assert_eq!(bits, StatusBits::default());
        let read = read(&bits);
        assert_eq!(read.is_valid(LIST_LENGTH), None);
        assert_eq!(read.is_valid(LIST_LENGTH - 1), Some(true));
    }
}
