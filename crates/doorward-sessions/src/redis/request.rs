//! What is asked of a server, how often, and for how long.

use std::time::Duration;

use ::redis::{Cmd, Value};
use tokio::time::{sleep, timeout};

use super::cluster::Cluster;
use super::fault::{Effect, Fault};
use super::link::Link;

/// How long an operation may take, all attempts together. The pages that wait for it promise an answer within two seconds.
const BUDGET: Duration = Duration::from_millis(1500);

/// The pauses between attempts, in milliseconds, before they are spread. Servers that restart quickly, and slots that move, are
/// back by then; those that take longer are for the person's own next attempt.
const PAUSES: [u64; 2] = [40, 160];

/// One command on one key.
pub(super) struct Request {
    key: Vec<u8>,
    command: Cmd,
    repetition: Repetition,
}

/// What becomes of a command that is carried out twice, which happens when its first answer was lost on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repetition {
    /// Nothing that matters.
    Harmless,
    /// The second answer is about the first time, so that we would not know our own work.
    Misleading,
}

/// Where requests go.
pub(super) enum Route {
    /// To one server, whichever that is.
    One(Link),
    /// To the node that has the key.
    Cluster(Cluster),
}

impl Request {
    /// A command that has this key.
    pub(super) fn new(key: Vec<u8>, command: Cmd, repetition: Repetition) -> Self {
        Self {
            key,
            command,
            repetition,
        }
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    pub(super) fn command(&self) -> &Cmd {
        &self.command
    }

    /// Sends it, and again where that is safe and may help.
    pub(super) async fn send(&self, route: &Route) -> Result<Value, Fault> {
        let answer = timeout(BUDGET, self.persist(route)).await;
        answer.unwrap_or_else(|_| Err(Fault::late(&"the session store")))
    }

    async fn persist(&self, route: &Route) -> Result<Value, Fault> {
        for pause in PAUSES {
            match route.ask(self).await {
                Err(fault) if self.may_follow(&fault) => sleep(self.spread(pause)).await,
                outcome => return outcome,
            }
        }
        route.ask(self).await
    }

    /// Whether the request may be sent once more after this.
    fn may_follow(&self, fault: &Fault) -> bool {
        match fault.effect {
            Effect::NotYet | Effect::NotMaster => true,
            Effect::InDoubt => self.repetition == Repetition::Harmless,
            // Redirections were followed as far as they lead, and a late server is not helped by more work.
            Effect::Moved(_) | Effect::Ask(_) | Effect::Refused | Effect::Late => false,
        }
    }

    /// Half to one and a half of a pause, so that those who failed together do not come back together.
    ///
    /// Keys end in a hash, which is as good as chance and differs from one request to the next.
    fn spread(&self, pause: u64) -> Duration {
        let chance = self.key.last().copied().map_or(0, u64::from);
        Duration::from_millis(pause / 2 + pause * chance / u64::from(u8::MAX))
    }
}

impl Route {
    async fn ask(&self, request: &Request) -> Result<Value, Fault> {
        match self {
            Self::One(link) => link.ask(&request.command).await,
            Self::Cluster(cluster) => cluster.ask(request).await,
        }
    }
}
