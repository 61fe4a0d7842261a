//! What the directory says of signing keys: since when they sign, what comes next, and who knows those that wait.

use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::{Key, Stage, Uptake, deadline};
use doorward_core::time::Timestamp;
use doorward_directory::Failure;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::Metrics;
use crate::signing_keys::{Readers, changing_by_themselves};

/// The figures of one moment.
#[derive(Default)]
pub(super) struct KeyFigures {
    signs_since: Family<OfKey, Gauge>,
    next_step: Family<OfAlgorithm, Gauge>,
    applications: Family<Knowing, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAlgorithm {
    alg: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKey {
    alg: &'static str,
    kid: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Knowing {
    alg: &'static str,
    kid: String,
    knows: &'static str,
}

impl KeyFigures {
    /// Asks the directory.
    pub(super) async fn read(metrics: &Metrics) -> Result<Self, Failure> {
        let Metrics {
            provider,
            directory,
            clock,
            schedule,
            supply,
            ..
        } = metrics;
        let now = clock.now();
        let stored = directory.keys().read().await?.keys;
        let readers = Readers::load(directory, now).await?;
        let keys: Vec<Key> = stored.iter().map(StoredKey::as_key).collect();
        let algorithms = changing_by_themselves(provider, supply, &keys, now);
        let figures = Self::default();
        for key in keys
            .iter()
            .filter(|key| key.life.stage(now) == Stage::Active)
        {
            figures.signs(key);
        }
        for algorithm in &algorithms {
            let by = deadline(*algorithm, &keys, schedule);
            figures.steps(*algorithm, by);
        }
        for (awaiting, uptake) in readers.waiting(&algorithms, &keys, schedule) {
            let mut of_kid = keys.iter().filter(|key| key.kid == awaiting.kid);
            if let Some(key) = of_kid.next() {
                figures.waits(key, &uptake);
            }
        }
        Ok(figures)
    }

    fn signs(&self, key: &Key) {
        if let Some(since) = key.life.moments().signs_from {
            let gauge = self.signs_since.get_or_create_owned(&OfKey::from(key));
            gauge.set(since.as_seconds());
        }
    }

    fn steps(&self, algorithm: Algorithm, by: Option<Timestamp>) {
        let alg = algorithm.as_str();
        if let Some(by) = by {
            let gauge = self.next_step.get_or_create_owned(&OfAlgorithm { alg });
            gauge.set(by.as_seconds());
        }
    }

    fn waits(&self, key: &Key, uptake: &[Uptake]) {
        let known = uptake.iter().filter(|uptake| uptake.is_known()).count();
        for (knows, number) in [("yes", known), ("no", uptake.len() - known)] {
            let OfKey { alg, kid } = OfKey::from(key);
            let gauge = self
                .applications
                .get_or_create_owned(&Knowing { alg, kid, knows });
            gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }

    /// Adds them to what is exposed.
    pub(super) fn register(self, registry: &mut Registry) {
        registry.register_with_unit(
            "signing_key_signs_since_timestamp",
            "When the active key of an algorithm began to sign",
            Unit::Seconds,
            self.signs_since,
        );
        registry.register_with_unit(
            "signing_key_next_step_timestamp",
            "By when the next step of the schedule is taken: the next key is published, or signs; in the past, nobody took it",
            Unit::Seconds,
            self.next_step,
        );
        registry.register(
            "signing_key_uptake_applications",
            "Applications in use that have been seen to know a key that waits, and those that have not",
            self.applications,
        );
    }
}

impl From<&Key> for OfKey {
    fn from(key: &Key) -> Self {
        Self {
            alg: key.algorithm.as_str(),
            kid: key.kid.clone(),
        }
    }
}
