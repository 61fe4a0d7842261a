//! What is broken, one file each.

mod clock;
mod failover;
mod flush;
mod full_disk;
mod kill;
mod pause;
mod postgres;
mod redis_restart;
mod rolling;
mod single;

use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;

use crate::cluster::Cluster;
use crate::load::Figures;
use crate::stage::Stage;
pub(crate) use single::full_disk_of_one_node;

/// Something that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// A node is killed at any moment, again and again
    Kill,
    /// All nodes are restarted in turn, as for an upgrade
    Rolling,
    /// Redis is restarted
    RedisRestart,
    /// Redis is killed and its replica takes over
    Failover,
    /// Redis hangs for ten seconds
    RedisPause,
    /// Redis is emptied
    RedisFlush,
    /// PostgreSQL is restarted
    PostgresRestart,
    /// PostgreSQL crashes
    PostgresCrash,
    /// The disk of PostgreSQL is full
    PostgresFull,
    /// The disk of a single node with files of its own is full
    SqliteFull,
    /// The clock of a node is stepped
    Clock,
}

/// Longer than the balancer takes to see whether a node is ready.
const UNTIL_SEEN: Duration = Duration::from_millis(1_500);

/// How a scenario ended that came to its end.
#[derive(Debug)]
pub(crate) enum Ended {
    /// As it was to.
    Well,
    /// This machine does not permit it, and why.
    NotRun(String),
}

impl Scenario {
    /// What the report calls it.
    pub(crate) fn title(self, rounds: u32) -> String {
        match self {
            Self::Kill => format!("kill -9 of a node, {rounds} times"),
            Self::Rolling => "rolling restart".to_owned(),
            Self::RedisRestart => "Redis restarted".to_owned(),
            Self::Failover => "Redis killed, replica takes over".to_owned(),
            Self::RedisPause => "Redis hangs 10 s".to_owned(),
            Self::RedisFlush => "Redis flushed".to_owned(),
            Self::PostgresRestart => "PostgreSQL restarted".to_owned(),
            Self::PostgresCrash => "PostgreSQL crashes".to_owned(),
            Self::PostgresFull => "disk of PostgreSQL full".to_owned(),
            Self::SqliteFull => "disk of one node full (SQLite)".to_owned(),
            Self::Clock => "clock of a node stepped".to_owned(),
        }
    }

    /// Whether it plays on a node of its own and not on the cluster.
    pub(crate) const fn is_of_one_node(self) -> bool {
        matches!(self, Self::SqliteFull)
    }

    /// Breaks it under load, mends it, and lets people be judged.
    pub(crate) async fn play(self, cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
        match self {
            Self::Kill => kill::play(cluster, stage).await,
            Self::Rolling => rolling::play(cluster, stage).await,
            Self::RedisRestart => redis_restart::play(cluster, stage).await,
            Self::Failover => failover::play(cluster, stage).await,
            Self::RedisPause => pause::play(cluster, stage).await,
            Self::RedisFlush => flush::play(cluster, stage).await,
            Self::PostgresRestart => postgres::restart(cluster, stage).await,
            Self::PostgresCrash => postgres::crash(cluster, stage).await,
            Self::PostgresFull => full_disk::play(cluster, stage).await,
            Self::Clock => clock::play(cluster, stage).await,
            Self::SqliteFull => Ok(Ended::NotRun("it plays on a node of its own".to_owned())),
        }
    }

    /// What the figures must not say after this scenario, if they say it.
    pub(crate) fn broken_promise(self, figures: &Figures) -> Option<String> {
        if figures.flows == 0 {
            return Some("nothing succeeded at all".to_owned());
        }
        match (self, figures.setbacks()) {
            (Self::Rolling, lost @ 1..) => Some(format!(
                "{lost} requests were refused or lost, and none may be"
            )),
            (Self::PostgresFull | Self::SqliteFull, 0) => {
                Some("nobody noticed that the disk was full".to_owned())
            }
            _ => None,
        }
    }
}

/// Waits until everything works again by itself, lets people work, and judges.
async fn mended(cluster: &Cluster, stage: &mut Stage) -> Result<Ended> {
    cluster.until_ready().await?;
    stage.calm().await;
    stage.judge(cluster.operator()?).await?;
    Ok(Ended::Well)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rolling_restart_may_lose_nothing_and_nobody_may_lose_everything() {
        let fine = Figures {
            flows: 1,
            ..Figures::default()
        };
        let lost = Figures {
            silence: 1,
            ..fine.clone()
        };
        assert_eq!(Scenario::Rolling.broken_promise(&fine), None);
        assert!(Scenario::Rolling.broken_promise(&lost).is_some());
        assert_eq!(Scenario::Kill.broken_promise(&lost), None);
        assert_eq!(Scenario::SqliteFull.broken_promise(&lost), None);
        assert!(Scenario::SqliteFull.broken_promise(&fine).is_some());
        assert!(Scenario::Kill.broken_promise(&Figures::default()).is_some());
    }
}
