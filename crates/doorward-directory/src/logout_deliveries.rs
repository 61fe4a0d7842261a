//! Clients that are told that a session is over
//! ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html),
//! [OpenID Connect Front-Channel Logout](https://openid.net/specs/openid-connect-frontchannel-1_0.html)).
//!
//! A row begins with the first grant that a client gets in a session, since grants are swept long before sessions end. What ends a
//! session queues its rows in the same transaction; from then on any node may claim one.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::backchannel_logout::{Delivery, DeliveryStatus};
use doorward_core::client::LogoutChannel;
use doorward_core::grant::Grant;
use doorward_core::identifiers::{ClientId, PersonId, SessionId};

use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to what clients are told of ended sessions.
#[derive(Clone, Copy, Debug)]
pub struct LogoutDeliveries<'a> {
    database: &'a dyn Database,
}

/// How many deliveries are asked for at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// To one client.
    pub of_one_client: u32,
    /// In all.
    pub in_all: u32,
}

/// What a [`Delivery`] is read from.
macro_rules! delivery_columns {
    () => {
        "session, client, person, queued_at, attempts, next_attempt_at, status, finished_at, outcome"
    };
}

/// Remembers a client in that status.
macro_rules! remembered_as {
    ($status:literal) => {
        concat!(
            "INSERT INTO logout_delivery (session, client, person, status, attempts) VALUES ($1, $2, $3, '",
            $status,
            "', 0) ON CONFLICT DO NOTHING"
        )
    };
}

impl Stored for Delivery {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("logout_delivery");
        Ok(Self {
            session: SessionId::from_bytes(fields.bytes()?),
            client: fields.parsed()?,
            person: PersonId::from_bytes(fields.bytes()?),
            queued_at: fields.timestamp()?,
            attempts: attempts(fields)?,
            next_attempt_at: fields.optional_timestamp()?,
            status: fields.word()?,
            finished_at: fields.optional_timestamp()?,
            outcome: fields.optional_text()?,
        })
    }
}

fn attempts(fields: &mut Fields) -> Result<u32, Failure> {
    let attempts = fields.integer()?;
    u32::try_from(attempts).map_err(|error| fields.bad(error))
}

impl<'a> LogoutDeliveries<'a> {
    pub(crate) const fn new(database: &'a dyn Database) -> Self {
        Self { database }
    }

    /// Deliveries whose time has come, each client's longest waiting ones first, so that no client keeps the others from being told.
    pub async fn due(&self, portion: Portion, now: Timestamp) -> Result<Vec<Delivery>, Failure> {
        let sql = concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM (SELECT ",
            delivery_columns!(),
            ", ROW_NUMBER() OVER (PARTITION BY client ORDER BY next_attempt_at, session) AS place \
             FROM logout_delivery WHERE next_attempt_at <= $1) AS due \
             WHERE place <= $2 ORDER BY place, next_attempt_at, session, client LIMIT $3"
        );
        let params = params![now, portion.of_one_client, portion.in_all];
        row::all(self.database.query(sql, params).await?)
    }

    /// Counts one more attempt and keeps all others off until `until`: of several nodes that ask at once, one gets the delivery, and when
    /// that one is never heard of again, it is due again then. `None` when it is not as `delivery` has it any more.
    pub async fn claim(
        &self,
        delivery: &Delivery,
        until: Timestamp,
    ) -> Result<Option<Delivery>, Failure> {
        let sql = "UPDATE logout_delivery SET attempts = attempts + 1, next_attempt_at = $1 \
                   WHERE session = $2 AND client = $3 AND attempts = $4 AND next_attempt_at = $5";
        let claim = Statement::one(
            sql,
            params![
                until,
                delivery.session.as_bytes(),
                delivery.client.as_str(),
                delivery.attempts,
                delivery.next_attempt_at,
            ],
        );
        let claimed = self.database.commit(vec![claim]).await?.is_committed();
        Ok(claimed.then(|| Delivery {
            attempts: delivery.attempts.saturating_add(1),
            next_attempt_at: Some(until),
            ..delivery.clone()
        }))
    }

    /// Puts a claimed delivery off until `next`; `false` when somebody else has claimed it meanwhile.
    pub async fn postpone(
        &self,
        claimed: &Delivery,
        next: Timestamp,
        outcome: &str,
    ) -> Result<bool, Failure> {
        let sql = "UPDATE logout_delivery SET next_attempt_at = $1, outcome = $2 \
                   WHERE session = $3 AND client = $4 AND attempts = $5 AND next_attempt_at = $6";
        let update = Statement::one(
            sql,
            params![
                next,
                outcome,
                claimed.session.as_bytes(),
                claimed.client.as_str(),
                claimed.attempts,
                claimed.next_attempt_at,
            ],
        );
        Ok(self.database.commit(vec![update]).await?.is_committed())
    }

    /// Ends a claimed delivery; `false` when somebody else has claimed it meanwhile.
    pub async fn finish(
        &self,
        claimed: &Delivery,
        status: DeliveryStatus,
        outcome: &str,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let sql = "UPDATE logout_delivery \
                   SET status = $1, finished_at = $2, next_attempt_at = NULL, outcome = $3 \
                   WHERE session = $4 AND client = $5 AND attempts = $6 AND next_attempt_at = $7";
        let update = Statement::one(
            sql,
            params![
                value::word("logout_delivery", &status)?,
                now,
                outcome,
                claimed.session.as_bytes(),
                claimed.client.as_str(),
                claimed.attempts,
                claimed.next_attempt_at,
            ],
        );
        Ok(self.database.commit(vec![update]).await?.is_committed())
    }

    /// What became of telling the clients of a session that is over, in the order of their ids.
    pub async fn of_session(&self, id: SessionId) -> Result<Vec<Delivery>, Failure> {
        let sql = concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM logout_delivery WHERE session = $1 \
             AND status NOT IN ('signed_in', 'front_channel') ORDER BY client"
        );
        row::all(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// The same for the first `limit` of somebody's sessions that ended after `since`, the latest
    /// ([`Sessions::ended_of`](crate::sessions::Sessions::ended_of)).
    pub async fn of_recent_sessions(
        &self,
        person: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>, Failure> {
        let sql = concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM logout_delivery WHERE session IN \
             (SELECT id FROM session WHERE person = $1 AND ended_at > $2 \
             ORDER BY ended_at DESC, id DESC LIMIT $3) \
             AND status NOT IN ('signed_in', 'front_channel') ORDER BY session, client"
        );
        let params = params![person.as_bytes(), since, limit];
        row::all(self.database.query(sql, params).await?)
    }

    /// The clients that the end of a session concerns and that are told of it, whichever way, in the order of their ids.
    pub async fn clients_of(&self, id: SessionId) -> Result<Vec<ClientId>, Failure> {
        let sql = "SELECT client FROM logout_delivery WHERE session = $1 ORDER BY client";
        row::all(self.database.query(sql, params![id.as_bytes()]).await?)
    }
}

/// The part of a commit, after the grant's own, that remembers whom the end of its session concerns. What only browsers tell is never
/// queued.
pub(crate) fn remember(grant: &Grant, channel: LogoutChannel) -> Statement {
    let sql = match channel {
        LogoutChannel::Back => remembered_as!("signed_in"),
        LogoutChannel::FrontOnly => remembered_as!("front_channel"),
    };
    Statement::any(
        sql,
        params![
            grant.session.as_bytes(),
            grant.client.as_str(),
            grant.person.as_bytes()
        ],
    )
}

/// The part of a commit, after a session's end, that queues what its clients are to be told.
pub(crate) fn queue(session: SessionId, now: Timestamp) -> Statement {
    let sql = "UPDATE logout_delivery SET status = 'waiting', queued_at = $1, next_attempt_at = $1 \
               WHERE session = $2 AND status = 'signed_in'";
    Statement::any(sql, params![now, session.as_bytes()])
}

/// The same for all of somebody's sessions.
pub(crate) fn queue_all(person: PersonId, now: Timestamp) -> Statement {
    let sql = "UPDATE logout_delivery SET status = 'waiting', queued_at = $1, next_attempt_at = $1 \
               WHERE session IN (SELECT id FROM session WHERE person = $2 AND ended_at IS NOT NULL) \
               AND status = 'signed_in'";
    Statement::any(sql, params![now, person.as_bytes()])
}

/// How long it is kept what became of a delivery.
pub const KEPT_DELIVERIES_FOR: Duration = Duration::from_hours(30 * 24);

/// The part of a sweep that removes up to `step` deliveries that were finished long ago.
pub(crate) fn sweep(step: u32, now: Timestamp) -> Statement {
    let sql = "DELETE FROM logout_delivery WHERE (session, client) IN \
               (SELECT session, client FROM logout_delivery WHERE finished_at < $1 \
               ORDER BY finished_at LIMIT $2)";
    Statement::any(sql, params![now.minus(KEPT_DELIVERIES_FOR), step])
}

/// The part of a sweep that forgets whom the end of sessions would have concerned that are gone, in a range of their ids.
pub(crate) fn sweep_sessions(after: &[u8], to: &[u8]) -> Statement {
    let sql = "DELETE FROM logout_delivery WHERE session > $1 AND session <= $2 \
               AND status IN ('signed_in', 'front_channel') \
               AND NOT EXISTS (SELECT 1 FROM session WHERE session.id = logout_delivery.session)";
    Statement::any(sql, params![after, to])
}
