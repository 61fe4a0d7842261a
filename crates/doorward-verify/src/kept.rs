//! Copies of what the issuer publishes: used while they are fresh, and a while longer when no newer one can be had.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use doorward_core::{Clock, Timestamp};
use tokio::sync::Mutex;

use crate::http_client::Unreachable;

/// How long nothing is asked for again, whether it was had or not: however many requests want something newer, one goes out.
const PAUSE: Duration = Duration::from_secs(5);

/// A copy, and how long it may be used.
#[derive(Debug)]
pub(crate) struct Copy<T> {
    pub(crate) value: T,
    had_at: Timestamp,
    fresh_until: Timestamp,
    usable_until: Timestamp,
}

impl<T> Copy<T> {
    /// A copy that was had at `had_at`, and is fresh for that long.
    pub(crate) fn fresh_for(value: T, had_at: Timestamp, fresh: Duration) -> Self {
        let fresh_until = had_at.plus(fresh.max(PAUSE));
        Self {
            value,
            had_at,
            fresh_until,
            usable_until: fresh_until,
        }
    }

    /// The same, which may be used until then when no newer one can be had, and no longer.
    pub(crate) fn usable_until(mut self, until: Timestamp) -> Self {
        self.usable_until = until;
        self.fresh_until = self.fresh_until.min(until);
        self
    }

    /// The same, which may be used that much longer than it is fresh.
    pub(crate) fn stale_for(self, longer: Duration) -> Self {
        let until = self.fresh_until.plus(longer);
        self.usable_until(until)
    }

    /// A clock that was set back tells nothing of how old the copy is.
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.had_at <= now && now < self.fresh_until
    }

    fn is_usable(&self, now: Timestamp) -> bool {
        now < self.usable_until
    }
}

/// When something was last asked for, and why it was not had.
#[derive(Debug)]
struct Attempt {
    at: Timestamp,
    failed: Option<Unreachable>,
}

impl Attempt {
    fn is_recent(&self, now: Timestamp) -> bool {
        self.at <= now && now < self.at.plus(PAUSE)
    }
}

/// Something of the issuer's, of which a copy is kept.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    copy: ArcSwapOption<Copy<T>>,
    last: Mutex<Option<Attempt>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            copy: ArcSwapOption::empty(),
            last: Mutex::new(None),
        }
    }
}

impl<T> Kept<T> {
    /// A fresh copy; or one that is stale and may still be used, when no fresh one can be had.
    pub(crate) async fn fresh<F>(
        &self,
        clock: &dyn Clock,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Copy<T>>, Unreachable>
    where
        F: Future<Output = Result<Copy<T>, Unreachable>>,
    {
        let now = clock.now();
        match self.copy.load_full() {
            Some(copy) if copy.is_fresh(now) => Ok(copy),
            _ => {
                let good = |copy: &Arc<Copy<T>>| copy.is_fresh(clock.now());
                self.renewed(clock, good, fetch).await
            }
        }
    }

    /// A newer copy than `known`; or the present one, when it is too soon to ask again or no newer one can be had.
    pub(crate) async fn newer<F>(
        &self,
        known: &Arc<Copy<T>>,
        clock: &dyn Clock,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Copy<T>>, Unreachable>
    where
        F: Future<Output = Result<Copy<T>, Unreachable>>,
    {
        let good = |copy: &Arc<Copy<T>>| !Arc::ptr_eq(copy, known);
        self.renewed(clock, good, fetch).await
    }

    /// A copy that is `good`: one that somebody else has had in the meantime, or one that is fetched now.
    async fn renewed<F>(
        &self,
        clock: &dyn Clock,
        good: impl Fn(&Arc<Copy<T>>) -> bool,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Copy<T>>, Unreachable>
    where
        F: Future<Output = Result<Copy<T>, Unreachable>>,
    {
        let mut last = self.last.lock().await;
        if let Some(copy) = self.copy.load_full().filter(good) {
            return Ok(copy);
        }
        let recent = last
            .as_ref()
            .is_some_and(|last| last.is_recent(clock.now()));
        if !recent {
            let failed = self.replaced(fetch().await);
            let at = clock.now();
            *last = Some(Attempt { at, failed });
        }
        let failed = last.as_ref().and_then(|last| last.failed.clone());
        self.left(clock.now(), failed)
    }

    /// Puts what was fetched in the place of the present copy, or says why nothing was.
    fn replaced(&self, fetched: Result<Copy<T>, Unreachable>) -> Option<Unreachable> {
        match fetched {
            Ok(copy) => {
                self.copy.store(Some(Arc::new(copy)));
                None
            }
            Err(failed) => {
                tracing::warn!(reason = %failed, "no new copy can be had of what the issuer publishes");
                Some(failed)
            }
        }
    }

    /// The present copy while it may be used, whatever `failed`.
    fn left(
        &self,
        now: Timestamp,
        failed: Option<Unreachable>,
    ) -> Result<Arc<Copy<T>>, Unreachable> {
        let copy = self.copy.load_full().filter(|copy| copy.is_usable(now));
        copy.ok_or_else(|| {
            failed.unwrap_or_else(|| Unreachable::new("the issuer", "what it said is too old"))
        })
    }
}

#[cfg(test)]
mod tests;
