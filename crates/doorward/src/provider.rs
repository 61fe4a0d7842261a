//! Puts a provider together from its configuration.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use doorward_core::Clock;
use doorward_core::client::ClientSecrets;
use doorward_core::dpop::Nonces;
use doorward_core::random::Random;
use doorward_core::seal::RootKey;
use doorward_core::subject::Subjects;
use doorward_directory::Directory;
use doorward_sessions::{Location, Store};
use doorward_web::{Parts, Provider, SigningKeys};

use crate::ambient::{ReferenceClock, SystemClock, SystemRandom};
use crate::configuration::{self, Configuration, Environment};
use crate::data_lock::DataLock;
use crate::encryption_key::{Root, make_directory};
use crate::outbound::Outbound;
use crate::signing_keys::{self, Locksmith, Rotation, Supply};
use crate::tls::{FollowedAuthorities, read_authorities};

/// What a provider takes from outside besides its configuration.
#[derive(Clone)]
pub struct Ambient {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// What the time is held against.
    pub reference: ReferenceClock,
    /// Variables, for the key-encryption key.
    pub environment: Environment,
}

impl Default for Ambient {
    /// The system's clock and randomness, and no variables.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            reference: ReferenceClock::default(),
            environment: Environment::default(),
        }
    }
}

/// A provider, and the stores that it works on.
pub(crate) struct Opened {
    pub(crate) provider: Arc<Provider>,
    pub(crate) directory: Directory,
    /// What takes the steps in the lives of signing keys.
    pub(crate) rotation: Rotation,
    /// Where the directory is, without its password.
    pub(crate) place: String,
    pub(crate) sessions: Location,
    /// Who may vouch for clients, where a file says so.
    pub(crate) authorities: Option<FollowedAuthorities>,
    /// Held as long as the provider is served.
    pub(crate) data_lock: DataLock,
}

/// Opens the stores and the keys, making what is missing on first start.
pub(crate) async fn open(configuration: &Configuration, ambient: &Ambient) -> Result<Opened> {
    let data = &configuration.server.data;
    make_directory(data).with_context(|| format!("cannot make {}", data.display()))?;
    let place = configuration.directory()?;
    let directory = Directory::open(&place).await?;
    let data_lock = DataLock::to_serve(configuration)?;
    prove_whole(&directory).await?;
    let root = root_key(configuration, ambient, &directory).await?;
    let location = configuration.sessions()?;
    let backend = doorward_sessions::open(&location, Arc::clone(&ambient.clock)).await?;
    let sealer = root.sealer("session");
    let sessions = Store::new(backend, sealer, Arc::clone(&ambient.random));
    let sealer = root.sealer("signing-key");
    let now = ambient.clock.now();
    let supply = Supply::configured(configuration)?;
    signing_keys::make_missing(&directory, &supply, &sealer, now, &*ambient.random).await?;
    let sealer = Arc::new(sealer);
    let locksmith = Locksmith {
        sealer: Arc::clone(&sealer),
        supply: supply.clone(),
    };
    let signing_keys = SigningKeys::open(&directory, Arc::new(locksmith), now).await?;
    let nonces = Nonces::new(root.authenticator("dpop-nonce"));
    let subjects = Subjects::new(root.authenticator("pairwise-subject"));
    let client_secrets = ClientSecrets::of(&root);
    let settings = configuration.settings()?;
    let authorities = read_authorities(configuration, &settings.mutual_tls.authorities)?;
    let provider = Arc::new(Provider::new(Parts {
        issuer: configuration.server.issuer.as_str().to_owned(),
        settings,
        directory: directory.clone(),
        sessions,
        signing_keys,
        nonces,
        subjects,
        client_secrets,
        clock: Arc::clone(&ambient.clock),
        random: Arc::clone(&ambient.random),
        outbound: Arc::new(outbound(&configuration.outbound)),
    }));
    let rotation = Rotation {
        provider: Arc::clone(&provider),
        directory: directory.clone(),
        sealer,
        schedule: configuration.key_schedule(),
        supply,
        clock: Arc::clone(&ambient.clock),
        random: Arc::clone(&ambient.random),
        reference: ambient.reference,
    };
    Ok(Opened {
        provider,
        rotation,
        directory,
        place: place.to_string(),
        sessions: location,
        authorities,
        data_lock,
    })
}

/// What makes the requests that are ours.
fn outbound(settings: &configuration::Outbound) -> Outbound {
    Outbound::new(settings.allow.0.clone()).through(settings.proxy.0.clone())
}

/// Proves that no file has come in halfway.
pub(crate) async fn prove_whole(directory: &Directory) -> Result<()> {
    ensure!(
        directory.unfinished_arrival().await?.is_none(),
        "the directory is not whole: a file has come in halfway; run its `doorward import` or \
         `doorward restore` again, which goes on where it stopped"
    );
    Ok(())
}

/// The key that everything of the directory comes from, which opens with the one that is configured.
async fn root_key(
    configuration: &Configuration,
    ambient: &Ambient,
    directory: &Directory,
) -> Result<RootKey> {
    let (environment, random) = (&ambient.environment, &*ambient.random);
    let root = Root::open(directory, configuration, environment, random).await?;
    let sealed_by = root.stored.sealed_by;
    tracing::info!(key_encryption_key = %sealed_by, place = %root.keys.place(), "the root key is open");
    if sealed_by != root.keys.newest().fingerprint() {
        tracing::warn!(
            newest = %root.keys.newest().fingerprint(),
            "a newer key-encryption key is in place than the one in use: run `doorward keys rewrap`"
        );
    }
    Ok(root.key)
}
