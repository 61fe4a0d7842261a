//! The goals of single requests: documents, tokens and logins.

use super::{Bound, CONNECTIONS, Goal, float};
use crate::{cell::Cell, run::Figures, shape::Shape, signature::Algorithm, yardstick::Yardstick};

/// P4: the documents that everybody fetches cost little more than the framework.
pub(super) fn documents(figures: &Figures) -> Vec<Goal> {
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

/// P1 and P2: a token for the client itself costs little more than a token endpoint that does the least.
pub(super) fn credentials(figures: &Figures) -> Vec<Goal> {
    let goals = |algorithm| {
        let shape = Shape::Credentials(algorithm);
        let cell = figures.cell(shape, CONNECTIONS)?;
        let least = figures.beside(cell)?;
        let (id, part, cpu, because) = match algorithm {
            Algorithm::Rs256 => {
                let signing_us = figures.yardstick?.signature_us(algorithm);
                let because = format!("signing takes {signing_us:.0} µs, and 200 µs more");
                ("P2", 0.9, signing_us + 200.0, because)
            }
            Algorithm::Es256 | Algorithm::EdDsa => {
                let because = format!("1.5 × the reference's {:.0} µs", least.cpu_us);
                ("P1", 0.7, 1.5 * least.cpu_us, because)
            }
        };
        let rate = Bound::AtLeast(part * least.rate);
        Some([
            Goal::new(id, format!("{shape}, rate"), cell.rate, rate)
                .in_unit("/s")
                .because(format!(
                    "{:.0} % of the reference's {:.0}/s",
                    part * 100.0,
                    least.rate
                )),
            Goal::new(id, format!("{shape}, CPU"), cell.cpu_us, Bound::AtMost(cpu))
                .in_unit("µs")
                .because(because),
        ])
    };
    let goals = Algorithm::ALL.into_iter().filter_map(goals);
    goals.flatten().collect()
}

/// P3: a token that is kept costs little more than keeping it.
pub(super) fn opaque(figures: &Figures) -> Vec<Goal> {
    let goal = |(connections, part): (usize, f64)| {
        let cell = figures.cell(Shape::Opaque, connections)?;
        let least = figures.beside(cell)?;
        let name = format!("{} at {connections}, rate", Shape::Opaque);
        let bound = Bound::AtLeast(part * least.rate);
        let percent = part * 100.0;
        let because = format!("{percent:.0} % of the reference's {:.0}/s", least.rate);
        let goal = Goal::new("P3", name, cell.rate, bound);
        Some(goal.in_unit("/s").because(because))
    };
    [(8, 0.65), (64, 0.75)]
        .into_iter()
        .filter_map(goal)
        .collect()
}

/// P14: many clients do not make a token much dearer than few.
pub(super) fn crowd(figures: &Figures) -> Vec<Goal> {
    let goal = |(few, many): (Shape, Shape)| {
        let few = figures.cell(few, CONNECTIONS)?;
        let cell = figures.cell(many, CONNECTIONS)?;
        let bound = Bound::AtLeast(0.8 * few.rate);
        let goal = Goal::new("P14", format!("{many}, rate"), cell.rate, bound);
        let because = format!("80 % of the {:.0}/s of few clients", few.rate);
        Some(goal.in_unit("/s").because(because))
    };
    let signed = Algorithm::ALL.map(|algorithm| {
        let many = Shape::CrowdCredentials(algorithm);
        (Shape::Credentials(algorithm), many)
    });
    let opaque = (Shape::Opaque, Shape::CrowdOpaque);
    signed
        .into_iter()
        .chain([opaque])
        .filter_map(goal)
        .collect()
}

/// P5: what a token stands for costs one check of its signature and little more.
pub(super) fn introspection(figures: &Figures) -> Vec<Goal> {
    let goal = |algorithm| {
        let shape = Shape::Introspection(algorithm);
        let cell = figures.cell(shape, CONNECTIONS)?;
        let check_us = figures.yardstick?.check_us(algorithm);
        let bound = Bound::AtMost(check_us + 45.0);
        let goal = Goal::new("P5", format!("{shape}, CPU"), cell.cpu_us, bound);
        let because = format!("checking a signature takes {check_us:.0} µs, and 45 µs more");
        Some(goal.in_unit("µs").because(because))
    };
    let signed = Algorithm::ALL.into_iter().filter_map(goal);
    signed.chain(opaque_introspection(figures)).collect()
}

fn opaque_introspection(figures: &Figures) -> Option<Goal> {
    let shape = Shape::IntrospectionOpaque;
    let cell = figures.cell(shape, CONNECTIONS)?;
    let check_us = figures.yardstick?.check_us(Algorithm::Es256);
    let bound = Bound::AtMost(45.0);
    let goal = Goal::new("P5", format!("{shape}, CPU"), cell.cpu_us, bound);
    let because = format!("checking an ES256 signature would take {check_us:.0} µs");
    Some(goal.in_unit("µs").because(because))
}

/// P5: whether a request may pass costs no more than what its token stands for.
pub(super) fn forward_auth(figures: &Figures) -> Option<Goal> {
    let shape = Shape::ForwardAuthOpaque;
    let cell = figures.cell(shape, CONNECTIONS)?;
    let bound = Bound::AtMost(45.0);
    let goal = Goal::new("P5", format!("{shape}, CPU"), cell.cpu_us, bound);
    Some(
        goal.in_unit("µs")
            .because("every request to a site waits for it"),
    )
}

/// A bound on what tokens cost.
struct TokenGoal {
    id: &'static str,
    shape: Shape,
    algorithm: Algorithm,
    /// Processor time beside the signatures, in microseconds.
    allowed_us: f64,
    p99_ms: Option<f64>,
}

impl TokenGoal {
    /// P6 and P7: refreshing.
    fn refresh(algorithm: Algorithm) -> Self {
        let (id, allowed_us, p99_ms) = match algorithm {
            Algorithm::Rs256 => ("P7", 150.0, None),
            Algorithm::Es256 | Algorithm::EdDsa => ("P6", 120.0, Some(5.0)),
        };
        let shape = Shape::Refresh(algorithm);
        Self {
            id,
            shape,
            algorithm,
            allowed_us,
            p99_ms,
        }
    }

    /// P8: a code and its exchange.
    fn code(algorithm: Algorithm) -> Self {
        let shape = Shape::Code(algorithm);
        Self {
            id: "P8",
            shape,
            algorithm,
            allowed_us: 220.0,
            p99_ms: Some(10.0),
        }
    }

    fn goals(&self, figures: &Figures) -> Option<Vec<Goal>> {
        let Self {
            id,
            shape,
            algorithm,
            allowed_us,
            p99_ms,
        } = *self;
        let cell = figures.cell(shape, CONNECTIONS)?;
        let signing_us = figures.signing_us(algorithm)?;
        let names = figures.signatures.get(algorithm.name())?;
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
        Some([Some(cpu), p99].into_iter().flatten().collect())
    }
}

/// P6, P7 and P8: tokens cost their signatures and little more.
pub(super) fn tokens(figures: &Figures) -> Vec<Goal> {
    let (cheap, rsa) = ([Algorithm::EdDsa, Algorithm::Es256], Algorithm::Rs256);
    let mut goals = Vec::from(cheap.map(TokenGoal::refresh));
    goals.push(TokenGoal::refresh(rsa));
    goals.extend(cheap.map(TokenGoal::code));
    goals
        .iter()
        .filter_map(|goal| goal.goals(figures))
        .flatten()
        .collect()
}

/// P9: a login costs its password hash and little more, on all cores.
pub(super) fn logins(figures: &Figures) -> Option<Vec<Goal>> {
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
