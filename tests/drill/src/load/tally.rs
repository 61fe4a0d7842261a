//! How the load goes: requests, refusals, and the longest time in which nothing succeeded.

use std::time::{Duration, Instant};

use super::Setback;

/// The most surprises that are told word by word.
const MOST_SURPRISES: usize = 3;

/// What is counted while one scenario runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// Requests that were sent.
    pub(crate) requests: u64,
    /// Flows that ended well.
    pub(crate) flows: u64,
    /// Refusals that say when to come again.
    pub(crate) later: u64,
    /// Refusals that do not.
    pub(crate) unable: u64,
    /// Requests without an answer.
    pub(crate) silence: u64,
    /// Answers that make no sense.
    pub(crate) surprises: u64,
    /// The first of them, and of the refusals without a time.
    pub(crate) surprised: Vec<String>,
    /// The longest time without a flow that ended well.
    pub(crate) longest_gap: Duration,
    /// The longest time until a refusal.
    pub(crate) slowest_refusal: Duration,
}

impl Figures {
    /// What did not go well.
    pub(crate) const fn setbacks(&self) -> u64 {
        self.later + self.unable + self.silence + self.surprises
    }

    fn surprise(&mut self, what: String) {
        if self.surprised.len() < MOST_SURPRISES {
            self.surprised.push(what);
        }
    }
}

/// The figures in the making.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    figures: Figures,
    last_success: Option<Instant>,
}

impl Tally {
    /// Hands over the figures and begins anew.
    pub(crate) fn take(&mut self, now: Instant) -> Figures {
        self.gap_until(now);
        std::mem::take(&mut self.figures)
    }

    /// People begin, or go on.
    pub(crate) fn resume(&mut self, now: Instant) {
        self.last_success = Some(now);
    }

    /// People stop for a while, which is no gap.
    pub(crate) fn pause(&mut self, now: Instant) {
        self.gap_until(now);
        self.last_success = None;
    }

    /// Requests were sent.
    pub(super) fn sent(&mut self, requests: u64) {
        self.figures.requests += requests;
    }

    /// A flow ended well.
    pub(super) fn success(&mut self, now: Instant) {
        self.figures.flows += 1;
        self.gap_until(now);
    }

    /// A flow did not, that long after its beginning.
    pub(super) fn setback(&mut self, setback: Setback, after: Duration) {
        let figures = &mut self.figures;
        match setback {
            Setback::Later => figures.later += 1,
            Setback::Unable(status) => {
                figures.unable += 1;
                figures.surprise(format!("{status} without Retry-After"));
            }
            Setback::Silence => figures.silence += 1,
            Setback::Surprise(what) => {
                figures.surprises += 1;
                figures.surprise(what);
                return;
            }
        }
        figures.slowest_refusal = figures.slowest_refusal.max(after);
    }

    fn gap_until(&mut self, now: Instant) {
        if let Some(last) = self.last_success.replace(now) {
            let gap = now.duration_since(last);
            self.figures.longest_gap = self.figures.longest_gap.max(gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_longest_gap_is_between_successes_and_leaves_out_pauses() {
        let (mut tally, begun) = (Tally::default(), Instant::now());
        tally.resume(begun);
        tally.success(begun + SECOND);
        tally.setback(Setback::Later, SECOND);
        tally.success(begun + SECOND * 4);
        tally.pause(begun + SECOND * 5);
        tally.resume(begun + SECOND * 60);
        let figures = tally.take(begun + SECOND * 62);

        assert_eq!(figures.longest_gap, SECOND * 3);
        assert_eq!(
            (figures.flows, figures.later, figures.setbacks()),
            (2, 1, 1)
        );
        assert_eq!(tally.take(begun + SECOND * 63).flows, 0);
    }

    #[test]
    fn a_load_in_which_nothing_succeeds_is_one_long_gap() {
        let (mut tally, begun) = (Tally::default(), Instant::now());
        tally.resume(begun);
        tally.setback(Setback::Silence, SECOND);
        assert_eq!(tally.take(begun + SECOND * 9).longest_gap, SECOND * 9);
    }
}
