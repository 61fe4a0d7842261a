//! What only SQLite's side of the seam shows: all or nothing, group commit, full disks, migrations.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Sqlite, migration, open_writer};
use crate::clients;
use crate::database::{Database, Outcome, Rows, Statement, Value};
use crate::dynamic_clients;
use crate::failure::{Failure, OpenError};
use crate::transfer::{CATALOGUE, NOT_CARRIED, NUMBERED};

const INSERT: &str = "INSERT INTO people_group (name, description) VALUES ($1, $2)";
const NAMES: &str = "SELECT name FROM people_group ORDER BY name";

fn insert(name: &str, description: &str) -> Statement {
    let params = [name, description].map(|text| Value::Text(text.to_owned()));
    Statement::one(INSERT, params.to_vec())
}

fn empty() -> (TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(&folder.path().join("directory.sqlite")).unwrap();
    (folder, sqlite)
}

async fn names(sqlite: &Sqlite) -> Vec<Value> {
    let rows = sqlite.query(NAMES, Vec::new()).await.unwrap();
    rows.into_iter().flatten().collect()
}

fn texts<const N: usize>(names: [&str; N]) -> Vec<Value> {
    names.map(|name| Value::Text(name.to_owned())).to_vec()
}

#[tokio::test]
async fn a_commit_with_a_conflict_leaves_nothing_and_names_the_statement() {
    let (_folder, sqlite) = empty();
    let missed = Statement {
        sql: "UPDATE people_group SET description = ''",
        params: Vec::new(),
        expects: Rows::Exactly(2),
    };
    let orphan = Statement::any(
        "INSERT INTO group_member (people_group, person) VALUES ($1, $2)",
        vec![Value::Text("a".to_owned()), Value::Blob(vec![0; 16])],
    );
    for conflict in [missed, orphan, insert("a", "again")] {
        let outcome = sqlite.commit(vec![insert("a", ""), conflict, insert("b", "")]);
        assert_eq!(outcome.await, Ok(Outcome::Conflict { statement: 1 }));
        assert_eq!(names(&sqlite).await, []);
    }
    let outcome = sqlite.commit(vec![insert("a", ""), insert("b", "")]).await;
    assert_eq!(outcome, Ok(Outcome::Committed(vec![1, 1])));
    assert_eq!(names(&sqlite).await, texts(["a", "b"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_undoes_no_other_commit_of_its_group() {
    let (_folder, sqlite) = empty();
    let sqlite = Arc::new(sqlite);
    let commits: Vec<_> = (0..1000)
        .map(|at| {
            let sqlite = Arc::clone(&sqlite);
            // Every name is inserted twice, each time beside one of its own.
            let statements = vec![
                insert(&format!("own{at}"), ""),
                insert(&format!("{}", at / 2), ""),
            ];
            tokio::spawn(async move { sqlite.commit(statements).await.unwrap() })
        })
        .collect();
    let mut committed = 0;
    for commit in commits {
        committed += usize::from(commit.await.unwrap().is_committed());
    }
    assert_eq!(committed, 500);
    assert_eq!(names(&sqlite).await.len(), 1000);
}

#[tokio::test]
async fn a_full_disk_is_no_success_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.sqlite");
    Sqlite::open(&path).unwrap().close().await.unwrap();
    let connection = open_writer(&path).unwrap();
    let full: i64 = connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    connection
        .pragma_update(None, "max_page_count", full + 50)
        .unwrap();
    let sqlite = Sqlite::start(&path, connection).unwrap();

    let page = "x".repeat(3000);
    let mut kept = Vec::new();
    let failure = loop {
        let name = format!("{:03}", kept.len());
        match sqlite.commit(vec![insert(&name, &page)]).await {
            Ok(outcome) => assert!(outcome.is_committed()),
            Err(failure) => break failure,
        }
        kept.push(Value::Text(name));
        assert!(kept.len() < 100);
    };
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert_eq!(names(&sqlite).await, kept);

    let clear = Statement::any("DELETE FROM people_group", Vec::new());
    assert!(sqlite.commit(vec![clear]).await.unwrap().is_committed());
    assert!(
        sqlite
            .commit(vec![insert("a", &page)])
            .await
            .unwrap()
            .is_committed()
    );
    assert_eq!(names(&sqlite).await, texts(["a"]));
}

/// What fails when the transaction ends fails for all who shared it.
#[tokio::test]
async fn what_cannot_be_committed_in_the_end_is_no_success() {
    let (folder, sqlite) = empty();
    let connection = Connection::open(folder.path().join("directory.sqlite")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE late (name TEXT REFERENCES people_group (name) DEFERRABLE INITIALLY DEFERRED)",
        )
        .unwrap();
    let orphan = Statement::any("INSERT INTO late (name) VALUES ('nobody')", Vec::new());
    let outcome = sqlite.commit(vec![insert("a", ""), orphan]).await;
    assert!(
        matches!(outcome, Err(Failure::Unavailable(_))),
        "{outcome:?}"
    );
    assert_eq!(names(&sqlite).await, []);
    let outcome = sqlite.commit(vec![insert("b", "")]).await;
    assert!(outcome.unwrap().is_committed());
    assert_eq!(names(&sqlite).await, texts(["b"]));
}

#[tokio::test]
async fn a_failure_is_no_success_for_anybody_in_the_group() {
    let (folder, sqlite) = empty();
    let path = folder.path().join("directory.sqlite");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("ALTER TABLE people_group RENAME TO gone")
        .unwrap();
    let (one, two) = tokio::join!(
        sqlite.commit(vec![insert("a", "")]),
        sqlite.commit(vec![insert("b", "")])
    );
    for outcome in [one, two] {
        assert!(
            matches!(outcome, Err(Failure::Unavailable(_))),
            "{outcome:?}"
        );
    }
    connection
        .execute_batch("ALTER TABLE gone RENAME TO people_group")
        .unwrap();
    assert!(
        sqlite
            .commit(vec![insert("c", "")])
            .await
            .unwrap()
            .is_committed()
    );
    assert_eq!(names(&sqlite).await, texts(["c"]));
}

#[test]
fn processes_that_open_a_new_file_at_once_all_succeed() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.sqlite");
        std::thread::scope(|scope| {
            let opens: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Sqlite::open(&path).map(drop)))
                .collect();
            for open in opens {
                open.join().unwrap().unwrap();
            }
        });
    }
}

#[test]
fn the_file_of_a_later_release_is_refused_unless_it_works_with_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.sqlite");
    drop(Sqlite::open(&path).unwrap());
    let mut connection = open_writer(&path).unwrap();
    connection
        .execute_batch("INSERT INTO schema_version (version, works_with) VALUES (98, 1)")
        .unwrap();
    migration::migrate(&mut connection, &path).unwrap();
    connection
        .execute_batch("INSERT INTO schema_version (version, works_with) VALUES (99, 99)")
        .unwrap();
    let refused = migration::migrate(&mut connection, &path).unwrap_err();
    assert!(
        matches!(
            refused,
            OpenError::Newer {
                found: 99,
                known,
                ..
            } if usize::try_from(known) == Ok(migration::MIGRATIONS.len())
        ),
        "{refused}"
    );
}

#[test]
fn the_grants_of_removed_clients_are_found_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.sqlite");
    drop(Sqlite::open(&path).unwrap());
    let connection = open_writer(&path).unwrap();
    for sql in [clients::REVOKE, dynamic_clients::REVOKE] {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let mut plan = connection.prepare(&explain).unwrap();
        let steps = plan.raw_query().mapped(|row| row.get("detail"));
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        let found = "SEARCH oauth_grant USING INDEX oauth_grant_client (client=?)";
        assert!(steps.iter().any(|step| step == found), "{steps:?}");
    }
}

/// Whoever adds a table or a column says in the catalogue that it moves house, or why not.
#[tokio::test]
async fn the_catalogue_names_every_column_of_the_schema() {
    let (_folder, sqlite) = empty();
    let sql = "SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
               WHERE t.type = 'table' ORDER BY t.name, c.name";
    let mut schema = BTreeSet::new();
    for row in sqlite.query(sql, Vec::new()).await.unwrap() {
        let [Value::Text(table), Value::Text(column)] = row.as_slice() else {
            panic!("{row:?}");
        };
        let numbered = (table.as_str(), column.as_str()) == NUMBERED;
        if !numbered && !NOT_CARRIED.contains(&table.as_str()) {
            schema.insert((table.clone(), column.clone()));
        }
    }
    let carried = CATALOGUE.iter().flat_map(|table| {
        let columns: BTreeSet<&str> = table.columns.iter().chain(table.key).copied().collect();
        columns
            .into_iter()
            .map(|column| (table.name.to_owned(), column.to_owned()))
    });
    assert_eq!(carried.collect::<BTreeSet<_>>(), schema);
}

#[tokio::test]
async fn a_key_of_the_catalogue_is_the_primary_key_of_its_table() {
    let (_folder, sqlite) = empty();
    for table in CATALOGUE.iter() {
        let sql = "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk";
        let name = Value::Text(table.name.to_owned());
        let key = sqlite.query(sql, vec![name]).await.unwrap();
        let key: Vec<Value> = key.into_iter().flatten().collect();
        let named = table.key.iter().map(|name| Value::Text((*name).to_owned()));
        assert_eq!(key, named.collect::<Vec<_>>(), "{}", table.name);
    }
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.sqlite");
    std::fs::write(
        &path,
        "a text that somebody put there, longer than a header".repeat(10),
    )
    .unwrap();
    assert!(Sqlite::open(&path).is_err());
    assert!(Sqlite::open(folder.path()).is_err());
    assert!(Sqlite::open(&folder.path().join("no/folder")).is_err());
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, _sqlite) = empty();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 3);
    for file in files {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file:?}");
    }
}
