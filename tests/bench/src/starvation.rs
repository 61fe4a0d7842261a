//! Whether people who log in keep applications from their tokens.

use serde::Serialize;

use crate::{
    cell::{Cell, median},
    doorward::{Binary, Provider},
    driver::{Window, drive},
    shape::Shape,
    signature::Algorithm,
    stage::{logins, refreshers},
    usage::core_speed,
};

/// How many people wait for their login at any time.
pub(crate) const LOGINS: usize = 64;

/// The token endpoint with and without logins beside it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Starvation {
    /// The token endpoint's 99th percentile at one connection, alone, in milliseconds.
    pub(crate) quiet_p99_ms: f64,
    /// The same while people log in.
    pub(crate) busy_p99_ms: f64,
    /// Logins per second meanwhile.
    pub(crate) logins: f64,
    /// Workers that failed.
    pub(crate) failures: usize,
    /// The first failure.
    pub(crate) first_failure: Option<String>,
}

impl Starvation {
    /// Measures on a fresh provider.
    pub(crate) async fn measure(binary: &Binary, window: Window) -> anyhow::Result<Self> {
        let provider = Provider::start(binary).await?;
        let pid = provider.server.pid;
        let party = provider.party(Algorithm::Es256)?;
        let probe = Shape::Refresh(Algorithm::Es256);
        let speed = core_speed();

        let quiet = drive(refreshers(1, &party).await?, window, pid).await?;
        let quiet = Cell::new(probe, 1, quiet, speed);

        let (probes, people) = (refreshers(1, &party).await?, logins(LOGINS, &party)?);
        let (busy, people) = tokio::join!(drive(probes, window, pid), drive(people, window, pid));
        let busy = Cell::new(probe, 1, busy?, speed);
        let people = Cell::new(Shape::Login, LOGINS, people?, speed);
        provider.stop().await?;

        Ok(Self {
            quiet_p99_ms: quiet.p99_ms,
            busy_p99_ms: busy.p99_ms,
            logins: people.rate,
            failures: quiet.failures + busy.failures + people.failures,
            first_failure: quiet
                .first_failure
                .or(busy.first_failure)
                .or(people.first_failure),
        })
    }

    /// The median of repetitions.
    pub(crate) fn median(of: &[Self]) -> Option<Self> {
        let figure = |figure: fn(&Self) -> f64| median(of.iter().map(figure));
        Some(Self {
            quiet_p99_ms: figure(|of| of.quiet_p99_ms)?,
            busy_p99_ms: figure(|of| of.busy_p99_ms)?,
            logins: figure(|of| of.logins)?,
            failures: of.iter().map(|of| of.failures).sum(),
            first_failure: of.iter().find_map(|of| of.first_failure.clone()),
        })
    }
}
