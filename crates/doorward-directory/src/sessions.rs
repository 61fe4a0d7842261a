//! Sessions: the browsers in which somebody has signed in.

use doorward_core::Timestamp;
use doorward_core::identifiers::{ClientId, PersonId, SessionId};
use doorward_core::password::PasswordHash;
use doorward_core::person::{Person, Username};
use doorward_core::session::{Authentication, Session, SessionLimits};

use crate::database::{Database, Row, Statement};
use crate::failure::Failure;
use crate::logout_deliveries;
use crate::people::person_columns;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to the sessions. How long one lasts is the core's to say
/// ([`Session::is_live`]); here it is ended or not.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a> {
    database: &'a dyn Database,
}

/// What a [`Session`] is read from.
macro_rules! session_columns {
    () => {
        "session.id, session.person, session.authentication, session.started_at, \
         session.seen_at, session.ended_at, session.user_agent"
    };
}

impl Stored for Session {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("session");
        Ok(Self {
            id: SessionId::from_bytes(fields.bytes()?),
            person: PersonId::from_bytes(fields.bytes()?),
            authentication: fields.json()?,
            started_at: fields.timestamp()?,
            seen_at: fields.timestamp()?,
            ended_at: fields.optional_timestamp()?,
            user_agent: fields.optional_parsed()?,
        })
    }
}

/// The first rows of a list, and how many follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First<T> {
    /// The first ones.
    pub rows: Vec<T>,
    /// How many more there are.
    pub further: u64,
}

/// How many rows there are in all, said in each of them.
struct Total(u64);

impl Stored for Total {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let total = fields.integer()?;
        Ok(Self(total.unsigned_abs()))
    }
}

fn first_of<T: Stored>(rows: Vec<Row>) -> Result<First<T>, Failure> {
    let rows: Vec<(T, Total)> = row::all(rows)?;
    let total = rows.first().map_or(0, |(_, Total(total))| *total);
    let rows: Vec<T> = rows.into_iter().map(|(row, _)| row).collect();
    let further = total.saturating_sub(rows.len() as u64);
    Ok(First { rows, further })
}

impl Stored for ClientId {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("oauth_grant").parsed()
    }
}

impl<'a> Sessions<'a> {
    pub(crate) const fn new(database: &'a dyn Database) -> Self {
        Self { database }
    }

    /// Records that somebody has signed in; `false` when they are gone or disabled meanwhile, or when `password`,
    /// the hash that they proved to know, is not theirs any more.
    pub async fn begin(
        &self,
        session: &Session,
        password: Option<&PasswordHash>,
    ) -> Result<bool, Failure> {
        let sql = "INSERT INTO session (id, person, authentication, started_at, seen_at, ended_at, user_agent) \
                   SELECT $1, person.id, $2, $3, $4, $5, $6 FROM person \
                   WHERE person.id = $7 AND person.status = 'enabled' \
                   AND (person.password_hash = $8 OR $8 IS NULL) /*pg FOR SHARE OF person */";
        let insert = Statement::one(
            sql,
            params![
                session.id.as_bytes(),
                value::json("session", &session.authentication)?,
                session.started_at,
                session.seen_at,
                session.ended_at,
                session.user_agent.map(|user_agent| user_agent.to_string()),
                session.person.as_bytes(),
                password.map(PasswordHash::as_str),
            ],
        );
        Ok(self.database.commit(vec![insert]).await?.is_committed())
    }

    /// Records that the End-User has signed in again; `false` when the session is over.
    pub async fn reauthenticated(
        &self,
        id: SessionId,
        authentication: &Authentication,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let sql = "UPDATE session SET authentication = $1, seen_at = $2 \
                   WHERE id = $3 AND ended_at IS NULL";
        let authentication = value::json("session", authentication)?;
        let update = Statement::one(sql, params![authentication, now, id.as_bytes()]);
        Ok(self.database.commit(vec![update]).await?.is_committed())
    }

    /// The session and whose it is.
    pub async fn with_person(&self, id: SessionId) -> Result<Option<(Session, Person)>, Failure> {
        let sql = concat!(
            "SELECT ",
            session_columns!(),
            ", ",
            person_columns!(),
            " FROM session JOIN person ON person.id = session.person WHERE session.id = $1"
        );
        row::first(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// Records that the session was used.
    pub async fn seen(&self, id: SessionId, now: Timestamp) -> Result<(), Failure> {
        let sql = "UPDATE session SET seen_at = $1 WHERE id = $2 AND seen_at < $1";
        let update = Statement::any(sql, params![now, id.as_bytes()]);
        self.database.commit(vec![update]).await.map(drop)
    }

    /// Ends a session, revokes the grants that live no longer than it and queues what its clients are told; `false` when it was over.
    pub async fn end(&self, id: SessionId, now: Timestamp) -> Result<bool, Failure> {
        let end = "UPDATE session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";
        let revoke = "UPDATE oauth_grant SET revoked_at = $1 \
                      WHERE session = $2 AND lifetime = 'session' AND revoked_at IS NULL";
        let outcome = self.database.commit(vec![
            Statement::one(end, params![now, id.as_bytes()]),
            Statement::any(revoke, params![now, id.as_bytes()]),
            logout_deliveries::queue(id, now),
        ]);
        Ok(outcome.await?.is_committed())
    }

    /// Ends all of somebody's sessions, each as [`end`](Self::end) does; says how many there were.
    pub async fn end_all_of(&self, person: PersonId, now: Timestamp) -> Result<u64, Failure> {
        let revoke = "UPDATE oauth_grant SET revoked_at = $1 \
                      WHERE session IN (SELECT id FROM session WHERE person = $2) \
                      AND lifetime = 'session' AND revoked_at IS NULL";
        let outcome = self.database.commit(vec![
            end_all(person, now),
            Statement::any(revoke, params![now, person.as_bytes()]),
            logout_deliveries::queue_all(person, now),
        ]);
        Ok(outcome.await?.touched())
    }

    /// Somebody's sessions that were not ended, oldest first; they may have expired.
    pub async fn live_of(&self, person: PersonId) -> Result<Vec<Session>, Failure> {
        let sql = concat!(
            "SELECT ",
            session_columns!(),
            " FROM session WHERE person = $1 AND ended_at IS NULL ORDER BY id"
        );
        row::all(self.database.query(sql, params![person.as_bytes()]).await?)
    }

    /// The first `limit` of the sessions that live at `now` and are of the same person as `present`: that one, and the others by
    /// when they were last used, the latest first.
    pub async fn live_beside(
        &self,
        present: &Session,
        limits: SessionLimits,
        now: Timestamp,
        limit: u32,
    ) -> Result<First<Session>, Failure> {
        let sql = concat!(
            "SELECT ",
            session_columns!(),
            ", count(*) OVER () FROM session WHERE person = $1 AND ended_at IS NULL \
             AND started_at > $2 AND seen_at > $3 \
             ORDER BY (id = $4) DESC, seen_at DESC, id DESC LIMIT $5"
        );
        let params = params![
            present.person.as_bytes(),
            now.minus(limits.absolute),
            now.minus(limits.idle),
            present.id.as_bytes(),
            limit
        ];
        first_of(self.database.query(sql, params).await?)
    }

    /// The first `limit` of somebody's sessions that ended after `since`, the latest first.
    pub async fn ended_of(
        &self,
        person: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<First<Session>, Failure> {
        let sql = concat!(
            "SELECT ",
            session_columns!(),
            ", count(*) OVER () FROM session WHERE person = $1 AND ended_at > $2 \
             ORDER BY ended_at DESC, id DESC LIMIT $3"
        );
        let params = params![person.as_bytes(), since, limit];
        first_of(self.database.query(sql, params).await?)
    }

    /// Up to `limit` sessions that were not ended, oldest first, from the one that follows `after`;
    /// they may have expired.
    pub async fn list_live(
        &self,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<(Session, Username)>, Failure> {
        let sql = concat!(
            "SELECT ",
            session_columns!(),
            ", person.username FROM session JOIN person ON person.id = session.person \
             WHERE session.id > $1 AND session.ended_at IS NULL ORDER BY session.id LIMIT $2"
        );
        let after: &[u8] = after.as_ref().map_or(&[], |id| id.as_bytes());
        row::all(self.database.query(sql, params![after, limit]).await?)
    }

    /// The clients that were granted anything in this session.
    pub async fn clients_of(&self, id: SessionId) -> Result<Vec<ClientId>, Failure> {
        let sql = "SELECT DISTINCT client FROM oauth_grant WHERE session = $1 ORDER BY client";
        row::all(self.database.query(sql, params![id.as_bytes()]).await?)
    }
}

/// The part of a commit that ends all of somebody's sessions.
pub(crate) fn end_all(person: PersonId, now: Timestamp) -> Statement {
    let sql = "UPDATE session SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL";
    Statement::any(sql, params![now, person.as_bytes()])
}
