//! The goals of the process as a whole: fairness, memory, start and end.

use super::{Bound, Goal, count, float};
use crate::{
    memory::{self, Memory},
    run::Figures,
    start_and_stop::StartAndStop,
    starvation::{LOGINS, Starvation},
    yardstick::PASSWORD_MEGABYTES,
};

/// P10: people who log in do not keep applications from their tokens.
pub(super) fn starvation(measured: &Starvation, figures: &Figures) -> Vec<Goal> {
    let quiet = measured.quiet_p99_ms;
    let mut goals = vec![
        Goal::new(
            "P10",
            format!("refresh ES256 at 1 connection, p99 with {LOGINS} logins queued"),
            measured.busy_p99_ms,
            Bound::AtMost((3.0 * quiet).min(5.0)),
        )
        .in_unit("ms")
        .because(format!(
            "3 × the quiet p99 of {quiet:.2} ms, and under 5 ms"
        )),
    ];
    if let Some(yardstick) = figures.yardstick {
        let limit = yardstick.hashes_all_cores;
        let bound = Bound::AtLeast(0.85 * 0.95 * limit);
        goals.push(
            Goal::new("P10", "logins meanwhile", measured.logins, bound)
                .in_unit("/s")
                .because(format!("85 % of P9's bound, of {limit:.1} hashes/s")),
        );
    }
    goals
}

/// P11: memory has a bound, and a flood of logins is refused, not stored.
pub(super) fn memory(measured: &Memory, figures: &Figures) -> Vec<Goal> {
    let cores = figures.machine.cores;
    let most = 60.0 + float(cores) * PASSWORD_MEGABYTES;
    let hashes = format!("60 MB, and {cores} hashes of {PASSWORD_MEGABYTES} MB");
    let under = memory::CONNECTIONS;
    let resident = |subject: String, measured, bound| {
        Goal::new("P11", subject, measured, Bound::AtMost(bound)).in_unit("MB")
    };
    let flood = &measured.flood;
    vec![
        resident("resident when idle".to_owned(), measured.idle_mb, 30.0),
        resident(
            format!("resident, refreshing at {under} connections"),
            measured.tokens_mb,
            60.0,
        ),
        resident(
            format!("resident, {under} logins"),
            measured.logins_mb,
            most,
        )
        .because(&hashes),
        resident(
            format!("resident, {} logins at once", memory::FLOOD),
            measured.flood_mb,
            most,
        )
        .because(&hashes),
        Goal::new(
            "P11",
            "logins of the flood neither admitted nor refused",
            float(flood.failed),
            Bound::AtMost(0.0),
        )
        .because(format!(
            "{} came through, {} got 503 with Retry-After",
            flood.admitted, flood.refused
        )),
        Goal::new(
            "P11",
            "logins of the flood refused",
            float(flood.refused),
            Bound::AtLeast(1.0),
        )
        .because("a queue that takes everybody has no end"),
    ]
}

/// P12: it starts before anybody waits, and ends without losing a request.
pub(super) fn start_and_stop(measured: &StartAndStop) -> Vec<Goal> {
    let requests = &measured.requests;
    let time = |subject, measured, bound| {
        Goal::new("P12", subject, measured, Bound::AtMost(bound)).in_unit("ms")
    };
    vec![
        time("start on existing data", measured.existing_ms, 100.0),
        time("start on empty data", measured.empty_ms, 2_000.0),
        time("SIGTERM to exit under load", measured.exit_ms, 1_000.0),
        Goal::new(
            "P12",
            "requests lost at the end",
            count(requests.lost),
            Bound::AtMost(0.0),
        )
        .because(format!("{} were answered", requests.answered)),
    ]
}
