//! What keeps the directory from growing for ever.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::time::CLOCK_TOLERANCE;

use crate::Directory;
use crate::api_tokens;
use crate::database::{Database, Row, Statement, Value};
use crate::events::in_steps;
use crate::failure::Failure;
use crate::initial_access_tokens;
use crate::keys::fetches;
use crate::logout_deliveries;
use crate::status_lists;
use crate::value::params;

/// How long a session is kept after its last use; no session may be configured to idle longer.
pub const KEPT_SESSIONS_FOR: Duration = Duration::from_hours(30 * 24);

/// How many events are kept.
pub const KEPT_EVENTS: u64 = 1_000_000;

/// How long events are kept.
pub const KEPT_EVENTS_FOR: Duration = Duration::from_hours(400 * 24);

/// How many removals of clients are kept for processes that have not seen them.
const KEPT_REMOVALS: u32 = 1000;

/// How many rows one step looks at, so that other commits need not wait long.
const STEP: u32 = 256;

/// How much a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Runs of status list indices whose last token has expired.
    pub status_runs: u64,
    /// Expired grants, with their refresh tokens.
    pub grants: u64,
    /// Access tokens that have expired, and revoked ones that would have by now.
    pub access_tokens: u64,
    /// Sessions that nobody used for [`KEPT_SESSIONS_FOR`] and that no grant hangs on.
    pub sessions: u64,
    /// What became of telling clients longer than [`KEPT_DELIVERIES_FOR`](crate::KEPT_DELIVERIES_FOR) ago.
    pub deliveries: u64,
    /// Initial access tokens that have expired or are used up.
    pub initial_access_tokens: u64,
    /// API tokens that have long been over.
    pub api_tokens: u64,
    /// What is known of the use of API tokens longer than it is kept, in rows.
    pub api_token_uses: u64,
    /// Applications that have not fetched the key set for months.
    pub key_set_fetches: u64,
    /// Events beyond [`KEPT_EVENTS`] or older than [`KEPT_EVENTS_FOR`].
    pub events: u64,
}

impl Directory {
    /// Removes what nothing will ever ask for again, in steps that others' commits come between. Call it every hour.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, Failure> {
        let grants = "DELETE FROM oauth_grant WHERE id IN \
                      (SELECT id FROM oauth_grant WHERE expires_at <= $1 AND NOT EXISTS \
                      (SELECT 1 FROM status_run WHERE status_run.oauth_grant = oauth_grant.id) \
                      ORDER BY expires_at LIMIT $2)";
        let grants = Statement::any(grants, params![now, STEP]);
        let access_tokens = "DELETE FROM revoked_access_token WHERE jti IN \
                      (SELECT jti FROM revoked_access_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
        // A node whose clock is behind still takes the token for valid.
        let expired = now.minus(CLOCK_TOLERANCE);
        let access_tokens = Statement::any(access_tokens, params![expired, STEP]);
        let opaque = "DELETE FROM access_token WHERE hash IN \
                      (SELECT hash FROM access_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
        let opaque = Statement::any(opaque, params![expired, STEP]);
        let events = self.events();
        sweep_removals(&*self.database).await?;
        let blocks = vec![status_lists::sweep_blocks()];
        self.database.commit(blocks).await?;
        Ok(Swept {
            // Before the grants, which stay for as long as they have any.
            status_runs: in_steps(&*self.database, status_lists::sweep(STEP, now), STEP).await?,
            grants: in_steps(&*self.database, grants, STEP).await?,
            access_tokens: in_steps(&*self.database, access_tokens, STEP).await?
                + in_steps(&*self.database, opaque, STEP).await?,
            sessions: sweep_sessions(&*self.database, now).await?,
            deliveries: in_steps(&*self.database, logout_deliveries::sweep(STEP, now), STEP)
                .await?,
            initial_access_tokens: in_steps(
                &*self.database,
                initial_access_tokens::sweep(STEP, now),
                STEP,
            )
            .await?,
            api_tokens: in_steps_of_all(&*self.database, api_tokens::sweep(STEP, now)).await?,
            api_token_uses: in_steps_of_all(&*self.database, api_tokens::sweep_uses(STEP, now))
                .await?,
            key_set_fetches: in_steps(&*self.database, fetches::sweep(STEP, now), STEP).await?,
            events: events.prune(KEPT_EVENTS, KEPT_EVENTS_FOR, now).await?,
        })
    }
}

async fn in_steps_of_all(
    database: &dyn Database,
    statements: impl Into<Vec<Statement>> + Send,
) -> Result<u64, Failure> {
    let mut removed = 0;
    for statement in statements.into() {
        removed += in_steps(database, statement, STEP).await?;
    }
    Ok(removed)
}

/// Forgets the oldest removals of clients. A process that has not looked since then is told to read all clients.
async fn sweep_removals(database: &dyn Database) -> Result<(), Failure> {
    let forget = "UPDATE revision SET number = (SELECT revision FROM client_removal \
                  ORDER BY revision DESC LIMIT 1 OFFSET $1) WHERE name = 'client_removals' \
                  AND EXISTS (SELECT 1 FROM client_removal ORDER BY revision DESC LIMIT 1 OFFSET $1)";
    let delete = "DELETE FROM client_removal WHERE revision <= \
                  (SELECT number FROM revision WHERE name = 'client_removals')";
    let statements = vec![
        Statement::any(forget, params![KEPT_REMOVALS]),
        Statement::any(delete, params![]),
    ];
    database.commit(statements).await.map(drop)
}

/// Walks once over the sessions in the order they began, so that those which stay are looked at once.
async fn sweep_sessions(database: &dyn Database, now: Timestamp) -> Result<u64, Failure> {
    let window = "SELECT id FROM session WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3";
    let delete = "DELETE FROM session WHERE id > $1 AND id <= $2 AND seen_at < $3 \
                  AND NOT EXISTS (SELECT 1 FROM oauth_grant WHERE oauth_grant.session = session.id)";
    let before = now.minus(KEPT_SESSIONS_FOR);
    let end = first_id_of(before);
    let (mut removed, mut from) = (0, Vec::new());
    loop {
        let params = params![from.as_slice(), end.as_slice(), STEP];
        let Some(to) = last_id(database.query(window, params).await?) else {
            return Ok(removed);
        };
        let params = params![from.as_slice(), to.as_slice(), before];
        let delete = Statement::any(delete, params);
        let forget = logout_deliveries::sweep_sessions(&from, &to);
        removed += database.commit(vec![delete, forget]).await?.touched();
        from = to;
    }
}

/// What the identifiers made at `time` begin with: 48 bits of milliseconds.
fn first_id_of(time: Timestamp) -> Vec<u8> {
    let millis = time.as_millis().max(0).to_be_bytes();
    millis.into_iter().skip(2).collect()
}

fn last_id(rows: Vec<Row>) -> Option<Vec<u8>> {
    match rows.into_iter().next_back()?.pop()? {
        Value::Blob(id) => Some(id),
        _ => None,
    }
}
