//! The goals, each beside what was measured.
//!
//! A goal is a bound that this machine's own limits set, measured in the same run; an absolute figure
//! would say more about the machine than about the program.

mod goal;
mod process;
mod requests;
mod signing;
mod verifying;

use crate::run::Figures;

pub(crate) use goal::{Bound, Goal};

/// The connections at which goals are set, unless they say otherwise.
const CONNECTIONS: usize = 8;

/// All goals of which something was measured.
pub(crate) fn goals(figures: &Figures) -> Vec<Goal> {
    let mut goals = Vec::new();
    goals.extend(figures.signing.iter().map(signing::overhead));
    goals.extend(figures.verifying.iter().map(verifying::overhead));
    goals.extend(requests::credentials(figures));
    goals.extend(requests::opaque(figures));
    goals.extend(requests::crowd(figures));
    goals.extend(requests::documents(figures));
    goals.extend(requests::introspection(figures));
    goals.extend(requests::forward_auth(figures));
    goals.extend(requests::tokens(figures));
    goals.extend(requests::logins(figures).unwrap_or_default());
    goals.extend(
        figures
            .starvation
            .iter()
            .flat_map(|of| process::starvation(of, figures)),
    );
    goals.extend(
        figures
            .memory
            .iter()
            .flat_map(|of| process::memory(of, figures)),
    );
    goals.extend(
        figures
            .start_and_stop
            .iter()
            .flat_map(process::start_and_stop),
    );
    goals
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of cores and people are small"
)]
fn float(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^53 requests")]
fn count(number: u64) -> f64 {
    number as f64
}
