//! The master that sentinels name.
//!
//! They are asked whenever a connection is needed. After a failover the old master refuses connections, has its clients
//! cut off by the sentinels, or says that it is a replica; each of these leads here again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ::redis::{FromRedisValue, cmd};
use async_trait::async_trait;
use tokio::time::timeout;

use super::address::Address;
use super::connection::{Connection, Dialer};
use super::fault::{Effect, Fault};
use super::link::Dial;

/// How long one sentinel may take: of three, two may be gone and the third is still asked in time.
const ASKING: Duration = Duration::from_millis(300);

/// Connects to the master of a name.
pub(super) struct Sentinels {
    /// At least one.
    pub(super) addresses: Vec<Address>,
    pub(super) master: String,
    pub(super) to_sentinel: Dialer,
    pub(super) to_master: Dialer,
    /// The one that answered last; it is asked first.
    pub(super) answered: AtomicUsize,
}

#[async_trait]
impl Dial for Sentinels {
    async fn dial(&self) -> Result<Connection, Fault> {
        let first = self.answered.load(Ordering::Relaxed);
        let mut fault = Fault::new(Effect::Refused, "there are no sentinels");
        let order = self.addresses.iter().enumerate().cycle().skip(first);
        for (at, sentinel) in order.take(self.addresses.len()) {
            match self.follow(sentinel).await {
                Ok(connection) => {
                    self.answered.store(at, Ordering::Relaxed);
                    return Ok(connection);
                }
                Err(failed) => fault = failed,
            }
        }
        Err(fault)
    }
}

impl Sentinels {
    /// Connects to the server that this sentinel takes for the master, if it is one.
    async fn follow(&self, sentinel: &Address) -> Result<Connection, Fault> {
        let named = timeout(ASKING, self.named_by(sentinel)).await;
        let master = named.unwrap_or_else(|_| Err(Fault::late(sentinel)))?;
        let connection = self.to_master.connect(&master).await?;
        let role = connection.ask(&cmd("ROLE")).await?;
        // A master that was just demoted, or a replica that was not promoted yet.
        match Vec::from_redis_value(role).ok().map(first_text) {
            Some(role) if role == "master" => Ok(connection),
            _ => {
                let reason = format!("{master} is not the master that {sentinel} takes it for");
                Err(Fault::new(Effect::NotMaster, reason))
            }
        }
    }

    async fn named_by(&self, sentinel: &Address) -> Result<Address, Fault> {
        let connection = self.to_sentinel.connect(sentinel).await?;
        let mut ask = cmd("SENTINEL");
        ask.arg("GET-MASTER-ADDR-BY-NAME").arg(&self.master);
        let answer = connection.ask(&ask).await?;
        let Ok(Some((host, port))) = <Option<(String, u16)>>::from_redis_value(answer) else {
            let name = &self.master;
            let reason = format!("the sentinel {sentinel} knows no master `{name}`");
            return Err(Fault::new(Effect::Refused, reason));
        };
        Ok(Address { host, port })
    }
}

fn first_text(values: Vec<::redis::Value>) -> String {
    let first = values.into_iter().next();
    first
        .map(String::from_redis_value)
        .and_then(Result::ok)
        .unwrap_or_default()
}
