//! Base62: bytes as letters and digits, so that a double click selects a whole secret.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How many digits one division yields: as many as fit into a word.
const GROUP_DIGITS: usize = 5;
const GROUP: u32 = 62_u32.pow(5);

/// Encodes `bytes`, read as one big-endian number, in as many digits as any number of that length may need.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut number = words(bytes);
    let mut reversed = Vec::with_capacity(digits_for(bytes.len()));
    while reversed.len() < digits_for(bytes.len()) {
        let mut rest = divide(&mut number, GROUP);
        for _ in 0..GROUP_DIGITS.min(digits_for(bytes.len()) - reversed.len()) {
            reversed.push(digit(rest % 62));
            rest /= 62;
        }
    }
    reversed.iter().rev().collect()
}

/// `bytes` as a number of words, the most significant first.
fn words(bytes: &[u8]) -> Vec<u32> {
    let word = |chunk: &[u8]| {
        let shifted = |word: u32, byte: &u8| word << 8 | u32::from(*byte);
        chunk.iter().fold(0, shifted)
    };
    let mut words: Vec<u32> = bytes.rchunks(4).map(word).collect();
    words.reverse();
    words
}

/// Divides `number` in its place, and returns what is left over.
fn divide(number: &mut [u32], divisor: u32) -> u32 {
    let divisor = u64::from(divisor);
    let mut rest = 0;
    for word in number {
        let dividend = rest << 32 | u64::from(*word);
        *word = u32::try_from(dividend / divisor).unwrap_or(u32::MAX);
        rest = dividend % divisor;
    }
    u32::try_from(rest).unwrap_or(u32::MAX)
}

fn digit(value: u32) -> char {
    let digit = usize::try_from(value).ok().and_then(|at| DIGITS.get(at));
    digit.copied().map_or('0', char::from)
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
