//! Which node of a cluster has a key.

use std::collections::{BTreeMap, HashMap};

use ::redis::{FromRedisValue, Value};

use super::address::Address;

/// How many slots the keys of a cluster are spread over.
const SLOTS: u16 = 16_384;

/// A slot: keys of one slot are on one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot(u16);

impl Slot {
    /// The slot of a key: its checksum, or that of what stands in its first pair of braces, where that is something.
    pub(super) fn of(key: &[u8]) -> Self {
        Self(checksum(tag(key).unwrap_or(key)) % SLOTS)
    }
}

fn tag(key: &[u8]) -> Option<&[u8]> {
    let (_, after) = split_at(key, b'{')?;
    let (tag, _) = split_at(after, b'}')?;
    (!tag.is_empty()).then_some(tag)
}

fn split_at(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|found| *found == byte)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// CRC-16 with the polynomial 0x1021 that begins at zero, known as XMODEM.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            let carried = if crc & 0x8000 == 0 { 0 } else { 0x1021 };
            (crc << 1) ^ carried
        })
    })
}

/// Who has which slots.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// By the last slot of each range: the first one, and whose they are.
    ranges: BTreeMap<Slot, (Slot, Address)>,
    /// Single slots that were found elsewhere since the ranges were learned.
    moved: HashMap<Slot, Address>,
}

impl Slots {
    /// Reads what a node answers to `CLUSTER SLOTS`. `None` when that is something else.
    pub(super) fn parse(answer: Value, teller: &Address) -> Option<Self> {
        let mut slots = Self::default();
        for range in <Vec<Vec<Value>>>::from_redis_value(answer).ok()? {
            let [first, last, owner] = range
                .into_iter()
                .take(3)
                .collect::<Vec<_>>()
                .try_into()
                .ok()?;
            let (first, last) = (Slot(number(first)?), Slot(number(last)?));
            let mut owner = <Vec<Value>>::from_redis_value(owner).ok()?.into_iter();
            let host = <Option<String>>::from_redis_value(owner.next()?).ok()?;
            let port = number(owner.next()?)?;
            // A node without a usable name has slots that we can only ask others for.
            if let Some(owner) = Address::named_by(teller, &host.unwrap_or_default(), port) {
                slots.ranges.insert(last, (first, owner));
            }
        }
        Some(slots)
    }

    /// Who has a slot, as far as we know.
    pub(super) fn owner(&self, slot: Slot) -> Option<&Address> {
        let in_range = || {
            let (_, (first, owner)) = self.ranges.range(slot..).next()?;
            (*first <= slot).then_some(owner)
        };
        self.moved.get(&slot).or_else(in_range)
    }

    /// Notes that a slot is somewhere else.
    pub(super) fn note(&mut self, slot: Slot, owner: Address) {
        self.moved.insert(slot, owner);
    }

    /// Everybody who has slots.
    pub(super) fn owners(&self) -> impl Iterator<Item = &Address> {
        let in_ranges = self.ranges.values().map(|(_, owner)| owner);
        in_ranges.chain(self.moved.values())
    }
}

fn number(value: Value) -> Option<u16> {
    u16::from_redis_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value that is given for this checksum, and slots that `CLUSTER KEYSLOT` answers.
    #[test]
    fn slots_are_those_of_redis() {
        assert_eq!(checksum(b"123456789"), 0x31c3);
        for (key, slot) in [
            (&b"foo"[..], 12_182),
            (b"{foo}bar", 12_182),
            (b"a{foo}b{bar}", 12_182),
            (b"{}foo", 9_500),
            (b"", 0),
        ] {
            assert_eq!(Slot::of(key), Slot(slot), "{key:?}");
        }
    }

    fn told(answer: &str) -> Option<Slots> {
        let value = ::redis::parse_redis_value(answer.as_bytes()).unwrap();
        Slots::parse(value, &Address::parse("teller:1", 0).unwrap())
    }

    fn owner(slots: &Slots, slot: u16) -> Option<String> {
        slots.owner(Slot(slot)).map(Address::to_string)
    }

    #[test]
    fn owners_are_found_in_ranges_and_where_slots_moved() {
        let one = "*4\r\n:0\r\n:99\r\n*3\r\n$1\r\na\r\n:7\r\n$2\r\nid\r\n*3\r\n$1\r\nr\r\n:9\r\n$2\r\nid\r\n";
        let other = "*3\r\n:200\r\n:16383\r\n*3\r\n$-1\r\n:8\r\n$2\r\nid\r\n";
        let mut slots = told(&format!("*2\r\n{one}{other}")).unwrap();
        for (slot, address) in [
            (0, Some("a:7")),
            (99, Some("a:7")),
            (100, None),
            (199, None),
            (200, Some("teller:8")),
            (16_383, Some("teller:8")),
        ] {
            assert_eq!(owner(&slots, slot).as_deref(), address, "{slot}");
        }
        slots.note(Slot(5), Address::parse("b:1", 0).unwrap());
        assert_eq!(owner(&slots, 5).as_deref(), Some("b:1"));
        assert_eq!(owner(&slots, 6).as_deref(), Some("a:7"));
    }

    #[test]
    fn an_answer_of_another_shape_is_none() {
        for answer in ["+OK\r\n", "*1\r\n:1\r\n", "*1\r\n*2\r\n:0\r\n:1\r\n"] {
            assert!(told(answer).is_none(), "{answer:?}");
        }
    }
}
