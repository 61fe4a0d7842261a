//! How much memory the product holds: idle, under load, and when a crowd wants to log in at once.

use std::{rc::Rc, time::Duration};

use anyhow::Context;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::{
    doorward::{Binary, Provider},
    driver::{Window, drive},
    http::Busy,
    operation::{Begun, Login, Operation},
    relying_party::{RelyingParty, Scope},
    signature::Algorithm,
    stage::{logins, refreshers},
    usage::{peak_resident_mb, watch},
};

/// The connections of the loads.
pub(crate) const CONNECTIONS: usize = 64;

/// How many people log in at once in the flood.
pub(crate) const FLOOD: usize = 2_000;

/// How long the server is left alone before it counts as idle.
const IDLE: Duration = Duration::from_secs(1);

/// Resident memory in megabytes, in the order in which one process went through it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Memory {
    /// After a start with existing data.
    pub(crate) idle_mb: f64,
    /// While tokens are refreshed; until then the process has hashed no password.
    pub(crate) tokens_mb: f64,
    /// While people log in.
    pub(crate) logins_mb: f64,
    /// While the flood lasts.
    pub(crate) flood_mb: f64,
    /// What became of the flood.
    pub(crate) flood: Flood,
    /// Workers that failed under the two loads.
    pub(crate) failures: usize,
    /// The first failure.
    pub(crate) first_failure: Option<String>,
}

/// What became of many logins at once.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Flood {
    /// Came through.
    pub(crate) admitted: usize,
    /// Were told to come again, and when.
    pub(crate) refused: usize,
    /// Got anything else: a refusal that does not say when, a broken connection.
    pub(crate) failed: usize,
    /// The first of those.
    pub(crate) first_failure: Option<String>,
}

impl Memory {
    /// Measures on a provider that has been restarted since its people signed in.
    pub(crate) async fn measure(binary: &Binary, window: Window) -> anyhow::Result<Self> {
        let provider = Provider::start(binary).await?;
        let party = provider.party(Algorithm::Es256)?;
        let mut workers = refreshers(CONNECTIONS, &party).await?;
        let provider = provider.restart().await?;
        for worker in &mut workers {
            worker.connection().close();
        }
        let pid = provider.server.pid;

        let idle = watch(pid, IDLE).await?;
        let tokens = drive(workers, window, pid).await?;
        let people = drive(logins(CONNECTIONS, &party)?, window, pid).await?;
        let (flood, flood_mb) = peak_resident_mb(pid, flood(&party)).await?;
        let flood = flood.context("the flood of logins")?;
        provider.stop().await?;

        let first_failure = tokens.first_failure.or(people.first_failure);
        Ok(Self {
            idle_mb: idle.resident_mb,
            tokens_mb: tokens.usage.resident_mb,
            logins_mb: people.usage.resident_mb,
            flood_mb,
            flood,
            failures: tokens.failures + people.failures,
            first_failure: first_failure.map(|failure| format!("{failure:#}")),
        })
    }
}

/// Brings many people to the sign-in page, and then sends all their passwords at once.
async fn flood(party: &Rc<RelyingParty>) -> anyhow::Result<Flood> {
    let mut waiting = Vec::with_capacity(FLOOD);
    for mut login in logins(FLOOD, party)? {
        let begun = login.begin(Scope::Tokens).await?;
        waiting.push((login, begun));
    }
    let mut passwords = JoinSet::new();
    for (login, begun) in waiting {
        passwords.spawn_local(finish(login, begun));
    }
    let mut flood = Flood::default();
    while let Some(outcome) = passwords.join_next().await {
        flood.note(outcome?);
    }
    Ok(flood)
}

async fn finish(mut login: Login, begun: Begun) -> anyhow::Result<()> {
    login.finish(&begun).await?;
    Ok(())
}

impl Flood {
    fn note(&mut self, outcome: anyhow::Result<()>) {
        match outcome {
            Ok(()) => self.admitted += 1,
            Err(error) if says_when_to_come_again(&error) => self.refused += 1,
            Err(error) => {
                self.failed += 1;
                self.first_failure.get_or_insert(format!("{error:#}"));
            }
        }
    }
}

fn says_when_to_come_again(error: &anyhow::Error) -> bool {
    let busy = error.downcast_ref::<Busy>();
    busy.is_some_and(|busy| busy.retry_after.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_that_says_when_to_come_again_counts_as_one() {
        let mut flood = Flood::default();
        flood.note(Ok(()));
        flood.note(Err(Busy {
            status: 503,
            retry_after: Some("2".to_owned()),
        }
        .into()));
        flood.note(Err(Busy {
            status: 503,
            retry_after: None,
        }
        .into()));
        flood.note(Err(anyhow::anyhow!("reset")));

        assert_eq!((flood.admitted, flood.refused, flood.failed), (1, 1, 2));
    }
}
