//! Figures of API tokens since this node began, for whoever watches it. No token is named in them (T09).

use std::sync::atomic::{AtomicU64, Ordering};

use doorward_core::api_token::ApiTokenRefused;
use doorward_core::api_token::usage::Denial;
use doorward_core::api_token::watch::SignalKind;

/// The running counts.
#[derive(Default)]
pub(crate) struct Counts {
    uses: AtomicU64,
    unknown: AtomicU64,
    denials: [AtomicU64; Denial::ALL.len()],
    signals: [AtomicU64; SignalKind::ALL.len()],
    handed_in: AtomicU64,
    leaked: AtomicU64,
}

/// Figures of API tokens since this node began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenFigures {
    /// Checks of tokens that worked.
    pub uses: u64,
    /// Checks of tokens that there are not.
    pub unknown: u64,
    /// Refusals of tokens that there are, by the kind of reason.
    pub denials: Vec<(Denial, u64)>,
    /// Signals that were raised.
    pub signals: Vec<(SignalKind, u64)>,
    /// Texts that were handed in as found and have the form of a token.
    pub handed_in: u64,
    /// Tokens that were among them.
    pub leaked: u64,
    /// Uses that were not counted by token, because too many tokens were used at once.
    pub uncounted: u64,
}

impl Counts {
    pub(super) fn used(&self) {
        add(&self.uses);
    }

    pub(super) fn refused(&self, reason: &ApiTokenRefused) {
        match Denial::of(reason) {
            Some(denial) => add_at(&Denial::ALL, &self.denials, denial),
            None => add(&self.unknown),
        }
    }

    pub(super) fn signalled(&self, kind: SignalKind) {
        add_at(&SignalKind::ALL, &self.signals, kind);
        if kind == SignalKind::Leaked {
            add(&self.leaked);
        }
    }

    pub(super) fn handed_in(&self, finds: usize) {
        let finds = u64::try_from(finds).unwrap_or(u64::MAX);
        self.handed_in.fetch_add(finds, Ordering::Relaxed);
    }

    pub(super) fn read(&self, uncounted: u64) -> ApiTokenFigures {
        ApiTokenFigures {
            uses: read(&self.uses),
            unknown: read(&self.unknown),
            denials: pairs(&Denial::ALL, &self.denials),
            signals: pairs(&SignalKind::ALL, &self.signals),
            handed_in: read(&self.handed_in),
            leaked: read(&self.leaked),
            uncounted,
        }
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

fn read(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

fn add_at<K: PartialEq>(kinds: &[K], counts: &[AtomicU64], kind: K) {
    let count = kinds.iter().zip(counts).find(|(other, _)| **other == kind);
    if let Some((_, count)) = count {
        add(count);
    }
}

fn pairs<K: Copy>(kinds: &[K], counts: &[AtomicU64]) -> Vec<(K, u64)> {
    kinds.iter().copied().zip(counts.iter().map(read)).collect()
}
