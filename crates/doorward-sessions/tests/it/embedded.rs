//! The contract on a file, and what a file promises beyond it.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use doorward_sessions::{Backend, Embedded, Inserted, Key};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::contract::contract;
use crate::support::{DEADLINE, Fixture, LONG, SettableClock, in_parallel};

contract!(Some(fixture()));

fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let clock = SettableClock::new();
    let path = directory.path().join("sessions.sqlite");
    Fixture {
        backend: Arc::new(Embedded::open(&path, clock.clone()).unwrap()),
        clock: Some(clock),
        short: Duration::from_mins(1),
        _guard: Some(directory),
    }
}

/// A file of its own for a test that opens it more than once.
struct File {
    directory: TempDir,
    clock: Arc<SettableClock>,
}

impl File {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            clock: SettableClock::new(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("sessions.sqlite")
    }

    fn open(&self) -> Embedded {
        Embedded::open(&self.path(), self.clock.clone()).unwrap()
    }

    /// How many entries the file holds, expired ones included.
    fn entries(&self) -> i64 {
        let connection = Connection::open(self.path()).unwrap();
        connection
            .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
            .unwrap()
    }
}

fn numbered(number: usize) -> Key {
    Key::of("numbered", &number.to_string())
}

async fn insert_numbered(store: &Arc<Embedded>, numbers: Range<usize>, ttl: Duration) {
    let first = numbers.start;
    let inserted = in_parallel(numbers.len(), |at| {
        let store = Arc::clone(store);
        async move { store.insert(&numbered(first + at), b"x".into(), ttl).await }
    });
    for inserted in inserted.await {
        assert_eq!(inserted, Ok(Inserted::New));
    }
}

#[tokio::test]
async fn a_file_that_is_opened_again_has_everything() {
    let file = File::new();
    let store = file.open();
    for number in 0..10 {
        let value = number.to_string();
        let inserted = store.insert(&numbered(number), value.into(), LONG).await;
        assert_eq!(inserted, Ok(Inserted::New));
    }
    assert_eq!(
        store.replace(&numbered(3), b"new".into(), LONG).await,
        Ok(Some(b"3".into()))
    );
    assert_eq!(store.remove(&numbered(4)).await, Ok(()));
    assert_eq!(store.add(&Key::of("count", ""), LONG).await, Ok(1));
    drop(store);

    let store = file.open();
    for number in 0..10 {
        let expected = match number {
            3 => Some(b"new".to_vec()),
            4 => None,
            _ => Some(number.to_string().into()),
        };
        assert_eq!(store.get(&numbered(number)).await, Ok(expected), "{number}");
    }
    assert_eq!(store.add(&Key::of("count", ""), LONG).await, Ok(2));
}

#[tokio::test]
async fn closing_finishes_what_waits() {
    let file = File::new();
    let store = file.open();
    for number in 0..100 {
        let key = numbered(number);
        let insertion = store.insert(&key, b"x".into(), LONG);
        // Begins it, and does not stay for its end.
        let _ = tokio::time::timeout(Duration::ZERO, insertion).await;
    }
    drop(store);
    assert_eq!(file.entries(), 100);
}

#[tokio::test]
async fn expired_entries_leave_the_file_as_others_come() {
    let file = File::new();
    let store = Arc::new(file.open());
    insert_numbered(&store, 0..100, Duration::from_secs(1)).await;
    assert_eq!(file.entries(), 100);
    file.clock.advance(Duration::from_secs(1));
    insert_numbered(&store, 100..150, LONG).await;
    assert_eq!(file.entries(), 50);
}

#[tokio::test]
async fn expired_entries_leave_an_idle_file() {
    let file = File::new();
    let store = Arc::new(file.open());
    insert_numbered(&store, 0..600, Duration::from_secs(1)).await;
    file.clock.advance(Duration::from_secs(1));
    let swept = async {
        while file.entries() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, swept).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_open_one_file_count_together() {
    let file = File::new();
    let stores = [Arc::new(file.open()), Arc::new(file.open())];
    let mut counts = in_parallel(100, |at| {
        let store = Arc::clone(stores.get(at % 2).unwrap());
        async move { store.add(&numbered(0), LONG).await.unwrap() }
    })
    .await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=100).collect::<Vec<_>>());
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_and_those_beside_it_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let file = File::new();
    let store = Arc::new(file.open());
    insert_numbered(&store, 0..1, LONG).await;
    let mut names = Vec::new();
    for entry in file.directory.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
        names.push(entry.file_name());
    }
    assert!(names.len() > 1, "{names:?}");
}

#[test]
fn a_file_of_a_newer_release_is_left_alone() {
    let file = File::new();
    drop(file.open());
    let connection = Connection::open(file.path()).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);

    let error = Embedded::open(&file.path(), file.clock.clone())
        .err()
        .unwrap();
    assert!(error.reason.contains("newer release"), "{error}");
}

#[test]
fn what_is_no_store_is_not_opened() {
    let file = File::new();
    std::fs::write(
        file.path(),
        "Once upon a time there was a file.".repeat(100),
    )
    .unwrap();
    assert!(Embedded::open(&file.path(), file.clock.clone()).is_err());

    let nowhere = file
        .directory
        .path()
        .join("missing")
        .join("sessions.sqlite");
    assert!(Embedded::open(&nowhere, file.clock.clone()).is_err());
}

#[tokio::test]
async fn a_failure_is_reported_and_does_not_outlast_its_cause() {
    let file = File::new();
    let store = file.open();
    let connection = Connection::open(file.path()).unwrap();
    connection
        .execute_batch("ALTER TABLE entry RENAME TO hidden")
        .unwrap();
    assert!(store.insert(&numbered(0), b"x".into(), LONG).await.is_err());
    assert!(store.get(&numbered(0)).await.is_err());

    connection
        .execute_batch("ALTER TABLE hidden RENAME TO entry")
        .unwrap();
    assert_eq!(
        store.insert(&numbered(0), b"x".into(), LONG).await,
        Ok(Inserted::New)
    );
    assert_eq!(store.get(&numbered(0)).await, Ok(Some(b"x".into())));
}

/// A change that fails, in the middle of others that wait for the same commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_that_fails_spares_its_neighbours() {
    let file = File::new();
    let store = Arc::new(file.open());
    insert_numbered(&store, 0..1, LONG).await;
    let outcomes = in_parallel(101, |at| {
        let store = Arc::clone(&store);
        // Adding to a value is what fails.
        async move {
            store
                .add(&numbered(at.saturating_sub(50)), LONG)
                .await
                .is_ok()
        }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|fine| **fine).count(), 50);
    assert_eq!(file.entries(), 51);
}

/// Where the child finds the file; in the parent there is none.
const CHILD_FILE: &str = "DOORWARD_TEST_CHILD_FILE";

/// Plays two parts: the parent starts this same test as a child that inserts without end, kills it,
/// and looks for what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    if let Ok(path) = env::var(CHILD_FILE) {
        insert_until_killed(Path::new(&path)).await;
        return;
    }
    let file = File::new();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("embedded::a_killed_process_loses_nothing_that_it_acknowledged")
        .env(CHILD_FILE, file.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged: Vec<usize> = lines.by_ref().filter_map(number_in).take(300).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // The child got further until the signal arrived.
    acknowledged.extend(lines.filter_map(number_in));
    assert!(acknowledged.len() >= 300, "{}", acknowledged.len());

    let store = file.open();
    for number in acknowledged {
        assert_eq!(
            store.get(&numbered(number)).await,
            Ok(Some(b"x".into())),
            "{number}"
        );
    }
}

async fn insert_until_killed(path: &Path) {
    let store = Arc::new(Embedded::open(path, SettableClock::new()).unwrap());
    for start in (0..).step_by(1_000_000).take(8) {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for number in start..start + 1_000_000 {
                let inserted = store.insert(&numbered(number), b"x".into(), LONG).await;
                assert_eq!(inserted, Ok(Inserted::New));
                // One write, past the test harness, so that no line is torn.
                let line = format!("\nacknowledged {number}\n");
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    tokio::time::sleep(DEADLINE).await;
}

fn number_in(line: std::io::Result<String>) -> Option<usize> {
    line.ok()?.strip_prefix("acknowledged ")?.parse().ok()
}
