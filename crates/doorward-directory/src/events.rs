//! Events: what the provider did or refused, and why.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::event::{EventRecord, Reference};
use doorward_core::identifiers::EventId;

use crate::database::{Database, Statement};
use crate::event_log::EventLog;
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to the events.
#[derive(Clone, Copy, Debug)]
pub struct Events<'a> {
    database: &'a dyn Database,
    log: &'a EventLog,
}

/// How many events one step of pruning removes at most, so that other commits need not wait long.
const STEP: u32 = 256;

/// How many events are read at a time by whoever looks for some.
const PAGE: u32 = 500;

/// What was found among the events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The events that are wanted, newest first.
    pub events: Vec<EventRecord>,
    /// How many were passed over on the way because no release wrote them, or a later one did.
    pub unreadable: u64,
}

/// A row of the log, with its place in the order in which they were written down.
struct Entry {
    number: i64,
    record: Result<EventRecord, Failure>,
}

impl Stored for Entry {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self {
            number: fields.columns_of("event").integer()?,
            record: EventRecord::read(fields),
        })
    }
}

impl Stored for EventRecord {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("event");
        let id = EventId::from_bytes(fields.bytes()?);
        let at = fields.timestamp()?;
        let reference = fields.optional_text()?.map(|text| text.parse());
        Ok(Self {
            id,
            at,
            reference: reference.transpose().map_err(|error| fields.bad(error))?,
            event: fields.json()?,
        })
    }
}

/// How many there are.
struct Count(u64);

impl Stored for Count {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let count = fields.columns_of("event").integer()?;
        Ok(Self(u64::try_from(count).unwrap_or(0)))
    }
}

impl<'a> Events<'a> {
    pub(crate) const fn new(database: &'a dyn Database, log: &'a EventLog) -> Self {
        Self { database, log }
    }

    /// Leaves an event to be written down soon. Never waits; what finds the queue full is counted
    /// ([`dropped`](Self::dropped)) and lost.
    pub fn note(&self, event: EventRecord) {
        self.log.note(event);
    }

    /// How many noted events were lost since the directory was opened.
    pub fn dropped(&self) -> u64 {
        self.log.dropped()
    }

    /// Returns when all that was noted before is written down.
    pub async fn flush(&self) {
        self.log.flush().await;
    }

    /// Writes down events; returns when they are durable.
    pub async fn record(&self, events: Vec<EventRecord>) -> Result<(), Failure> {
        record(self.database, &events).await
    }

    /// How often tokens were issued since `moment`. Reads the whole table.
    pub async fn issued_since(&self, moment: Timestamp) -> Result<u64, Failure> {
        let sql = "SELECT count(*) FROM event WHERE at >= $1 AND ( \
                   body LIKE '{\"event\":\"tokens_issued\"%' \
                   OR body LIKE '{\"event\":\"tokens_refreshed\"%' \
                   OR body LIKE '{\"event\":\"client_token_issued\"%' \
                   OR body LIKE '{\"event\":\"assertion_accepted\"%' \
                   OR body LIKE '{\"event\":\"token_exchanged\"%')";
        let found: Option<Count> = row::first(self.database.query(sql, params![moment]).await?)?;
        Ok(found.map_or(0, |Count(count)| count))
    }

    /// What happened in the request of this reference, oldest first. Reads the whole table.
    pub async fn by_reference(&self, reference: &Reference) -> Result<Vec<EventRecord>, Failure> {
        let sql = "SELECT id, at, reference, body FROM event WHERE reference = $1 ORDER BY number";
        let params = params![reference.to_string()];
        row::all(self.database.query(sql, params).await?)
    }

    /// The last `limit` events, newest first.
    pub async fn recent(&self, limit: u32) -> Result<Vec<EventRecord>, Failure> {
        let sql = "SELECT id, at, reference, body FROM event ORDER BY number DESC LIMIT $1";
        row::all(self.database.query(sql, params![limit]).await?)
    }

    /// The last `limit` events that are wanted. Reads until it has found them, past those that cannot be read.
    pub async fn matching(
        &self,
        limit: usize,
        wanted: impl Fn(&EventRecord) -> bool,
    ) -> Result<Found, Failure> {
        let (mut found, mut before) = (Found::default(), i64::MAX);
        while found.events.len() < limit {
            let page = self.before(before).await?;
            let Some(last) = page.last() else {
                break;
            };
            before = last.number;
            for entry in page {
                match entry.record {
                    _ if found.events.len() == limit => break,
                    Ok(record) if wanted(&record) => found.events.push(record),
                    Ok(_) => {}
                    Err(_) => found.unreadable += 1,
                }
            }
        }
        Ok(found)
    }

    /// The page of events that were written down before the one of this number, newest first.
    async fn before(&self, number: i64) -> Result<Vec<Entry>, Failure> {
        let sql = "SELECT number, id, at, reference, body FROM event WHERE number < $1 \
                   ORDER BY number DESC LIMIT $2";
        row::all(self.database.query(sql, params![number, PAGE]).await?)
    }

    /// Removes all but the last `keep` events, and those older than `max_age`; says how many.
    pub async fn prune(
        &self,
        keep: u64,
        max_age: Duration,
        now: Timestamp,
    ) -> Result<u64, Failure> {
        let surplus = "DELETE FROM event WHERE number IN \
                       (SELECT number FROM event WHERE number <= (SELECT MAX(number) FROM event) - $1 \
                       ORDER BY number LIMIT $2)";
        let old = "DELETE FROM event WHERE number IN (SELECT number FROM \
                   (SELECT number, at FROM event ORDER BY number LIMIT $1) AS oldest WHERE at < $2)";
        let surplus = Statement::any(surplus, params![keep, STEP]);
        let old = Statement::any(old, params![STEP, now.minus(max_age)]);
        Ok(in_steps(self.database, surplus, STEP).await?
            + in_steps(self.database, old, STEP).await?)
    }
}

/// Repeats a statement that removes up to `step` rows until it finds fewer; says how many it removed.
pub(crate) async fn in_steps(
    database: &dyn Database,
    statement: Statement,
    step: u32,
) -> Result<u64, Failure> {
    let mut removed = 0;
    loop {
        let touched = database.commit(vec![statement.clone()]).await?.touched();
        removed += touched;
        if touched < u64::from(step) {
            return Ok(removed);
        }
    }
}

pub(crate) async fn record(database: &dyn Database, events: &[EventRecord]) -> Result<(), Failure> {
    let rows = events.iter().map(insert).collect::<Result<_, _>>()?;
    database.commit(rows).await.map(drop)
}

pub(crate) fn insert(record: &EventRecord) -> Result<Statement, Failure> {
    let sql = "INSERT INTO event (id, at, reference, body) VALUES ($1, $2, $3, $4)";
    Ok(Statement::one(
        sql,
        params![
            record.id.as_bytes(),
            record.at,
            record.reference.map(|reference| reference.to_string()),
            value::json("event", &record.event)?,
        ],
    ))
}
