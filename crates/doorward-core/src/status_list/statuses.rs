//! The statuses of many tokens as they are read, some bits each
//! ([Token Status List section 4.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-4.1)).

use std::fmt;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::index::LIST_LENGTH;
use crate::jose::base64url;

/// `VALID` ([section 7.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-7.1)).
const VALID: u8 = 0;

/// The statuses of the tokens of one list.
#[derive(Clone, PartialEq, Eq)]
pub struct Statuses {
    bits: u8,
    bytes: Vec<u8>,
}

/// Why a text is no status list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is no base64url of a byte array that zlib compressed, of at most {LIST_LENGTH} statuses of 1, 2, 4 or 8 bits"
)]
pub struct UndecodableStatusList;

impl fmt::Debug for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Statuses({} of {} bits)", self.len(), self.bits)
    }
}

impl Statuses {
    /// Reads `lst`, whose statuses have `bits` bits each, and no more of it than a list of ours may have: a few bytes may stand for
    /// very many ([section 11.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-11.1)).
    pub fn decode(bits: u8, lst: &str) -> Result<Self, UndecodableStatusList> {
        if !matches!(bits, 1 | 2 | 4 | 8) {
            return Err(UndecodableStatusList);
        }
        let compressed = base64url::decode(lst).ok_or(UndecodableStatusList)?;
        let most = u64::from(LIST_LENGTH / 8) * u64::from(bits);
        let mut bytes = Vec::new();
        ZlibDecoder::new(compressed.as_slice())
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| UndecodableStatusList)?;
        if bytes.len() as u64 > most {
            return Err(UndecodableStatusList);
        }
        Ok(Self { bits, bytes })
    }

    /// Whether the token with this `idx` is `VALID`; `None` when the list does not reach so far. Of what other statuses mean nothing
    /// is known but that: nobody who does not know one lets its token pass.
    pub fn is_valid(&self, idx: u32) -> Option<bool> {
        self.status(idx).map(|status| status == VALID)
    }

    /// The first status of a byte is in its lowest bits.
    fn status(&self, idx: u32) -> Option<u8> {
        let per_byte = 8 / u32::from(self.bits);
        let byte = self.bytes.get((idx / per_byte) as usize)?;
        let shift = u32::from(self.bits) * (idx % per_byte);
        Some(byte >> shift & u8::MAX >> (8 - self.bits))
    }

    const fn len(&self) -> usize {
        self.bytes.len() * 8 / self.bits as usize
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    /// [Section 4.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-4.2).
    const SHORT: &str = "eNrbuRgAAhcBXQ";

    fn compressed(bytes: &[u8]) -> String {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        base64url::encode(encoder.finish().unwrap())
    }

    fn all(statuses: &Statuses) -> Vec<u8> {
        (0..).map_while(|idx| statuses.status(idx)).collect()
    }

    /// [Section 4.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-4.2).
    #[test]
    fn the_short_vectors_are_read_bit_by_bit() {
        let one = Statuses::decode(1, SHORT).unwrap();
        assert_eq!(all(&one), [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        let two = Statuses::decode(2, "eNo76fITAAPfAgc").unwrap();
        assert_eq!(all(&two), [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    }

    /// [Section 7.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-7.1).
    #[test]
    fn no_status_but_one_is_valid() {
        let four = Statuses::decode(4, &compressed(&[0x10, 0xf2])).unwrap();
        let valid: Vec<_> = (0..5).map(|idx| four.is_valid(idx)).collect();
        assert_eq!(
            valid,
            [Some(true), Some(false), Some(false), Some(false), None]
        );
    }

    /// [Section 11.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-11.1).
    #[test]
    fn what_is_no_list_or_too_long_is_refused() {
        for bad in ["", "!", "eNrbuRgA", "AAAA", "eNrbuRgAAhc"] {
            assert_eq!(
                Statuses::decode(1, bad),
                Err(UndecodableStatusList),
                "{bad}"
            );
        }
        for bits in [0, 3, 16] {
            assert_eq!(Statuses::decode(bits, SHORT), Err(UndecodableStatusList));
        }
        for bits in [1, 2, 4, 8] {
            let most = vec![0; (LIST_LENGTH / 8) as usize * usize::from(bits)];
            let whole = Statuses::decode(bits, &compressed(&most)).unwrap();
            assert_eq!(whole.is_valid(LIST_LENGTH - 1), Some(true));
            assert_eq!(whole.is_valid(LIST_LENGTH), None);
            let bomb = compressed(&[&most[..], &[0]].concat());
            assert!(bomb.len() < 2_000);
            assert_eq!(Statuses::decode(bits, &bomb), Err(UndecodableStatusList));
        }
    }

    proptest! {
        #[test]
        fn each_status_is_found_where_it_was_put(
            statuses in prop::collection::vec(0_u8..4, 1..100),
        ) {
            let bytes: Vec<u8> = statuses
                .chunks(4)
                .map(|four| (0..).zip(four).fold(0, |byte, (at, status)| byte | status << (2 * at)))
                .collect();
            let read = Statuses::decode(2, &compressed(&bytes)).unwrap();
            for (idx, status) in (0..).zip(&statuses) {
                prop_assert_eq!(read.status(idx), Some(*status));
            }
        }

        #[test]
        fn no_text_makes_it_panic(lst in "[A-Za-z0-9_-]{0,60}", idx in any::<u32>()) {
            let _ = Statuses::decode(1, &lst).map(|read| read.is_valid(idx));
        }
    }
}
