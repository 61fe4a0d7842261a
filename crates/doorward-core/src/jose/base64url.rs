//! Base64url without padding ([RFC 7515 section 2](https://www.rfc-editor.org/rfc/rfc7515#section-2)).
//!
//! Reading is strict: padding, foreign characters and trailing bits that no encoder writes are
//! refused, so a value has exactly one text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Encodes `bytes`.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the encoding of `bytes` to `text`.
pub(super) fn encode_onto(bytes: impl AsRef<[u8]>, text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Decodes what [`encode`] made; `None` for anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// How many characters `bytes` bytes become.
pub(super) const fn encoded_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_one_text_of_a_value_is_read() {
        assert_eq!(decode("_-8"), Some(vec![0xff, 0xef]));
        for loose in ["_-8=", "/+8", "_-9", "_", "_-8\n", " _-8", "_-8_-", "ä"] {
            assert_eq!(decode(loose), None, "{loose:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[A-Za-z0-9_=+/-]{0,16}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encoded_len(bytes.len()), text.len());
                prop_assert_eq!(encode(bytes), text);
            }
        }
    }
}
