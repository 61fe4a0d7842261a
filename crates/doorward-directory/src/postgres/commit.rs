//! One commit in one round trip: the transaction's beginning, its statements and its end are sent in one go, and the
//! server itself stops where a statement touches another number of rows than it must.

use std::borrow::Cow;

use deadpool_postgres::Object;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::pipeline::{self, Request};
use crate::database::{Outcome, Rows, Statement};

/// What `expect_rows` of the schema says when a statement did not touch as many rows as it must.
const UNEXPECTED_ROWS: &str = "DW001";

/// The class of errors that say that a constraint refused a row.
const CONSTRAINT_VIOLATION: &str = "23";

/// What became of one attempt to commit.
pub(super) enum Attempt {
    /// It was carried out, or refused for good.
    Done(Outcome),
    /// Nothing of it was done, because another commit was in its way; it may not be the next time.
    Again,
}

/// Carries out `statements`, or nothing of them.
pub(super) async fn attempt(
    connection: &Object,
    statements: &[Statement],
) -> Result<Attempt, Error> {
    let texts: Vec<_> = statements
        .iter()
        .map(|statement| text(statement, statements.len()))
        .collect();
    let mut prepared = Vec::with_capacity(texts.len());
    for text in &texts {
        prepared.push(connection.prepare_cached(text).await?);
    }
    let work = prepared
        .iter()
        .zip(statements)
        .map(|(prepared, statement)| {
            let request: Request<'_, _> = match statement.expects {
                Rows::Any => Box::pin(execute(connection, prepared, statement)),
                Rows::Exactly(_) => Box::pin(execute_counted(connection, prepared, statement)),
            };
            request
        });
    let answers = if statements.len() > 1 {
        in_transaction(connection, work.collect()).await?
    } else {
        pipeline::all(work.collect()).await
    };
    judge(statements, answers)
}

/// What the server is sent: the statement, within a count of the rows it touches where that matters. One that stands alone
/// has nothing to undo when it touches none.
fn text(statement: &Statement, of: usize) -> Cow<'static, str> {
    let sql = for_postgres(statement.sql);
    let Rows::Exactly(rows) = statement.expects else {
        return sql;
    };
    let least = if of > 1 { rows } else { 0 };
    format!("WITH touched AS ({sql} RETURNING 1) SELECT expect_rows(COUNT(*), {least}, {rows}) FROM touched").into()
}

/// What only PostgreSQL must be told stands in the common text as a comment that begins with `/*pg`.
pub(super) fn for_postgres(sql: &'static str) -> Cow<'static, str> {
    let Some((before, rest)) = sql.split_once("/*pg ") else {
        return sql.into();
    };
    let (told, after) = rest.split_once("*/").unwrap_or((rest, ""));
    format!("{before}{told}{after}").into()
}

async fn execute(
    connection: &Object,
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
) -> Result<u64, Error> {
    let params = pipeline::parameters(&statement.params);
    connection.execute(prepared, &params).await
}

async fn execute_counted(
    connection: &Object,
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
) -> Result<u64, Error> {
    let params = pipeline::parameters(&statement.params);
    let counted = connection.query_one(prepared, &params).await?;
    Ok(counted.try_get::<_, i64>(0)?.unsigned_abs())
}

/// After a statement that fails the server refuses what follows, and its `COMMIT` undoes what went before.
async fn in_transaction(
    connection: &Object,
    work: Vec<Request<'_, Result<u64, Error>>>,
) -> Result<Vec<Result<u64, Error>>, Error> {
    let mut requests = vec![word(connection, "BEGIN")];
    requests.extend(work);
    let mut pipeline = pipeline::send(requests).await;
    // What could not even be sent must not be missing from what is committed. Its failure is among the answers, so what is
    // undone here is never taken for done.
    let end = if pipeline.has_failed() {
        "ROLLBACK"
    } else {
        "COMMIT"
    };
    pipeline.push(word(connection, end)).await;
    let mut answers = pipeline.answers().await;
    // What cannot be committed in the end was not carried out, whatever its statements answered.
    let end = answers.pop().transpose()?;
    debug_assert!(end.is_some());
    if !answers.is_empty() {
        answers.remove(0)?;
    }
    Ok(answers)
}

fn word<'a>(connection: &'a Object, word: &'a str) -> Request<'a, Result<u64, Error>> {
    Box::pin(async move { connection.batch_execute(word).await.map(|()| 0) })
}

fn judge(statements: &[Statement], answers: Vec<Result<u64, Error>>) -> Result<Attempt, Error> {
    let mut touched = Vec::with_capacity(answers.len());
    for (at, (answer, statement)) in answers.into_iter().zip(statements).enumerate() {
        let conflict = Ok(Attempt::Done(Outcome::Conflict { statement: at }));
        let rows = match answer {
            Ok(rows) => usize::try_from(rows).unwrap_or(usize::MAX),
            Err(error) if refuses(&error) => return conflict,
            Err(error) if gives_way(&error) => return Ok(Attempt::Again),
            Err(error) => return Err(error),
        };
        match statement.expects {
            Rows::Exactly(expected) if rows != expected => return conflict,
            Rows::Any | Rows::Exactly(_) => touched.push(rows),
        }
    }
    Ok(Attempt::Done(Outcome::Committed(touched)))
}

/// Whether the server says that what is stored does not allow the statement.
fn refuses(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        code.code() == UNEXPECTED_ROWS || code.code().starts_with(CONSTRAINT_VIOLATION)
    })
}

/// Whether the server chose this commit to give way to another.
fn gives_way(error: &Error) -> bool {
    let code = error.code();
    code == Some(&SqlState::T_R_DEADLOCK_DETECTED)
        || code == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
}
