//! What only PostgreSQL's side of the seam shows: all or nothing in one round trip, lost connections, announcements, TLS.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::{Postgres, Server, commit};
use crate::clients;
use crate::database::{Database, Outcome, Rows, Statement, Value};
use crate::dynamic_clients;
use crate::failure::{Failure, OpenError};
use crate::sqlite::Sqlite;

/// How long what a test waits for may take before it has failed.
const DEADLINE: Duration = Duration::from_secs(30);

const INSERT: &str = "INSERT INTO people_group (name, description) VALUES ($1, $2)";
const NAMES: &str = "SELECT name FROM people_group ORDER BY name";
const CHANGE: &str = "UPDATE revision SET number = number + 1 WHERE name = 'clients'";

/// A schema of one test's own.
struct Schema {
    url: String,
}

impl Schema {
    /// `None` where no server is named.
    async fn new() -> Option<Self> {
        let Ok(url) = env::var("DOORWARD_TEST_POSTGRES") else {
            assert!(env::var_os("DOORWARD_TEST_ALL").is_none());
            eprintln!("left out: DOORWARD_TEST_POSTGRES names no server; `tests/run` brings one");
            return None;
        };
        let name = format!("test_{:016x}", RandomState::new().hash_one("doorward"));
        run(&url, &format!("CREATE SCHEMA {name}")).await;
        Some(Self {
            url: format!("{url}?options=-c%20search_path%3D{name}&application_name={name}"),
        })
    }

    fn server(&self, more: &str) -> Server {
        format!("{}{more}", self.url).parse().unwrap()
    }

    async fn open(&self) -> Postgres {
        Postgres::open(&self.server("&connections=4"))
            .await
            .unwrap()
    }

    /// Ends every other connection to this schema, as a server does that is restarted.
    async fn cut(&self) {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE application_name = current_setting('application_name') \
                      AND pid <> pg_backend_pid()";
        run(&self.url, others).await;
    }
}

async fn run(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let driven = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driven.await.unwrap().unwrap();
}

fn insert(name: &str) -> Statement {
    let params = [name, ""].map(|text| Value::Text(text.to_owned()));
    Statement::one(INSERT, params.to_vec())
}

/// The plan of a statement, on tables that are too small for any index.
async fn plan(url: &str, sql: &str) -> String {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let driven = tokio::spawn(connection);
    let indexes = "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan";
    client.batch_execute(indexes).await.unwrap();
    let parameters = if sql.contains("$2") { "(1, '')" } else { "(1)" };
    let prepare = format!("PREPARE it AS {sql}");
    client.batch_execute(&prepare).await.unwrap();
    let explain = format!("EXPLAIN EXECUTE it {parameters}");
    let steps = client.simple_query(&explain).await.unwrap();
    let steps = steps.iter().filter_map(|step| match step {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let steps = steps.collect::<Vec<_>>().join("\n");
    drop(client);
    driven.await.unwrap().unwrap();
    steps
}

#[tokio::test]
async fn the_grants_of_removed_clients_are_found_by_an_index() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    schema.open().await.close().await.unwrap();
    for sql in [clients::REVOKE, dynamic_clients::REVOKE] {
        let plan = plan(&schema.url, sql).await;
        assert!(plan.contains("oauth_grant_client"), "{plan}");
    }
}

async fn names(database: &Postgres) -> Vec<Value> {
    let rows = database.query(NAMES, Vec::new()).await.unwrap();
    rows.into_iter().flatten().collect()
}

fn texts<const N: usize>(names: [&str; N]) -> Vec<Value> {
    names.map(|name| Value::Text(name.to_owned())).to_vec()
}

#[test]
fn what_only_postgresql_is_told_is_a_comment_elsewhere() {
    assert_eq!(commit::for_postgres("SELECT 1"), "SELECT 1");
    let told = commit::for_postgres("SELECT 1 FROM a /*pg FOR SHARE OF a */ LIMIT 1");
    assert_eq!(told, "SELECT 1 FROM a FOR SHARE OF a  LIMIT 1");
}

#[tokio::test]
async fn a_commit_with_a_conflict_leaves_nothing_and_names_the_statement() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let database = schema.open().await;
    let missed = Statement {
        sql: "UPDATE people_group SET description = ''",
        params: Vec::new(),
        expects: Rows::Exactly(2),
    };
    let orphan = Statement::any(
        "INSERT INTO group_member (people_group, person) VALUES ($1, $2)",
        vec![Value::Text("a".to_owned()), Value::Blob(vec![0; 16])],
    );
    for conflict in [missed, orphan, insert("a")] {
        let outcome = database.commit(vec![insert("a"), conflict, insert("b")]);
        assert_eq!(outcome.await, Ok(Outcome::Conflict { statement: 1 }));
        assert_eq!(names(&database).await, []);
    }
    let outcome = database.commit(vec![insert("a"), insert("b")]).await;
    assert_eq!(outcome, Ok(Outcome::Committed(vec![1, 1])));
    assert_eq!(names(&database).await, texts(["a", "b"]));
}

#[tokio::test]
async fn a_statement_that_stands_alone_touches_as_many_rows_as_it_must_or_none() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let database = schema.open().await;
    let both = database.commit(vec![insert("a"), insert("b")]).await;
    assert_eq!(both, Ok(Outcome::Committed(vec![1, 1])));
    let delete = |sql| Statement::one(sql, Vec::new());
    for (sql, outcome) in [
        (
            "DELETE FROM people_group",
            Outcome::Conflict { statement: 0 },
        ),
        (
            "DELETE FROM people_group WHERE name = 'c'",
            Outcome::Conflict { statement: 0 },
        ),
        (
            "DELETE FROM people_group WHERE name = 'b'",
            Outcome::Committed(vec![1]),
        ),
    ] {
        assert_eq!(
            database.commit(vec![delete(sql)]).await,
            Ok(outcome),
            "{sql}"
        );
    }
    assert_eq!(names(&database).await, texts(["a"]));
}

#[tokio::test]
async fn what_cannot_be_committed_in_the_end_is_no_success() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let database = schema.open().await;
    let late = "CREATE TABLE late (name TEXT COLLATE \"C\" REFERENCES people_group (name) \
                DEFERRABLE INITIALLY DEFERRED)";
    run(&schema.url, late).await;
    let orphan = Statement::any("INSERT INTO late (name) VALUES ('nobody')", Vec::new());
    let outcome = database.commit(vec![insert("a"), orphan]).await;
    assert!(
        matches!(outcome, Err(Failure::Unavailable(_))),
        "{outcome:?}"
    );
    assert_eq!(names(&database).await, []);
    assert!(
        database
            .commit(vec![insert("b")])
            .await
            .unwrap()
            .is_committed()
    );
}

#[tokio::test]
async fn a_commit_that_nobody_waits_for_any_more_is_whole_or_not_there() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let database = schema.open().await;
    for round in 0..50 {
        let statements = vec![insert(&format!("{round}a")), insert(&format!("{round}b"))];
        let mut commit = Box::pin(database.commit(statements));
        // Looked at once and dropped, as by a request whose client goes away.
        assert!(futures_poll(&mut commit).await.is_none());
    }
    // All connections are usable, and none is left within a transaction.
    let settled = async {
        while names(&database).await.len() < 100 {
            tokio::task::yield_now().await;
        }
    };
    timeout(DEADLINE, settled).await.unwrap();
    assert!(
        database
            .commit(vec![insert("z")])
            .await
            .unwrap()
            .is_committed()
    );
    assert_eq!(
        schema
            .open()
            .await
            .query(NAMES, Vec::new())
            .await
            .unwrap()
            .len(),
        101
    );
}

/// Polls a future once.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn connections_that_were_lost_are_made_anew() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let database = schema.open().await;
    for round in ["a", "b", "c"] {
        schema.cut().await;
        let back = async {
            while !matches!(
                database.commit(vec![insert(round)]).await,
                Ok(Outcome::Committed(_))
            ) {
                tokio::task::yield_now().await;
            }
        };
        timeout(DEADLINE, back).await.unwrap();
        schema.cut().await;
        assert_eq!(
            database
                .query(NAMES, Vec::new())
                .await
                .map(|rows| rows.is_empty()),
            Ok(false)
        );
    }
}

#[tokio::test]
async fn a_change_is_announced_to_every_node_also_after_its_connection_was_lost() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let (one, other) = (schema.open().await, schema.open().await);
    // Each hears once that it listens.
    for node in [&one, &other] {
        timeout(DEADLINE, node.changed()).await.unwrap();
    }
    let change = || Statement::one(CHANGE, Vec::new());
    assert!(one.commit(vec![change()]).await.unwrap().is_committed());
    for node in [&one, &other] {
        timeout(DEADLINE, node.changed()).await.unwrap();
    }
    schema.cut().await;
    // The news that it listens again stands for all that it missed.
    timeout(DEADLINE, other.changed()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_on_an_empty_database_all_succeed() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let schema = Arc::new(schema);
    let opening: Vec<_> = (0..10)
        .map(|_| {
            let schema = Arc::clone(&schema);
            tokio::spawn(async move { schema.open().await })
        })
        .collect();
    for opened in opening {
        assert_eq!(names(&opened.await.unwrap()).await, []);
    }
}

#[tokio::test]
async fn the_schema_of_a_later_release_is_refused_unless_it_works_with_this_one() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    drop(schema.open().await);
    let later =
        |version| format!("INSERT INTO schema_version (version, works_with) VALUES ({version})");
    run(&schema.url, &later("98, 1")).await;
    drop(schema.open().await);
    run(&schema.url, &later("99, 99")).await;
    let refused = Postgres::open(&schema.server("")).await.unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found: 99, .. }),
        "{refused}"
    );
}

/// One text of SQL serves both, so both have the same tables with the same columns of the same kinds.
#[tokio::test]
async fn the_schema_is_that_of_the_file() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = Sqlite::open(&folder.path().join("directory.sqlite")).unwrap();
    let of_file = "SELECT m.name, c.name, \
                   CASE c.type WHEN 'BLOB' THEN 'bytea' WHEN 'INTEGER' THEN 'bigint' ELSE 'text' END, \
                   c.\"notnull\" FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS c \
                   WHERE m.type = 'table' ORDER BY 1, 2";
    let of_database = "SELECT table_name::TEXT COLLATE \"C\", column_name::TEXT COLLATE \"C\", data_type::TEXT, \
                       CASE is_nullable WHEN 'YES' THEN 0 ELSE 1 END \
                       FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2";
    let expected = file.query(of_file, Vec::new()).await.unwrap();
    let found = schema
        .open()
        .await
        .query(of_database, Vec::new())
        .await
        .unwrap();
    let readable = |rows: Vec<Vec<Value>>| -> Vec<String> {
        let text = |value| match value {
            Value::Text(text) => text,
            Value::Integer(integer) => integer.to_string(),
            Value::Null | Value::Blob(_) => unreachable!(),
        };
        rows.into_iter()
            .map(|row| row.into_iter().map(text).collect::<Vec<_>>().join(" "))
            .collect()
    };
    assert_eq!(readable(found), readable(expected));
}

#[tokio::test]
async fn the_servers_clock_is_read() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let clock = schema.open().await.clock().await.unwrap().unwrap();
    assert!(clock.as_seconds() > 1_760_000_000);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let server: Server = format!("postgres://ada:secret@{address}/d")
        .parse()
        .unwrap();
    let refused = Postgres::open(&server).await.unwrap_err().to_string();
    assert!(refused.contains(&address.to_string()), "{refused}");
    assert!(refused.contains("refused"), "{refused}");
    assert!(!refused.contains("secret"), "{refused}");
}

#[tokio::test]
async fn only_a_server_with_a_certificate_that_is_trusted_is_spoken_to_in_tls() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let Ok(authority) = env::var("DOORWARD_TEST_POSTGRES_CA") else {
        assert!(env::var_os("DOORWARD_TEST_ALL").is_none());
        eprintln!("left out: DOORWARD_TEST_POSTGRES_CA names no authority; `tests/run` brings one");
        return;
    };
    let trusting = schema.server(&format!("&sslmode=require&sslrootcert={authority}"));
    let database = Postgres::open(&trusting).await.unwrap();
    let encrypted = "SELECT COUNT(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    let rows = database.query(encrypted, Vec::new()).await.unwrap();
    assert_eq!(rows, [[Value::Integer(1)]]);

    let distrusting = Postgres::open(&schema.server("&sslmode=require")).await;
    let refused = distrusting.unwrap_err().to_string();
    assert!(
        refused.contains("certificate") || refused.contains("trusts no authority"),
        "{refused}"
    );
}
