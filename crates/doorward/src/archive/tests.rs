//! Archives that are whole, and all the ways in which they are not.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};
use doorward_core::Timestamp;
use doorward_core::event::{Event, EventRecord};
use doorward_core::identifiers::{ArchiveId, EventId};
use doorward_directory::Directory;
use doorward_directory::transfer::{Batch, SHAPE, TableTally, Tally};
use tempfile::TempDir;

use super::*;
use crate::ambient::SystemRandom;

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

/// A folder, a key, and what a small directory holds.
struct Desk {
    folder: TempDir,
    key: KeyEncryptionKey,
    batches: Vec<Vec<u8>>,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.sqlite");
        let directory = Directory::open_sqlite(&path).await.unwrap();
        let staff = "staff".parse().unwrap();
        let _added = directory.groups().add(&staff, "everybody").await.unwrap();
        directory.events().record(vec![event()]).await.unwrap();
        let mut departure = directory.departure().await.unwrap();
        let mut batches = Vec::new();
        while let Some(batch) = departure.next().await.unwrap() {
            batches.push(batch.encode());
        }
        assert_eq!(batches.len(), 2);
        Self {
            folder,
            key: KeyEncryptionKey::generate(&SystemRandom),
            batches,
        }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn begin(&self, name: &str, existing: Existing) -> std::io::Result<Writer<'static>> {
        let place = (&*self.place(name), existing);
        Writer::begin(place, &description(), &self.key, &SystemRandom)
    }

    /// Writes an archive and returns its bytes.
    fn write(&self, name: &str) -> Vec<u8> {
        let mut writer = self.begin(name, Existing::Kept).unwrap();
        let mut tally = Tally::default();
        for batch in &self.batches {
            let batch = Batch::decode(batch).unwrap();
            tally.add(&batch);
            writer.rows(&batch).unwrap();
        }
        let length = writer.finish(&tally.tables()).unwrap();
        let bytes = fs::read(self.place(name)).unwrap();
        assert_eq!(bytes.len() as u64, length);
        bytes
    }

    /// Reads `bytes` as an archive, to its end.
    fn read(&self, bytes: &[u8]) -> Result<(Vec<Vec<u8>>, Vec<TableTally>), Unreadable> {
        let path = self.place("read");
        fs::write(&path, bytes).unwrap();
        let mut reader = Reader::open(&path, &self.key)?;
        let mut batches = Vec::new();
        loop {
            match reader.next()? {
                Piece::Rows(batch) => batches.push(batch.encode()),
                Piece::Last(tables) => return Ok((batches, tables)),
            }
        }
    }

    fn refused(&self, bytes: &[u8]) -> Unreadable {
        self.read(bytes).map(drop).expect_err("it is refused")
    }
}

fn event() -> EventRecord {
    EventRecord {
        id: EventId::generate(NOW, &SystemRandom),
        at: NOW,
        reference: None,
        event: Event::Administered {
            action: "group add".to_owned(),
            target: "staff".to_owned(),
        },
    }
}

fn description() -> Description {
    Description {
        id: ArchiveId::generate(NOW, &SystemRandom),
        kind: Kind::Backup,
        made_at: NOW,
        release: "1.2.3".to_owned(),
        shape: SHAPE,
        epoch: 0,
        rows: 2,
        sealed_by: None,
    }
}

/// Where the chunks of an archive begin and end.
fn chunks(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let mut at = 14 + number(10) + 28 + 32;
    let mut found = Vec::new();
    while at < bytes.len() {
        let end = at + 5 + number(at + 1);
        found.push(at..end);
        at = end;
    }
    found
}

/// The same with another version of the format, as its writer would have written it.
fn of_format(version: u16, bytes: &[u8]) -> Vec<u8> {
    let label = chunks(bytes)[0].start;
    let mut bytes = bytes.to_vec();
    bytes[8..10].copy_from_slice(&version.to_be_bytes());
    let checksum = digest(&SHA256, &bytes[..label - 32]);
    bytes[label - 32..label].copy_from_slice(checksum.as_ref());
    bytes
}

#[tokio::test]
async fn what_was_written_is_read_as_often_as_asked() {
    let desk = Desk::new().await;
    let bytes = desk.write("archive");
    let (batches, tables) = desk.read(&bytes).unwrap();
    assert_eq!(batches, desk.batches);
    assert_eq!(tables.iter().map(|table| table.rows).sum::<u64>(), 2);

    let mut reader = Reader::open(&desk.place("archive"), &desk.key).unwrap();
    assert_eq!(reader.description().release, "1.2.3");
    for _ in 0..2 {
        let Piece::Rows(batch) = reader.next().unwrap() else {
            panic!("rows come first");
        };
        assert_eq!(batch.encode(), desk.batches[0]);
        reader.rewind().unwrap();
    }
}

#[tokio::test]
async fn nothing_of_the_rows_can_be_read_in_the_file() {
    let desk = Desk::new().await;
    let bytes = desk.write("archive");
    let has = |word: &str| {
        bytes
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    };
    assert!(has("backup"), "what it is can be read");
    assert!(!has("everybody") && !has("people_group"));
    let mode = fs::metadata(desk.place("archive")).unwrap().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_bit_that_was_changed_anywhere_is_noticed() {
    let desk = Desk::new().await;
    let bytes = desk.write("archive");
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= bit;
            let refused = desk.refused(&damaged);
            let expected = match refused {
                Unreadable::NoArchive => at < 8,
                Unreadable::Damaged | Unreadable::CutOff => at >= 8,
                _ => false,
            };
            assert!(expected, "byte {at}: {refused}");
        }
    }
}

#[tokio::test]
async fn a_file_that_ends_too_early_or_too_late_is_noticed() {
    let desk = Desk::new().await;
    let bytes = desk.write("archive");
    for length in 0..bytes.len() {
        let refused = desk.refused(&bytes[..length]);
        let expected = match refused {
            Unreadable::NoArchive => length < 8,
            Unreadable::CutOff => length >= 8,
            _ => false,
        };
        assert!(expected, "{length} bytes: {refused}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(desk.refused(&longer), Unreadable::Damaged));
}

#[tokio::test]
async fn chunks_stay_in_their_file_and_in_their_order() {
    let desk = Desk::new().await;
    let (bytes, other) = (desk.write("archive"), desk.write("other"));
    let [first, second, last] = &chunks(&bytes)[..] else {
        panic!("three chunks");
    };
    let label = &bytes[..first.start];
    let of = |chunk: &std::ops::Range<usize>| &bytes[chunk.clone()];
    let foreign = &other[chunks(&other)[0].clone()];
    assert!(
        desk.read(&[label, of(first), of(second), of(last)].concat())
            .is_ok()
    );
    for (change, changed) in [
        ("swapped", vec![label, of(second), of(first), of(last)]),
        ("left out", vec![label, of(first), of(last)]),
        (
            "twice",
            vec![label, of(first), of(first), of(second), of(last)],
        ),
        (
            "from another file",
            vec![label, foreign, of(second), of(last)],
        ),
    ] {
        let refused = desk.refused(&changed.concat());
        assert!(
            matches!(refused, Unreadable::Damaged),
            "{change}: {refused}"
        );
    }
}

#[tokio::test]
async fn another_key_and_a_later_format_are_told_from_damage() {
    let mut desk = Desk::new().await;
    let bytes = desk.write("archive");
    let later = desk.refused(&of_format(2, &bytes)).to_string();
    assert!(later.contains("a later release (1.2.3)"), "{later}");
    let text = desk.refused(b"a text that somebody put there");
    assert!(matches!(text, Unreadable::NoArchive));

    desk.key = KeyEncryptionKey::generate(&SystemRandom);
    assert!(matches!(desk.refused(&bytes), Unreadable::WrongKey(_)));
    let later = desk.refused(&of_format(2, &bytes));
    assert!(matches!(later, Unreadable::Newer { .. }), "{later}");
}

#[tokio::test]
async fn a_file_is_there_when_it_is_whole_and_replaces_none_unasked() {
    let desk = Desk::new().await;
    let names = || {
        let files = fs::read_dir(desk.folder.path()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| !name.contains("sqlite"))
            .collect::<Vec<_>>()
    };
    drop(desk.begin("archive", Existing::Kept).unwrap());
    assert_eq!(
        names(),
        Vec::<String>::new(),
        "what is not finished is gone"
    );

    let draft = desk.begin("archive", Existing::Kept).unwrap();
    desk.write("archive");
    let late = draft.finish(&[]).unwrap_err().to_string();
    assert!(late.contains("--force"), "{late}");
    let refused = desk.begin("archive", Existing::Kept).map(drop).unwrap_err();
    assert!(refused.to_string().contains("--force"), "{refused}");

    let whole = fs::read(desk.place("archive")).unwrap();
    let replacing = desk.begin("archive", Existing::Replaced).unwrap();
    assert_eq!(fs::read(desk.place("archive")).unwrap(), whole);
    replacing.finish(&[]).unwrap();
    assert_ne!(fs::read(desk.place("archive")).unwrap(), whole);
    assert_eq!(names(), ["archive"]);
}
