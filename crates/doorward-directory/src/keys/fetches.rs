//! Which applications have fetched the key set.

use doorward_core::Timestamp;
use doorward_core::keys::Sighting;

use super::Keys;
use crate::database::Statement;
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

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
        let statements: Vec<Statement> = sightings.iter().map(note).collect();
        if !statements.is_empty() {
            self.database.commit(statements).await?;
        }
        Ok(())
    }

    /// Forgets applications that have not fetched since `moment`.
    pub async fn forget_sightings(&self, moment: Timestamp) -> Result<u64, Failure> {
        let sql = "DELETE FROM key_set_fetch WHERE seen_at < $1";
        let forget = Statement::any(sql, params![moment]);
        Ok(self.database.commit(vec![forget]).await?.touched())
    }
}

fn note(sighting: &Sighting) -> Statement {
    let sql = "INSERT INTO key_set_fetch (application, newest, seen_at, way) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (application) DO UPDATE SET \
               newest = CASE WHEN excluded.newest > key_set_fetch.newest \
                        THEN excluded.newest ELSE key_set_fetch.newest END, \
               seen_at = CASE WHEN excluded.seen_at > key_set_fetch.seen_at \
                         THEN excluded.seen_at ELSE key_set_fetch.seen_at END, \
               way = excluded.way";
    Statement::any(
        sql,
        params![
            sighting.application.as_str(),
            sighting.newest,
            sighting.seen_at,
            sighting.way.as_str(),
        ],
    )
}
