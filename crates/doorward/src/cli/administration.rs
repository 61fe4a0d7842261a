//! The directory, opened for one command, which may run while the server does.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use doorward_core::client::ClientSecrets;
use doorward_core::event::{Event, EventRecord};
use doorward_core::identifiers::EventId;
use doorward_core::jose::Algorithm;
use doorward_core::person::{Person, Username};
use doorward_core::random::Random;
use doorward_core::seal::Sealer;
use doorward_core::{Clock, Timestamp};
use doorward_directory::{Directory, Location};

use super::Surroundings;
use crate::ambient::ReferenceClock;
use crate::configuration::{Configuration, Environment};
use crate::encryption_key::{Root, make_directory};
use crate::provider::prove_whole;

/// How many rows are read at a time.
pub(super) const PAGE: u32 = 500;

/// What commands that read or change the directory work with.
pub(super) struct Administration {
    pub(super) directory: Directory,
    pub(super) configuration: Configuration,
    pub(super) random: Arc<dyn Random>,
    pub(super) reference: ReferenceClock,
    clock: Arc<dyn Clock>,
    pub(super) environment: Environment,
}

/// What becomes of a data directory without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is made.
    Made,
    /// It is a mistake.
    Refused,
}

impl Administration {
    pub(super) async fn open(
        configuration: Configuration,
        missing: Missing,
        surroundings: &Surroundings,
    ) -> Result<Self> {
        let administration = Self::open_halfway(configuration, missing, surroundings).await?;
        prove_whole(&administration.directory).await?;
        Ok(administration)
    }

    /// Opens the directory even when a file has come in halfway, for the command that goes on with it.
    pub(super) async fn open_halfway(
        configuration: Configuration,
        missing: Missing,
        surroundings: &Surroundings,
    ) -> Result<Self> {
        let (data, place) = (&configuration.server.data, configuration.directory()?);
        if let Location::Embedded(file) = &place {
            ensure!(
                missing == Missing::Made || file.exists(),
                "there is no data in {}; name its place with --data or in the configuration",
                data.display()
            );
        }
        if missing == Missing::Made {
            make_directory(data).with_context(|| format!("cannot make {}", data.display()))?;
        }
        let directory = Directory::open(&place).await?;
        Ok(Self {
            directory,
            configuration,
            random: Arc::clone(&surroundings.random),
            reference: surroundings.reference,
            clock: Arc::clone(&surroundings.clock),
            environment: surroundings.environment.clone(),
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Proves that there are keys for these algorithms, or will be at the next start.
    pub(super) async fn ensure_signs(
        &self,
        mut wanted: impl Iterator<Item = Algorithm>,
    ) -> Result<()> {
        let present = self.directory.keys().all().await?;
        let signs = |algorithm| {
            let mut keys = present.iter();
            self.configuration.keys.algorithms.0.contains(&algorithm)
                || keys.any(|key| key.algorithm == algorithm && key.life.holds_office())
        };
        match wanted.find(|algorithm| !signs(*algorithm)) {
            None => Ok(()),
            Some(algorithm) => {
                bail!("no key signs with {algorithm}: add it to keys.algorithms, and restart")
            }
        }
    }

    /// The root key, which takes the key-encryption key.
    pub(super) async fn root(&self) -> Result<Root> {
        let (configuration, environment) = (&self.configuration, &self.environment);
        Root::open(&self.directory, configuration, environment, &*self.random).await
    }

    /// What makes secrets that are known again, which takes the key-encryption key.
    pub(super) async fn client_secrets(&self) -> Result<ClientSecrets> {
        Ok(ClientSecrets::of(&self.root().await?.key))
    }

    /// What seals signing keys.
    pub(super) async fn signing_key_sealer(&self) -> Result<Sealer> {
        Ok(self.root().await?.key.sealer("signing-key"))
    }

    /// Who signs in with this name; an error that says so when there is nobody.
    pub(super) async fn person(&self, username: &Username) -> Result<Person> {
        let person = self.directory.people().by_username(username).await?;
        person.with_context(|| format!("there is no user {username}"))
    }

    /// Records that an operator did `action` to `target`.
    pub(super) async fn record(&self, action: &str, target: impl Into<String>) -> Result<()> {
        let record = self.record_of(action, target);
        Ok(self.directory.events().record(vec![record]).await?)
    }

    /// What tells that an operator did `action` to `target`.
    pub(super) fn record_of(&self, action: &str, target: impl Into<String>) -> EventRecord {
        let at = self.now();
        let event = Event::Administered {
            action: action.to_owned(),
            target: target.into(),
        };
        EventRecord {
            id: EventId::generate(at, &*self.random),
            at,
            reference: None,
            event,
        }
    }
}
