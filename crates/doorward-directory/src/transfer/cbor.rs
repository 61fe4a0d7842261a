//! Values as bytes: the part of CBOR that they need, in its deterministic encoding
//! ([RFC 8949 section 4.2](https://www.rfc-editor.org/rfc/rfc8949#section-4.2)), so that equal rows are equal bytes.

use crate::database::Value;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const NULL: u8 = 0xf6;

/// Begins an array of `length` items.
pub(crate) fn write_array(length: usize, to: &mut Vec<u8>) {
    write_head(ARRAY, length as u64, to);
}

pub(crate) fn write_text(text: &str, to: &mut Vec<u8>) {
    write_head(TEXT, text.len() as u64, to);
    to.extend_from_slice(text.as_bytes());
}

pub(crate) fn write_value(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Null => to.push(NULL),
        Value::Integer(integer) if *integer < 0 => {
            write_head(NEGATIVE, (!integer).unsigned_abs(), to);
        }
        Value::Integer(integer) => write_head(UNSIGNED, integer.unsigned_abs(), to),
        Value::Text(text) => write_text(text, to),
        Value::Blob(bytes) => {
            write_head(BYTES, bytes.len() as u64, to);
            to.extend_from_slice(bytes);
        }
    }
}

/// An item's kind and its number, in as few bytes as hold it.
fn write_head(major: u8, number: u64, to: &mut Vec<u8>) {
    let (kind, bytes) = (major << 5, number.to_be_bytes());
    let (short, length) = match number {
        0..24 => (u8::try_from(number).unwrap_or(0), 0),
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    to.push(kind | short);
    to.extend(bytes.iter().skip(bytes.len() - length));
}

/// Takes items from the front of bytes; `None` for whatever is not there or not of the kind that is asked for.
#[derive(Debug)]
pub(crate) struct Items<'a>(pub(crate) &'a [u8]);

impl Items<'_> {
    /// The length of an array that begins here.
    pub(crate) fn array(&mut self) -> Option<usize> {
        let (major, number) = self.head()?;
        // Each item takes a byte at least, so no greater length is meant.
        let length = usize::try_from(number).ok()?;
        (major == ARRAY && length <= self.0.len()).then_some(length)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        match self.value()? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn value(&mut self) -> Option<Value> {
        if let Some(rest) = self.0.strip_prefix(&[NULL]) {
            self.0 = rest;
            return Some(Value::Null);
        }
        let (major, number) = self.head()?;
        match major {
            UNSIGNED => i64::try_from(number).ok().map(Value::Integer),
            NEGATIVE => i64::try_from(number)
                .ok()
                .map(|number| Value::Integer(!number)),
            BYTES => Some(Value::Blob(self.take(number)?.to_vec())),
            TEXT => String::from_utf8(self.take(number)?.to_vec())
                .ok()
                .map(Value::Text),
            _ => None,
        }
    }

    fn head(&mut self) -> Option<(u8, u64)> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        let number = match first & 31 {
            short @ 0..24 => u64::from(short),
            24 => self.number::<1>()?,
            25 => self.number::<2>()?,
            26 => self.number::<4>()?,
            27 => self.number::<8>()?,
            _ => return None,
        };
        Some((first >> 5, number))
    }

    fn number<const N: usize>(&mut self) -> Option<u64> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        let number = bytes.iter();
        Some(number.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: u64) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_value(value, &mut bytes);
        bytes
    }

    /// Examples of [RFC 8949 appendix A](https://www.rfc-editor.org/rfc/rfc8949#appendix-A).
    #[test]
    fn the_examples_of_the_standard_come_out() {
        for (value, bytes) in [
            (Value::Integer(0), vec![0x00]),
            (Value::Integer(23), vec![0x17]),
            (Value::Integer(24), vec![0x18, 0x18]),
            (Value::Integer(1000), vec![0x19, 0x03, 0xe8]),
            (
                Value::Integer(1_000_000),
                vec![0x1a, 0x00, 0x0f, 0x42, 0x40],
            ),
            (
                Value::Integer(1_000_000_000_000),
                vec![0x1b, 0, 0, 0, 0xe8, 0xd4, 0xa5, 0x10, 0],
            ),
            (Value::Integer(-1), vec![0x20]),
            (Value::Integer(-1000), vec![0x39, 0x03, 0xe7]),
            (Value::Null, vec![0xf6]),
            (Value::Blob(vec![1, 2, 3, 4]), vec![0x44, 1, 2, 3, 4]),
            (Value::Text(String::new()), vec![0x60]),
            (
                Value::Text("\u{6c34}".to_owned()),
                vec![0x63, 0xe6, 0xb0, 0xb4],
            ),
        ] {
            assert_eq!(encoded(&value), bytes);
            assert_eq!(Items(&bytes).value(), Some(value));
        }
    }

    #[test]
    fn the_ends_of_the_integers_come_back() {
        for integer in [i64::MIN, -1, 0, i64::MAX] {
            let bytes = encoded(&Value::Integer(integer));
            assert_eq!(Items(&bytes).value(), Some(Value::Integer(integer)));
        }
    }

    #[test]
    fn what_is_cut_off_or_of_no_kind_we_write_is_no_value() {
        for bad in [
            &[][..],
            &[0x18],       // a number without its byte
            &[0x44, 1, 2], // four bytes, of which two are there
            &[0x61, 0xff], // no UTF-8
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // beyond 63 bits
            &[0x5f],       // a length that is not told
            &[0xf9, 0, 0], // a floating-point number
            &[0x81, 0x00], // an array where a value should be
        ] {
            assert_eq!(Items(bad).value(), None, "{bad:?}");
        }
        assert_eq!(Items(&[0x9b, 0, 0, 0, 1, 0, 0, 0, 0]).array(), None);
    }
}
