//! What changes about rows on their way in.

use anyhow::{Context as _, Result, ensure};
use doorward_core::Timestamp;
use doorward_core::client::Client;
use doorward_core::random::Random;
use doorward_core::seal::{KeyEncryptionKey, Sealer};
use doorward_directory::transfer::Batch;

/// What was sealed or is still alive there, and what becomes of it here.
pub(super) struct Passage<'a> {
    seals: Seals,
    lives: Lives,
    random: &'a dyn Random,
}

/// What becomes of signing keys.
enum Seals {
    /// They are sealed with the key of both.
    Kept,
    /// They are opened with the source's and sealed with the target's.
    Changed { from: Box<Sealer>, to: Box<Sealer> },
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
    /// From under the key `source`, when that is another one, to under `target`.
    pub(super) fn new(
        source: Option<&KeyEncryptionKey>,
        target: &KeyEncryptionKey,
        lives: Lives,
        random: &'a dyn Random,
    ) -> Self {
        let sealer = |key: &KeyEncryptionKey| Box::new(key.sealer("signing-key"));
        let seals = source.map_or(Seals::Kept, |source| Seals::Changed {
            from: sealer(source),
            to: sealer(target),
        });
        Self {
            seals,
            lives,
            random,
        }
    }

    /// Changes the rows; says how many of them it has ended.
    pub(super) fn change(&self, batch: &mut Batch) -> Result<u64> {
        if let Seals::Changed { from, to } = &self.seals {
            nothing_is_derived(batch)?;
            batch.reseal(|kid, sealed| {
                let plain = from.open(kid.as_bytes(), sealed);
                let plain = plain.with_context(|| format!("the signing key {kid}"))?;
                anyhow::Ok(to.seal(self.random, kid.as_bytes(), &plain))
            })?;
        }
        Ok(match self.lives {
            Lives::Kept => 0,
            Lives::Ended(at) => batch.end_all(at),
        })
    }
}

/// Pairwise subjects and the secrets of `client_secret_jwt` are made with the key-encryption key. With another one a client would
/// take everybody for somebody new, or could not prove who it is.
fn nothing_is_derived(batch: &Batch) -> Result<()> {
    for (id, document) in batch.texts("client", "document") {
        let client: Client = serde_json::from_str(document).with_context(|| unreadable(&id))?;
        ensure!(
            client.sector.is_none(),
            "the application {} knows people by pairwise subjects, which another key-encryption key would change: \
             put the source's key in place of the target's, and import without --source-key-file",
            client.client_id
        );
        ensure!(
            client.secrets.iter().all(|secret| secret.salt.is_none()),
            "the application {} has a secret that is derived from the key-encryption key, which another one does not know: \
             put the source's key in place of the target's, and import without --source-key-file",
            client.client_id
        );
    }
    Ok(())
}

/// Nobody knows what it was made with.
fn unreadable(id: &str) -> String {
    format!(
        "the row {id} of the table client cannot be read, and what it was made with cannot be known: \
         remove the application there (doorward client remove {id}) and export anew, \
         or put the source's key in place of the target's, and import without --source-key-file"
    )
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

    #[test]
    fn a_client_that_cannot_be_read_is_named_with_the_reason() {
        // The table `client` with the columns `id` and `document`, and one row.
        let rows = b"\x83\x66client\x82\x62id\x68document\x81\x82\x67payroll\x62{}";
        let batch = Batch::decode(rows).unwrap();
        let refused = format!("{:#}", nothing_is_derived(&batch).unwrap_err());
        for said in [
            "the row payroll of the table client",
            "missing field",
            "doorward client remove payroll",
        ] {
            assert!(refused.contains(said), "{refused}");
        }
    }
}
