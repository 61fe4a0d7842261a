//! The states of tokens, some bits each, compressed
//! ([Token Status List section 4](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-4)).

use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use flate2::read::ZlibDecoder;
use serde::Deserialize;

/// The longest list, in bytes when it is not compressed: the states of 128 million tokens. What claims to be longer is a bomb.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The `status_list` claim.
#[derive(Deserialize)]
pub(super) struct Compressed {
    bits: u8,
    lst: String,
}

/// The states of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statuses {
    bits: u8,
    bytes: Vec<u8>,
}

impl Statuses {
    /// Takes a list apart; `None` for what is none.
    pub(super) fn decompress(compressed: &Compressed) -> Option<Self> {
        let bits = compressed.bits;
        if !matches!(bits, 1 | 2 | 4 | 8) {
            return None;
        }
        let deflated = BASE64_URL_SAFE_NO_PAD.decode(&compressed.lst).ok()?;
        let mut bytes = Vec::new();
        let mut inflated = ZlibDecoder::new(&*deflated).take(LONGEST + 1);
        inflated.read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= LONGEST).then_some(Self { bits, bytes })
    }

    /// The state of the token at `index`; `None` beyond the end of the list. The first state of a byte is in its lowest bits.
    pub(super) fn at(&self, index: u64) -> Option<u8> {
        let per_byte = 8 / u64::from(self.bits);
        let byte = usize::try_from(index / per_byte).ok()?;
        let byte = u32::from(*self.bytes.get(byte)?);
        let shift = u32::from(self.bits) * u32::try_from(index % per_byte).ok()?;
        let mask = (1_u32 << self.bits) - 1;
        u8::try_from(byte >> shift & mask).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;

    fn list(bits: u8, lst: &str) -> Option<Statuses> {
        let lst = lst.to_owned();
        Statuses::decompress(&Compressed { bits, lst })
    }

    fn compressed(bytes: &[u8]) -> String {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        BASE64_URL_SAFE_NO_PAD.encode(encoder.finish().unwrap())
    }

    /// The examples of [Token Status List section 4](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-4.1).
    #[test]
    fn the_examples_of_the_draft_are_read() {
        let one = list(1, "eNrbuRgAAhcBXQ").unwrap();
        let states: Vec<u8> = (0..16).filter_map(|at| one.at(at)).collect();
        assert_eq!(states, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        assert_eq!(one.at(16), None);
        let two = list(2, "eNo76fITAAPfAgc").unwrap();
        let states: Vec<u8> = (0..12).filter_map(|at| two.at(at)).collect();
        assert_eq!(states, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let good = "eNrbuRgAAhcBXQ";
        for (bits, lst) in [
            (0, good),
            (3, good),
            (16, good),
            (1, ""),
            (1, "%"),
            (1, "AAAA"),
            (1, "eNrbuRgAAhc"),
        ] {
            assert_eq!(list(bits, lst), None, "{bits} {lst}");
        }
        let bomb = compressed(&vec![0; 16 * 1024 * 1024 + 1]);
        assert!(bomb.len() < 32 * 1024);
        assert_eq!(list(1, &bomb), None);
    }

    proptest! {
        #[test]
        fn each_state_is_found_where_it_was_put(
            states in prop::collection::vec(0_u8..4, 1..100),
        ) {
            let bytes: Vec<u8> = states
                .chunks(4)
                .map(|four| (0..).zip(four).fold(0, |byte, (at, state)| byte | state << (2 * at)))
                .collect();
            let list = list(2, &compressed(&bytes)).unwrap();
            for (at, state) in (0..).zip(&states) {
                prop_assert_eq!(list.at(at), Some(*state));
            }
        }

        #[test]
        fn no_text_makes_it_panic(lst in "[A-Za-z0-9_-]{0,60}", index in any::<u64>()) {
            let _ = list(1, &lst).and_then(|list| list.at(index));
        }
    }
}
