//! Which applications have fetched the key set.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::keys::{IN_USE, Sighting, Way};

use super::Keys;
use crate::database::Statement;
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// How many are kept of those who did not say who they are.
const KEPT_STRANGERS: u32 = 32;

/// How long it is remembered that an application fetched the key set.
const KEPT_SIGHTINGS_FOR: Duration = Duration::from_hours(90 * 24);

impl Stored for Sighting {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("key_set_fetch");
        Ok(Self {
            application: fields.text()?,
            newest: fields.timestamp()?,
            seen_at: fields.timestamp()?,
            way: fields.parsed()?,
        })
    }
}

impl Keys<'_> {
    /// What was last seen of each application's fetches of the key set, by the application's name.
    pub async fn sightings(&self) -> Result<Vec<Sighting>, Failure> {
        let sql =
            "SELECT application, newest, seen_at, way FROM key_set_fetch ORDER BY application";
        row::all(self.database.query(sql, params![]).await?)
    }

    /// Notes `sightings`. Of two of one application the newer key set counts, and the later moment.
    pub async fn note_sightings(&self, sightings: &[Sighting]) -> Result<(), Failure> {
        let mut statements: Vec<Statement> = sightings.iter().map(note).collect();
        if sightings.iter().any(|seen| seen.way == Way::UserAgent) {
            statements.push(forget_strangers());
        }
        if !statements.is_empty() {
            self.database.commit(statements).await?;
        }
        Ok(())
    }
}

/// Forgets who has not fetched the key set for [`KEPT_SIGHTINGS_FOR`].
pub(crate) fn sweep(limit: u32, now: Timestamp) -> Statement {
    let sql = "DELETE FROM key_set_fetch WHERE application IN \
               (SELECT application FROM key_set_fetch WHERE seen_at < $1 LIMIT $2)";
    Statement::any(sql, params![now.minus(KEPT_SIGHTINGS_FOR), limit])
}

/// Keeps the latest of those who did not say who they are: anybody can be any number of them.
fn forget_strangers() -> Statement {
    let sql = "DELETE FROM key_set_fetch WHERE way = $1 AND application NOT IN \
               (SELECT application FROM key_set_fetch WHERE way = $1 \
                ORDER BY seen_at DESC, application LIMIT $2)";
    Statement::any(sql, params![Way::UserAgent.as_str(), KEPT_STRANGERS])
}

/// How sure a way is to know an application, the surest first, as [`Way`] orders them.
macro_rules! sureness {
    ($way:literal) => {
        concat!(
            "CASE ",
            $way,
            " WHEN 'authenticated' THEN 0 WHEN 'network' THEN 1 WHEN 'address' THEN 2 ELSE 3 END"
        )
    };
}

/// As [`Sighting::absorb`] has it, in one statement: nodes note at the same moment.
fn note(sighting: &Sighting) -> Statement {
    let sql = concat!(
        "INSERT INTO key_set_fetch (application, newest, seen_at, way) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (application) DO UPDATE SET \
         newest = CASE WHEN excluded.newest > key_set_fetch.newest OR ",
        sureness!("excluded.way"),
        " < ",
        sureness!("key_set_fetch.way"),
        " THEN excluded.newest ELSE key_set_fetch.newest END, \
         seen_at = CASE WHEN excluded.seen_at > key_set_fetch.seen_at \
                   THEN excluded.seen_at ELSE key_set_fetch.seen_at END, \
         way = excluded.way WHERE ",
        sureness!("excluded.way"),
        " <= ",
        sureness!("key_set_fetch.way"),
        " OR excluded.seen_at - key_set_fetch.seen_at >= $5"
    );
    let in_use = i64::try_from(IN_USE.as_millis()).unwrap_or(i64::MAX);
    Statement::any(
        sql,
        params![
            sighting.application.as_str(),
            sighting.newest,
            sighting.seen_at,
            sighting.way.as_str(),
            in_use,
        ],
    )
}
