//! The goals, each beside what was measured.
//!
//! A goal is a bound that this machine's own limits set, measured in the same run; an absolute figure
//! would say more about the machine than about the program.

use serde::Serialize;

use crate::{
    cell::Cell,
    memory::{self, Memory},
    run::Figures,
    shape::Shape,
    signature::Algorithm,
    start_and_stop::StartAndStop,
    starvation::{LOGINS, Starvation},
    yardstick::{PASSWORD_MEGABYTES, Yardstick},
};

/// The connections at which goals are set, unless they say otherwise.
const CONNECTIONS: usize = 8;

/// One bound and what was measured against it.
#[derive(Debug, Serialize)]
pub(crate) struct Goal {
    /// The name of the goal it belongs to.
    pub(crate) id: &'static str,
    /// What was measured.
    pub(crate) subject: String,
    /// The figure.
    pub(crate) measured: f64,
    /// The bound.
    pub(crate) bound: Bound,
    /// What both are counted in.
    pub(crate) unit: &'static str,
    /// Where the bound comes from.
    pub(crate) yardstick: String,
}

/// The side of a figure that is good.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) enum Bound {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
}

impl Goal {
    fn new(id: &'static str, subject: impl Into<String>, measured: f64, bound: Bound) -> Self {
        Self {
            id,
            subject: subject.into(),
            measured,
            bound,
            unit: "",
            yardstick: String::new(),
        }
    }

    fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    fn because(self, yardstick: impl Into<String>) -> Self {
        Self {
            yardstick: yardstick.into(),
            ..self
        }
    }

    /// What was measured as a share of the bound; nothing can be a share of zero.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let (Bound::AtMost(limit) | Bound::AtLeast(limit)) = self.bound;
        (limit > 0.0).then(|| self.measured / limit)
    }

    /// Whether the bound was kept.
    pub(crate) fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtMost(limit) => self.measured <= limit,
            Bound::AtLeast(limit) => self.measured >= limit,
        }
    }
}

/// All goals of which something was measured.
pub(crate) fn goals(figures: &Figures) -> Vec<Goal> {
    let mut goals = Vec::new();
    goals.extend(documents(figures));
    goals.extend(tokens(figures));
    goals.extend(logins(figures).unwrap_or_default());
    goals.extend(
        figures
            .starvation
            .iter()
            .flat_map(|of| starvation(of, figures)),
    );
    goals.extend(figures.memory.iter().flat_map(|of| memory(of, figures)));
    goals.extend(figures.start_and_stop.iter().flat_map(start_and_stop));
    goals
}

/// P4: the documents that everybody fetches cost little more than the framework.
fn documents(figures: &Figures) -> Vec<Goal> {
    let goals = |shape| {
        let cell = figures.cell(shape, CONNECTIONS)?;
        let bare = figures.beside(cell)?;
        Some([
            Goal::new(
                "P4",
                format!("{shape}, rate"),
                cell.rate,
                Bound::AtLeast(0.85 * bare.rate),
            )
            .in_unit("/s")
            .because(format!("85 % of the reference's JSON, {:.0}/s", bare.rate)),
            Goal::new(
                "P4",
                format!("{shape}, CPU"),
                cell.cpu_us,
                Bound::AtMost(20.0),
            )
            .in_unit("µs")
            .because(format!("the reference's JSON takes {:.0} µs", bare.cpu_us)),
        ])
    };
    [Shape::Discovery, Shape::Jwks]
        .into_iter()
        .filter_map(goals)
        .flatten()
        .collect()
}

/// P6, P7 and P8: tokens cost their signatures and little more.
fn tokens(figures: &Figures) -> Vec<Goal> {
    let mut goals = Vec::new();
    for algorithm in Algorithm::ALL {
        let (refresh, allowed_us, p99_ms) = match algorithm {
            Algorithm::Rs256 => ("P7", 150.0, None),
            Algorithm::Es256 | Algorithm::EdDsa => ("P6", 120.0, Some(5.0)),
        };
        goals.extend(token(
            figures,
            refresh,
            Shape::Refresh(algorithm),
            algorithm,
            allowed_us,
            p99_ms,
        ));
        if algorithm != Algorithm::Rs256 {
            let shape = Shape::Code(algorithm);
            goals.extend(token(figures, "P8", shape, algorithm, 220.0, Some(10.0)));
        }
    }
    goals.sort_by_key(|goal| goal.id);
    goals
}

fn token(
    figures: &Figures,
    id: &'static str,
    shape: Shape,
    algorithm: Algorithm,
    allowed_us: f64,
    p99_ms: Option<f64>,
) -> Vec<Goal> {
    let Some((cell, signing_us)) = figures
        .cell(shape, CONNECTIONS)
        .zip(figures.signing_us(algorithm))
    else {
        return Vec::new();
    };
    let names = figures
        .signatures
        .get(algorithm.name())
        .map_or(&[][..], Vec::as_slice);
    let names = names
        .iter()
        .map(|name| name.name())
        .collect::<Vec<_>>()
        .join(" and ");
    let bound = Bound::AtMost(signing_us + allowed_us);
    let cpu = Goal::new(id, format!("{shape}, CPU"), cell.cpu_us, bound)
        .in_unit("µs")
        .because(format!(
            "signing {names} takes {signing_us:.0} µs, and {allowed_us} µs more"
        ));
    let p99 = p99_ms.map(|bound| {
        Goal::new(
            id,
            format!("{shape}, p99"),
            cell.p99_ms,
            Bound::AtMost(bound),
        )
        .in_unit("ms")
    });
    [Some(cpu), p99].into_iter().flatten().collect()
}

/// P9: a login costs its password hash and little more, on all cores.
fn logins(figures: &Figures) -> Option<Vec<Goal>> {
    let yardstick = figures.yardstick?;
    let (alone, crowd) = (
        figures.cell(Shape::Login, 1)?,
        figures.cell(Shape::Login, CONNECTIONS)?,
    );
    Some(vec![
        login_rate(crowd, &yardstick),
        login_alone(alone, &yardstick),
        login_crowd(crowd, &yardstick, figures.machine.cores),
    ])
}

fn login_rate(crowd: &Cell, yardstick: &Yardstick) -> Goal {
    let limit = yardstick.hashes_all_cores;
    Goal::new(
        "P9",
        "login, rate",
        crowd.rate,
        Bound::AtLeast(0.95 * limit),
    )
    .in_unit("/s")
    .because(format!("95 % of {limit:.1} hashes/s on all cores"))
}

fn login_alone(alone: &Cell, yardstick: &Yardstick) -> Goal {
    let hash = yardstick.hash_ms();
    Goal::new(
        "P9",
        "login at 1 connection, p50",
        alone.p50_ms,
        Bound::AtMost(hash + 3.0),
    )
    .in_unit("ms")
    .because(format!("a hash takes {hash:.1} ms, and 3 ms more"))
}

fn login_crowd(crowd: &Cell, yardstick: &Yardstick, cores: usize) -> Goal {
    let (hash, turns) = (yardstick.hash_ms(), float(CONNECTIONS) / float(cores));
    Goal::new(
        "P9",
        "login, p99",
        crowd.p99_ms,
        Bound::AtMost(1.25 * turns * hash),
    )
    .in_unit("ms")
    .because(format!(
        "1.25 × {CONNECTIONS} logins / {cores} cores × {hash:.1} ms"
    ))
}

/// P10: people who log in do not keep applications from their tokens.
fn starvation(measured: &Starvation, figures: &Figures) -> Vec<Goal> {
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
fn memory(measured: &Memory, figures: &Figures) -> Vec<Goal> {
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
fn start_and_stop(measured: &StartAndStop) -> Vec<Goal> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_kept_on_its_good_side_only() {
        let goal = |measured, bound| Goal::new("P0", "test", measured, bound);

        assert!(goal(4.9, Bound::AtMost(5.0)).is_met());
        assert!(!goal(5.1, Bound::AtMost(5.0)).is_met());
        assert!(goal(5.1, Bound::AtLeast(5.0)).is_met());
        assert!(!goal(4.9, Bound::AtLeast(5.0)).is_met());
    }

    #[test]
    fn a_bound_of_zero_has_no_ratio() {
        assert_eq!(
            Goal::new("P0", "lost", 0.0, Bound::AtMost(0.0)).ratio(),
            None
        );
        assert_eq!(
            Goal::new("P0", "rate", 1.0, Bound::AtLeast(2.0)).ratio(),
            Some(0.5)
        );
    }
}
