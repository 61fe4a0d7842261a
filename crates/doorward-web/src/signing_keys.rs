//! The signing keys as this node holds them: opened once, followed as they change, and each at its stage at every moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use doorward_core::jose::{Algorithm, Keyring, SigningKey, StoredKey};
use doorward_core::keys::{ANNOUNCED, IN_SIGHT, Key, Life};
use doorward_core::seal::Sealer;
use doorward_core::time::Timestamp;
use doorward_directory::keys::UnreadableKey;
use doorward_directory::{Directory, Failure};
use tokio::sync::Mutex;

use crate::discovery::Document;
use crate::provider::Provider;
use crate::refusal::Failed;

/// Opens a key that is stored: unseals it, or finds it where it is kept.
pub trait OpenKey: Send + Sync + 'static {
    /// The key, ready to sign.
    ///
    /// # Errors
    /// When it cannot be used, and why.
    fn open(&self, stored: &StoredKey) -> Result<SigningKey, String>;
}

impl OpenKey for Sealer {
    fn open(&self, stored: &StoredKey) -> Result<SigningKey, String> {
        SigningKey::unseal(stored, self).map_err(|unusable| unusable.to_string())
    }
}

/// The signing keys of a node.
pub struct SigningKeys {
    locksmith: Arc<dyn OpenKey>,
    opened: ArcSwap<Opened>,
    present: ArcSwap<Present>,
    /// When it was last known that no key has changed unseen, in milliseconds.
    seen_at: AtomicI64,
    /// Held by the one request that looks for what may have been missed; the others are answered meanwhile.
    looking: Mutex<()>,
    /// Held while keys are opened, so that what was read first is not kept last.
    turn: Mutex<()>,
}

/// Keys that open, and how often the keys had changed by then.
struct Opened {
    generation: u64,
    keys: Vec<(Arc<SigningKey>, Life)>,
}

/// The keys of one moment, and the key set that they make.
struct Present {
    /// What it was made of: when that has changed, it is of the past, whatever the time.
    of: Arc<Opened>,
    keyring: Arc<Keyring>,
    document: Arc<Document>,
}

/// The key set of a moment.
pub(crate) struct KeySet {
    pub(crate) document: Arc<Document>,
    /// When its newest key was published.
    pub(crate) newest: Timestamp,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum NoKeys {
    /// They cannot be read.
    #[error(transparent)]
    Unread(#[from] Failure),
    /// One cannot be used.
    #[error("the signing key {kid}: {reason}")]
    Unusable {
        /// Which.
        kid: String,
        /// Why.
        reason: String,
    },
    /// The thread that opened them is gone.
    #[error("{0}")]
    Interrupted(String),
}

impl NoKeys {
    fn of_row(row: UnreadableKey) -> Self {
        Self::Unusable {
            kid: row.kid,
            reason: row.reason.to_string(),
        }
    }
}

impl Opened {
    /// The keys as they are stored now, of which those that are `known` are not opened again; and those that do not open.
    async fn read(
        directory: &Directory,
        locksmith: &Arc<dyn OpenKey>,
        known: Vec<(Arc<SigningKey>, Life)>,
    ) -> Result<(Self, Vec<NoKeys>), NoKeys> {
        // Read before the keys: what changes in between is looked at once more than needed, never missed.
        let generation = directory.keys().generation();
        let read = directory.keys().read().await?;
        let rows = read.unreadable.into_iter();
        let mut unusable: Vec<NoKeys> = rows.map(NoKeys::of_row).collect();
        let stored = read.keys;
        let locksmith = Arc::clone(locksmith);
        let opening = move || {
            let opened = stored
                .iter()
                .map(|stored| open(stored, &known, &*locksmith));
            let mut keys = Vec::new();
            for key in opened {
                match key {
                    Ok(key) => keys.push(key),
                    Err(reason) => unusable.push(reason),
                }
            }
            (Self { generation, keys }, unusable)
        };
        let opened = tokio::task::spawn_blocking(opening).await;
        opened.map_err(|error| NoKeys::Interrupted(error.to_string()))
    }
}

fn open(
    stored: &StoredKey,
    known: &[(Arc<SigningKey>, Life)],
    locksmith: &dyn OpenKey,
) -> Result<(Arc<SigningKey>, Life), NoKeys> {
    if let Some((key, _)) = known.iter().find(|(key, _)| key.kid() == stored.kid) {
        return Ok((Arc::clone(key), stored.life));
    }
    let key = locksmith.open(stored).map_err(|reason| NoKeys::Unusable {
        kid: stored.kid.clone(),
        reason,
    })?;
    Ok((Arc::new(key), stored.life))
}

impl Present {
    fn at(now: Timestamp, of: Arc<Opened>) -> Self {
        let keyring = Keyring::at(now, &of.keys);
        Self {
            of,
            document: Arc::new(Document::new(keyring.jwks().to_vec())),
            keyring: Arc::new(keyring),
        }
    }
}

impl SigningKeys {
    /// Opens the keys that are in the directory.
    ///
    /// # Errors
    /// When they cannot be read, or one of them cannot be used.
    pub async fn open(
        directory: &Directory,
        locksmith: Arc<dyn OpenKey>,
        now: Timestamp,
    ) -> Result<Self, NoKeys> {
        let (opened, unusable) = Opened::read(directory, &locksmith, Vec::new()).await?;
        if let Some(reason) = unusable.into_iter().next() {
            return Err(reason);
        }
        let opened = Arc::new(opened);
        Ok(Self {
            present: ArcSwap::from_pointee(Present::at(now, Arc::clone(&opened))),
            opened: ArcSwap::new(opened),
            seen_at: AtomicI64::new(now.as_millis()),
            locksmith,
            looking: Mutex::default(),
            turn: Mutex::default(),
        })
    }

    /// What keys sign with at `now`.
    pub(crate) fn algorithms(&self, now: Timestamp) -> Vec<Algorithm> {
        self.keyring(now).algorithms()
    }

    /// The keys at `now`, for whoever verifies.
    pub(crate) fn keyring(&self, now: Timestamp) -> Arc<Keyring> {
        Arc::clone(&self.present(now).keyring)
    }

    /// The key set at `now`.
    pub(crate) fn key_set(&self, now: Timestamp) -> KeySet {
        let present = self.present(now);
        KeySet {
            document: Arc::clone(&present.document),
            newest: present.keyring.newest(),
        }
    }

    fn present(&self, now: Timestamp) -> Arc<Present> {
        let (present, opened) = (self.present.load(), self.opened.load());
        if Arc::ptr_eq(&present.of, &opened) && present.keyring.is_good_at(now) {
            return Arc::clone(&present);
        }
        let next = Arc::new(Present::at(now, Arc::clone(&opened)));
        self.present.store(Arc::clone(&next));
        next
    }

    /// Whether something may have changed that this node does not know of: it has not seen the directory for this long. Of keys that is as long as
    /// what is decided is written down `ahead`.
    pub(crate) fn may_have_missed(&self, ahead: Duration, now: Timestamp) -> bool {
        let seen_at = Timestamp::from_millis(self.seen_at.load(Ordering::Relaxed));
        now.since(seen_at) >= ahead
    }

    /// Takes over what has changed by the last [`Directory::refresh`], which was begun at `now` or later.
    async fn follow(&self, directory: &Directory, now: Timestamp) -> Result<(), NoKeys> {
        let _turn = self.turn.lock().await;
        let present = self.opened.load_full();
        if present.generation != directory.keys().generation() {
            let known = present.keys.clone();
            let (opened, unusable) = Opened::read(directory, &self.locksmith, known).await?;
            for reason in unusable {
                tracing::error!(%reason, "a signing key cannot be used");
            }
            self.opened.store(Arc::new(opened));
        }
        self.seen_at.fetch_max(now.as_millis(), Ordering::Relaxed);
        Ok(())
    }
}

impl Provider {
    /// The keys of this moment, for whoever verifies.
    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        self.signing_keys.keyring(self.now())
    }

    /// The keys of this moment, for whoever signs: with the same keys as every other node.
    pub(crate) async fn signers(&self) -> Result<Arc<Keyring>, Failed> {
        if self.signing_keys.may_have_missed(IN_SIGHT, self.now()) {
            self.follow_directory().await.map_err(|error| {
                Failed(format!(
                    "another key may sign by now, and there is no way to know: {error}"
                ))
            })?;
        }
        // Looking takes its time, in which a key may have been revoked.
        Ok(self.signing_keys.keyring(self.now()))
    }

    /// The key set of this moment: that of every other node, unless the directory does not answer.
    pub(crate) async fn key_set(&self) -> KeySet {
        if self.signing_keys.may_have_missed(ANNOUNCED, self.now())
            && let Ok(_turn) = self.signing_keys.looking.try_lock()
            && let Err(error) = self.follow_directory().await
        {
            tracing::warn!(%error, "the key set may lack a key that was just published");
        }
        self.signing_keys.key_set(self.now())
    }

    /// Whether the key that signs with `algorithm` is in hardware, where this program makes none.
    pub fn signs_in_hardware(&self, algorithm: Algorithm) -> bool {
        let keyring = self.keyring();
        let signer = keyring.signer(algorithm);
        signer.is_some_and(|key| key.hardware().is_some())
    }

    /// The keys as this node knows them.
    pub fn signing_keys(&self) -> Vec<Key> {
        let opened = self.signing_keys.opened.load();
        let keys = opened.keys.iter().map(|(key, life)| Key {
            kid: key.kid().to_owned(),
            algorithm: key.algorithm(),
            life: *life,
        });
        keys.collect()
    }

    /// Takes over what other processes have changed in the directory: clients, resource servers, signing keys.
    ///
    /// # Errors
    /// When the directory does not answer.
    pub async fn follow_directory(&self) -> Result<(), NoKeys> {
        let now = self.now();
        self.directory.refresh().await?;
        self.signing_keys.follow(&self.directory, now).await
    }
}
