//! How long the product takes to start, and whether it ends without losing a request.

use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;

use crate::{
    cell::median,
    doorward::{Binary, Installation, Provider},
    http::Broken,
    operation::{Operation, Refresh},
    relying_party::Endpoints,
    signature::Algorithm,
    stage::refreshers,
};

/// The connections of the load under which the server is ended.
pub(crate) const CONNECTIONS: usize = 8;

/// How long that load runs before.
const LOAD: Duration = Duration::from_secs(1);

/// One start on empty data, one on existing data, one end under load.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StartAndStop {
    /// From exec to the first discovery document, with keys still to be made, in milliseconds.
    pub(crate) empty_ms: f64,
    /// The same on existing data.
    pub(crate) existing_ms: f64,
    /// From SIGTERM to the end of the process, in milliseconds.
    pub(crate) exit_ms: f64,
    /// What became of the requests.
    pub(crate) requests: Requests,
}

/// What became of the requests around the end of a server.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Requests {
    /// Were answered.
    pub(crate) answered: u64,
    /// Were sent and not answered.
    pub(crate) lost: u64,
    /// How the first of those was lost.
    pub(crate) first_loss: Option<String>,
}

impl StartAndStop {
    /// Starts and ends the product.
    pub(crate) async fn measure(binary: &Binary) -> anyhow::Result<Self> {
        let installation = Installation::empty(binary)?;
        let empty = installation.serve(Endpoints::DISCOVERY).await?;
        let empty_ms = millis(empty.started_in);
        empty.stop().await?;
        let existing = installation.serve(Endpoints::DISCOVERY).await?;
        let existing_ms = millis(existing.started_in);
        existing.stop().await?;

        let provider = Provider::start(binary).await?;
        let mut workers = JoinSet::new();
        for worker in refreshers(CONNECTIONS, &provider.party(Algorithm::Es256)?).await? {
            workers.spawn_local(refresh_until_the_end(worker));
        }
        tokio::time::sleep(LOAD).await;
        let exit_ms = millis(provider.stop().await?);
        let mut requests = Requests::default();
        while let Some(worker) = workers.join_next().await {
            requests.add(worker?);
        }
        Ok(Self {
            empty_ms,
            existing_ms,
            exit_ms,
            requests,
        })
    }

    /// The median of repetitions; requests add up.
    pub(crate) fn median(of: &[Self]) -> Option<Self> {
        let figure = |figure: fn(&Self) -> f64| median(of.iter().map(figure));
        let mut requests = Requests::default();
        for of in of {
            requests.add(of.requests.clone());
        }
        Some(Self {
            empty_ms: figure(|of| of.empty_ms)?,
            existing_ms: figure(|of| of.existing_ms)?,
            exit_ms: figure(|of| of.exit_ms)?,
            requests,
        })
    }
}

impl Requests {
    fn add(&mut self, other: Self) {
        self.answered += other.answered;
        self.lost += other.lost;
        self.first_loss = self.first_loss.take().or(other.first_loss);
    }
}

/// Refreshes until the server closes the connection: after an answer, as it should, or instead of one.
async fn refresh_until_the_end(mut worker: Refresh) -> Requests {
    let mut requests = Requests::default();
    loop {
        match worker.perform().await {
            Ok(()) => requests.answered += 1,
            Err(error) => {
                if !matches!(error.downcast_ref(), Some(Broken::Unreachable(..))) {
                    requests.lost += 1;
                    requests.first_loss = Some(format!("{error:#}"));
                }
                return requests;
            }
        }
        if !worker.connection().is_open() {
            return requests;
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
