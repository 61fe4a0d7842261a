//! What every request reads: the clients, resource servers, assertion issuers and sites, the API tokens that were shown lately, and how
//! often the keys have changed.
//!
//! Each change to any of them adds one to its row of `revision` in the same transaction, so that other processes see it
//! with one point read. A client has the number of its last change, so that they read that client alone.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use arc_swap::ArcSwap;
use doorward_core::assertion_issuer::AssertionIssuer;
use doorward_core::forward_auth::Site;
use doorward_core::resource_server::ResourceServer;

use crate::api_tokens::KnownApiTokens;
use crate::database::{Database, Statement};
use crate::documents::KnownDocuments;
use crate::failure::Failure;
use crate::known_clients::{KnownClients, changes_since};
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// What is kept in memory.
#[derive(Debug)]
pub(crate) struct Memory {
    /// Locked for as long as one is looked up, or those that changed are put there.
    clients: RwLock<KnownClients>,
    snapshot: ArcSwap<Snapshot>,
    api_tokens: KnownApiTokens,
    /// Held while loading, so that what was loaded first is not stored last.
    turn: tokio::sync::Mutex<()>,
}

/// The resource servers, assertion issuers, sites and revisions as of one moment, swapped in one step.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    revisions: Revisions,
    /// Shared from one snapshot to the next, since keys change oftener than they do.
    pub(crate) resource_servers: Arc<KnownDocuments<ResourceServer>>,
    pub(crate) assertion_issuers: Arc<KnownDocuments<AssertionIssuer>>,
    pub(crate) sites: Arc<KnownDocuments<Site>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Revisions {
    /// Of the clients, and of the resource servers, assertion issuers and sites with them, which are few and seldom change.
    clients: i64,
    keys: i64,
    /// Of API tokens, and of all that decides whether one works.
    api_tokens: i64,
}

impl Memory {
    pub(crate) async fn load(database: &dyn Database) -> Result<Self, Failure> {
        let revisions = Revisions::load(database).await?;
        let clients = KnownClients::load(database).await?;
        let snapshot = Snapshot::default().next(database, revisions).await?;
        Ok(Self {
            clients: RwLock::new(clients),
            snapshot: ArcSwap::from_pointee(snapshot),
            api_tokens: KnownApiTokens::default(),
            turn: tokio::sync::Mutex::default(),
        })
    }

    /// Loads what has changed; says whether anything has.
    pub(crate) async fn refresh(&self, database: &dyn Database) -> Result<bool, Failure> {
        let _turn = self.turn.lock().await;
        let present = self.snapshot.load_full();
        // Read before the clients: what changes in between is loaded once more than needed, never missed.
        let revisions = Revisions::load(database).await?;
        if revisions == present.revisions {
            return Ok(false);
        }
        let snapshot = if revisions.clients == present.revisions.clients {
            Snapshot {
                revisions,
                resource_servers: Arc::clone(&present.resource_servers),
                assertion_issuers: Arc::clone(&present.assertion_issuers),
                sites: Arc::clone(&present.sites),
            }
        } else {
            self.refresh_clients(database, present.revisions).await?;
            present.next(database, revisions).await?
        };
        self.snapshot.store(Arc::new(snapshot));
        Ok(true)
    }

    async fn refresh_clients(
        &self,
        database: &dyn Database,
        since: Revisions,
    ) -> Result<(), Failure> {
        if let Some(changes) = changes_since(database, since.clients).await? {
            self.change_clients().apply(changes);
        } else {
            let clients = KnownClients::load(database).await?;
            *self.change_clients() = clients;
        }
        Ok(())
    }

    fn change_clients(&self) -> RwLockWriteGuard<'_, KnownClients> {
        self.clients.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn clients(&self) -> RwLockReadGuard<'_, KnownClients> {
        self.clients.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    pub(crate) const fn api_tokens(&self) -> &KnownApiTokens {
        &self.api_tokens
    }

    /// How often API tokens, or what decides whether one works, had changed when that was last looked at.
    pub(crate) fn api_tokens_revision(&self) -> i64 {
        self.snapshot.load().revisions.api_tokens
    }

    /// How often the clients, resource servers and assertion issuers had changed when they were last looked at.
    pub(crate) fn clients_generation(&self) -> u64 {
        self.snapshot.load().revisions.clients.unsigned_abs()
    }

    /// How often the keys had changed when they were last looked at.
    pub(crate) fn keys_generation(&self) -> u64 {
        self.snapshot.load().revisions.keys.unsigned_abs()
    }
}

impl Snapshot {
    /// The one that comes after it.
    async fn next(&self, database: &dyn Database, revisions: Revisions) -> Result<Self, Failure> {
        let servers = KnownDocuments::load(database, &self.resource_servers).await?;
        let issuers = KnownDocuments::load(database, &self.assertion_issuers).await?;
        let sites = KnownDocuments::load(database, &self.sites).await?;
        Ok(Self {
            revisions,
            resource_servers: Arc::new(servers),
            assertion_issuers: Arc::new(issuers),
            sites: Arc::new(sites),
        })
    }
}

impl Revisions {
    async fn load(database: &dyn Database) -> Result<Self, Failure> {
        let sql = "SELECT (SELECT number FROM revision WHERE name = 'clients'), \
                   (SELECT number FROM revision WHERE name = 'keys'), \
                   (SELECT number FROM revision WHERE name = 'api_tokens')";
        let revisions = row::first(database.query(sql, params![]).await?)?;
        revisions.ok_or_else(|| Failure::BadRow {
            table: "revision",
            reason: "it is not there".to_owned(),
        })
    }
}

impl Stored for Revisions {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("revision");
        Ok(Self {
            clients: fields.integer()?,
            keys: fields.integer()?,
            api_tokens: fields.integer()?,
        })
    }
}

/// The part of a commit that tells every process to load the resource servers, assertion issuers and sites again, and the clients that
/// changed. A change of a client tells of itself.
pub(crate) fn others_changed() -> Statement {
    let sql = "UPDATE revision SET number = number + 1 WHERE name = 'clients'";
    Statement::one(sql, params![])
}

/// The part of a commit that tells every process to load the keys again.
pub(crate) fn keys_changed() -> Statement {
    let sql = "UPDATE revision SET number = number + 1 WHERE name = 'keys'";
    Statement::one(sql, params![])
}
