//! Base62: bytes as letters and digits, so that a double click selects a whole secret.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Encodes `bytes`, read as one big-endian number, in as many digits as any number of that length may need.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut digits = vec![0_u8; digits_for(bytes.len())];
    for &byte in bytes {
        let mut carry = u32::from(byte);
        for digit in digits.iter_mut().rev() {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 62).unwrap_or(0);
            carry /= 62;
        }
    }
    digits
        .iter()
        .filter_map(|&digit| DIGITS.get(usize::from(digit)).copied().map(char::from))
        .collect()
}

/// Decodes what [`encode`] made; `None` for anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let length = (0..=text.len()).find(|&length| digits_for(length) == text.len())?;
    let mut bytes = vec![0_u8; length];
    for character in text.bytes() {
        let digit = DIGITS.iter().position(|&digit| digit == character)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 62;
            *byte = u8::try_from(carry & 0xff).ok()?;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(bytes)
}

/// How many digits hold any number of `bytes` bytes: 8 / log2(62), rounded up.
const fn digits_for(bytes: usize) -> usize {
    (bytes * 13_436).div_ceil(10_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_greatest_numbers_fit() {
        for length in 0..64 {
            let bytes = vec![0xff; length];
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
        assert_eq!(encode(&[0xff; 4]).len(), 6);
    }

    #[test]
    fn numbers_too_great_for_their_length_are_refused() {
        assert_eq!(decode("zzzzzz"), None);
        assert_eq!(decode("0000"), None, "no number of bytes has four digits");
    }

    proptest! {
        #[test]
        fn bytes_read_back(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn text_never_panics_and_has_one_reading(text in "[0-9A-Za-z]{0,80}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
