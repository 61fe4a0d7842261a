//! What changes about rows on their way in.

use anyhow::{Context as _, Result};
use doorward_core::Timestamp;
use doorward_core::random::Random;
use doorward_core::seal::{KeyEncryptionKey, RootKey, SealedRoot};
use doorward_directory::transfer::Batch;

/// The keys of there and here, what is still alive there, and what becomes of both here.
pub(super) struct Passage<'a> {
    /// The key-encryption key of the source.
    source: &'a KeyEncryptionKey,
    /// The one of the target.
    target: &'a KeyEncryptionKey,
    lives: Lives,
    random: &'a dyn Random,
}

/// What becomes of sessions and grants.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lives {
    /// They go on.
    Kept,
    /// They end at this time.
    Ended(Timestamp),
}

impl Lives {
    /// The command that does so.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kept => "import",
            Self::Ended(_) => "restore",
        }
    }

    /// When what comes of it was last restored, given that of the source. It never goes back, whatever the clock does.
    pub(super) fn epoch(self, source: i64) -> i64 {
        match self {
            Self::Kept => source,
            Self::Ended(at) => at.as_millis().max(source.saturating_add(1)),
        }
    }
}

impl<'a> Passage<'a> {
    /// From under the key `source` to under `target`, which may be the same.
    pub(super) const fn new(
        (source, target): (&'a KeyEncryptionKey, &'a KeyEncryptionKey),
        lives: Lives,
        random: &'a dyn Random,
    ) -> Self {
        Self {
            source,
            target,
            lives,
            random,
        }
    }

    /// Changes the rows; says how many of them it has ended.
    pub(super) fn change(&self, batch: &mut Batch) -> Result<u64> {
        batch.reseal(|stored| self.reseal(stored))?;
        Ok(match self.lives {
            Lives::Kept => 0,
            Lives::Ended(at) => batch.end_all(at),
        })
    }

    /// The root key, under the key of here. Whatever else is sealed comes from it, and stays as it is.
    fn reseal(&self, stored: &SealedRoot) -> Result<SealedRoot> {
        let root = self.source.open(stored).context("the root key")?;
        if self.source.fingerprint() == self.target.fingerprint() {
            return Ok(stored.clone());
        }
        Ok(self.target.seal(self.random, &root))
    }

    /// The root key of a source that kept none, and as it is stored here.
    pub(super) fn inherited(&self) -> (RootKey, SealedRoot) {
        let root = self.source.as_root();
        let sealed = self.target.seal(self.random, &root);
        (root, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_goes_up_with_a_restore_and_never_back() {
        let noon = Timestamp::from_seconds(1_700_000_000);
        let now = noon.as_millis();
        assert_eq!(Lives::Kept.epoch(5), 5);
        assert_eq!(Lives::Ended(noon).epoch(0), now);
        assert_eq!(Lives::Ended(noon).epoch(now + 1_000), now + 1_001);
    }
}
