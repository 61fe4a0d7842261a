//! What must last: people, clients, consents, grants, keys and events; on SQLite or PostgreSQL.
//!
//! A [`Directory`] hands out one door for each aggregate, with methods named for what the program wants.
//! A method that changes something returns when the change is durable, and what belongs together is one
//! transaction. Nothing here decides: whether a grant is live or a session expired is the core's to say.

pub mod access_tokens;
pub mod api_tokens;
pub mod clients;
mod compare_and_set;
pub mod consents;
mod counted;
mod database;
pub mod documents;
mod dynamic_clients;
mod event_log;
pub mod events;
mod failure;
pub mod grants;
pub mod groups;
pub mod initial_access_tokens;
pub mod keys;
mod known_clients;
mod lease;
mod location;
pub mod logout_deliveries;
mod memory;
pub mod people;
mod postgres;
pub mod refresh_tokens;
pub mod root_key;
mod row;
mod schema;
pub mod service_accounts;
pub mod sessions;
mod sqlite;
pub mod status_lists;
mod sweep;
pub mod transfer;
mod value;

use std::path::Path;
use std::sync::Arc;

use access_tokens::AccessTokens;
use api_tokens::ApiTokens;
use clients::Clients;
use consents::Consents;
use counted::Counted;
use database::{Database, Statement};
use documents::Documents;
use doorward_core::Timestamp;
use doorward_core::assertion_issuer::AssertionIssuer;
use doorward_core::forward_auth::Site;
use doorward_core::resource_server::ResourceServer;
pub use dynamic_clients::Registered;
use event_log::EventLog;
use events::Events;
pub use failure::{Failure, OpenError};
use grants::Grants;
pub use grants::Recorded;
use groups::Groups;
use initial_access_tokens::InitialAccessTokens;
use keys::Keys;
pub use lease::Fence;
pub use location::{Location, UnknownLocation};
pub use logout_deliveries::KEPT_DELIVERIES_FOR;
use logout_deliveries::LogoutDeliveries;
use memory::Memory;
use people::People;
use postgres::Postgres;
pub use postgres::Server;
pub use refresh_tokens::Rotated;
use root_key::StoredRoot;
use service_accounts::ServiceAccounts;
use sessions::Sessions;
use sqlite::Sqlite;
use status_lists::StatusLists;
pub use sweep::{KEPT_EVENTS, KEPT_EVENTS_FOR, KEPT_SESSIONS_FOR, Swept};
use value::params;

/// Everything that must last. Clones share one directory.
#[derive(Clone, Debug)]
pub struct Directory {
    database: Arc<Counted>,
    memory: Arc<Memory>,
    event_log: Arc<EventLog>,
}

impl Directory {
    /// Opens the SQLite file at `path`, which is made when it is not there, and brings its schema up to date.
    pub async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || Sqlite::open(&path)).await;
        let database = opened.map_err(|error| Failure::Unavailable(error.to_string()))??;
        Ok(Self::over(Arc::new(database)).await?)
    }

    /// Opens the PostgreSQL database at `server` and brings its schema up to date, while other nodes that start at once wait.
    pub async fn open_postgres(server: &Server) -> Result<Self, OpenError> {
        let database = Postgres::open(server).await?;
        Ok(Self::over(Arc::new(database)).await?)
    }

    /// Opens the directory that is there.
    pub async fn open(location: &Location) -> Result<Self, OpenError> {
        match location {
            Location::Embedded(path) => Self::open_sqlite(path).await,
            Location::Postgres(server) => Self::open_postgres(server).await,
        }
    }

    async fn over(database: Arc<dyn Database>) -> Result<Self, Failure> {
        let memory = Memory::load(&*database).await?;
        Ok(Self {
            event_log: Arc::new(EventLog::start(Arc::clone(&database))),
            memory: Arc::new(memory),
            database: Arc::new(Counted::new(database)),
        })
    }

    /// How often the database was asked since the directory was opened, besides what nobody waits for: the writing down of events, and the telling of clients.
    pub fn round_trips(&self) -> u64 {
        self.database.round_trips()
    }

    /// Reads again what is kept in memory, when any process has changed it; says whether one has.
    ///
    /// One point read when nothing has changed; call it every second.
    pub async fn refresh(&self) -> Result<bool, Failure> {
        self.memory.refresh(&*self.database).await
    }

    /// Returns when another process may have changed what is kept in memory, as far as the database announces that: what is
    /// announced to nobody is for [`refresh`](Self::refresh) to find.
    pub async fn changed(&self) {
        self.database.changed().await;
    }

    /// What the clock shows that all nodes have in common: the database server's. `None` where they share a machine.
    pub async fn clock(&self) -> Result<Option<Timestamp>, Failure> {
        self.database.clock().await
    }

    /// Proves that the directory can be read and written, and is whole.
    pub async fn ping(&self) -> Result<(), Failure> {
        self.database
            .query(
                "SELECT number FROM revision WHERE name = 'probe'",
                params![],
            )
            .await?;
        let write = "UPDATE revision SET number = number + 1 WHERE name = 'probe'";
        self.database
            .commit(vec![Statement::any(write, params![])])
            .await?;
        match self.unfinished_arrival().await? {
            Some(_) => Err(Failure::Incomplete),
            None => Ok(()),
        }
    }

    /// Writes down the events that wait, finishes what was begun and ends the directory for all its clones.
    pub async fn close(&self) -> Result<(), Failure> {
        self.event_log.close().await;
        self.database.close().await
    }

    /// The people who sign in.
    pub fn people(&self) -> People<'_> {
        People::new(&*self.database, &self.memory)
    }

    /// The groups they are in.
    pub fn groups(&self) -> Groups<'_> {
        Groups::new(&*self.database, &self.memory)
    }

    /// The applications they sign in to.
    pub fn clients(&self) -> Clients<'_> {
        Clients::new(&*self.database, &self.memory)
    }

    /// The key that everything sealed here comes from.
    pub fn root_key(&self) -> StoredRoot<'_> {
        StoredRoot::new(&*self.database)
    }

    /// The keys that sign tokens.
    pub fn keys(&self) -> Keys<'_> {
        Keys::new(&*self.database, &self.memory)
    }

    /// The browsers in which somebody has signed in.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions::new(&*self.database)
    }

    /// What people and programs show to APIs.
    pub fn api_tokens(&self) -> ApiTokens<'_> {
        ApiTokens::new(&*self.database, &self.memory)
    }

    /// Programs with API tokens of their own.
    pub fn service_accounts(&self) -> ServiceAccounts<'_> {
        ServiceAccounts::new(&*self.database, &self.memory)
    }

    /// What operators give to those who may register clients.
    pub fn initial_access_tokens(&self) -> InitialAccessTokens<'_> {
        InitialAccessTokens::new(&*self.database)
    }

    /// The resource servers.
    pub fn resource_servers(&self) -> Documents<'_, ResourceServer> {
        Documents::new(&*self.database, &self.memory, |snapshot| {
            &snapshot.resource_servers
        })
    }

    /// What says which access tokens were revoked to those who verify them themselves.
    pub fn status_lists(&self) -> StatusLists<'_> {
        StatusLists::new(&*self.database, &self.memory)
    }

    /// Those whose word is taken for who somebody is.
    pub fn assertion_issuers(&self) -> Documents<'_, AssertionIssuer> {
        Documents::new(&*self.database, &self.memory, |snapshot| {
            &snapshot.assertion_issuers
        })
    }

    /// The sites of proxies that ask about each request.
    pub fn sites(&self) -> Documents<'_, Site> {
        Documents::new(&*self.database, &self.memory, |snapshot| &snapshot.sites)
    }

    /// What people allowed clients, remembered.
    pub fn consents(&self) -> Consents<'_> {
        Consents::new(&*self.database)
    }

    /// What was allowed once, and the refresh tokens that came of it.
    pub fn grants(&self) -> Grants<'_> {
        Grants::new(&*self.database, &self.memory)
    }

    /// What clients are told of sessions that are over. Nobody waits for it, so [`round_trips`](Self::round_trips) leaves it out.
    pub fn logout_deliveries(&self) -> LogoutDeliveries<'_> {
        LogoutDeliveries::new(self.database.uncounted())
    }

    /// The access tokens that were revoked before they expired.
    pub fn access_tokens(&self) -> AccessTokens<'_> {
        AccessTokens::new(&*self.database)
    }

    /// What the provider did or refused, and why.
    pub fn events(&self) -> Events<'_> {
        Events::new(&*self.database, &self.event_log)
    }
}
