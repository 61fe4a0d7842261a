//! The stores of one provider, running and filled.

use std::time::Duration;

use doorward::provider::Ambient;
use doorward_sessions::Location;
use doorward_tests::cluster::{
    folder::Folder,
    postgres::{Postgres, Room},
    programs::Programs,
    redis::{Redis, Role},
};

use super::{
    backing::{Backing, DirectoryStore, SessionStore},
    filling::{Target, bar, open_sessions, put_cookies},
    kept::Kept,
    population::{Population, Visit},
};

/// The folder of the first node, and of embedded stores.
pub(crate) const DATA: &str = "data";

/// The file of an SQLite directory, in the folder for data.
const DIRECTORY: &str = "directory.sqlite";

/// Who holds the directory and the sessions.
pub(crate) struct Stores {
    /// Where the directory is.
    pub(crate) directory: Target,
    /// Where sessions are.
    pub(crate) sessions: Location,
    /// The database server, if the directory is there.
    pub(crate) postgres: Option<Postgres>,
    /// The Redis server, if sessions are there.
    pub(crate) redis: Option<Redis>,
}

impl Stores {
    /// Starts the servers that this takes, on what the folder holds.
    pub(crate) async fn start(
        programs: &Programs,
        folder: &Folder,
        backing: Backing,
    ) -> anyhow::Result<Self> {
        let data = folder.private(DATA)?;
        let password = Kept::PASSWORD;
        let postgres = match backing.directory {
            DirectoryStore::Sqlite => None,
            DirectoryStore::Postgres => {
                let disk = folder.private("postgres")?;
                let started = Postgres::start(programs, folder, &disk, password, Room::Plenty);
                Some(started.await?)
            }
        };
        let redis = match backing.sessions {
            SessionStore::Embedded => None,
            SessionStore::Redis => {
                Some(Redis::start(programs, folder, "redis", Role::Primary, password).await?)
            }
        };
        let embedded = "embedded".to_owned();
        let sessions = redis.as_ref().map_or(embedded, Redis::url);
        Ok(Self {
            directory: match &postgres {
                Some(postgres) => Target::Postgres(postgres.url()),
                None => Target::Sqlite(data.join(DIRECTORY)),
            },
            sessions: Location::parse(&sessions, &data)?,
            postgres,
            redis,
        })
    }

    /// Writes everybody in. Must be called inside a `LocalSet`.
    pub(crate) async fn fill(&self, population: &Population, kept: &Kept) -> anyhow::Result<()> {
        self.directory.fill(population).await?;
        let key = kept.encryption_key()?;
        self.directory.put_root(&key).await?;
        let store = open_sessions(&self.sessions, &key.as_root()).await?;
        let progress = bar(population.people.into(), "cookies")?;
        let visits: Vec<_> = (0..population.people)
            .map(|person| population.visit(person))
            .collect();
        put_cookies(&store, visits.into_iter(), &progress).await?;
        progress.finish_and_clear();
        Ok(())
    }

    /// Lets so many people sign in a second time, just now, so that they can sign out.
    pub(crate) async fn invite(
        &self,
        population: &Population,
        kept: &Kept,
        guests: u32,
    ) -> anyhow::Result<Vec<Visit>> {
        let now = Ambient::default().clock.now();
        let begun = now.as_millis().unsigned_abs() << 20;
        let visits: Vec<_> = (0..guests)
            .map(|guest| Visit {
                person: (guest.wrapping_mul(7919)) % population.people,
                number: begun + u64::from(guest),
                at: now.minus(Duration::from_millis((guests - guest).into())),
            })
            .collect();
        self.directory.put_sessions(population, &visits).await?;
        let store = open_sessions(&self.sessions, &kept.encryption_key()?.as_root()).await?;
        let progress = bar(guests.into(), "guests")?;
        put_cookies(&store, visits.clone().into_iter(), &progress).await?;
        progress.finish_and_clear();
        Ok(visits)
    }

    /// The settings `directory` and `sessions` of a node.
    pub(crate) fn settings(&self) -> String {
        let directory = match &self.postgres {
            Some(postgres) => postgres.url(),
            None => "embedded".to_owned(),
        };
        let embedded = "embedded".to_owned();
        let sessions = self.redis.as_ref().map_or(embedded, Redis::url);
        format!("directory = \"{directory}\"\nsessions = \"{sessions}\"\n")
    }

    /// Ends the servers in order.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        if let Some(mut redis) = self.redis {
            redis.stop().await?;
        }
        if let Some(mut postgres) = self.postgres {
            postgres.stop().await?;
        }
        Ok(())
    }
}
