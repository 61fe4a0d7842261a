//! The session store that many nodes share: Redis 6.2 or newer, as one server, behind Sentinel, or as a cluster.
//!
//! Each operation is one command on one key, so it is one atomic step and one round trip wherever the key is. How
//! durable an acknowledged entry is, the servers' own settings say. What is tried again, and when, is in
//! `docs/decisions/0010-redis-retries.md`.

mod address;
mod cluster;
mod connection;
mod fault;
mod link;
mod request;
mod sentinel;
mod server;
mod slots;
mod url;

use std::time::Duration;

use ::redis::{Cmd, FromRedisValue, cmd};
use async_trait::async_trait;

use self::cluster::Cluster;
use self::connection::{Dialer, Encryption};
use self::fault::Fault;
use self::link::{Direct, Link};
use self::request::{Repetition, Request, Route};
use self::sentinel::Sentinels;
pub use self::server::Server;
use self::server::{Layout, Transport, Watch};
pub use self::url::UnknownServer;
use crate::{Backend, Inserted, Key, Unavailable, Unopened};

/// Keeps entries on Redis.
///
/// An operation has an answer within 1.5 s, whatever the servers do. While they are down answers come sooner, and when they
/// are back, or others have taken over, they are used again without a restart.
pub struct Redis {
    route: Route,
    prefix: String,
}

impl Redis {
    /// Connects to the server, master or cluster.
    pub async fn connect(server: &Server) -> Result<Self, Unopened> {
        let unopened = |reason: String| Unopened {
            place: server.to_string(),
            reason,
        };
        let encryption = encryption(&server.transport).map_err(unopened)?;
        let route = route(server, encryption).await;
        Ok(Self {
            route: route.map_err(|fault| unopened(fault.to_string()))?,
            prefix: server.prefix.clone(),
        })
    }

    async fn ask<T: FromRedisValue>(
        &self,
        key: Vec<u8>,
        command: Cmd,
        repetition: Repetition,
    ) -> Result<T, Unavailable> {
        let request = Request::new(key, command, repetition);
        T::from_redis_value(request.send(&self.route).await?)
            .map_err(|error| Unavailable::because(format!("an answer of another kind: {error}")))
    }

    /// The kind stays legible, for those who look at the server's memory.
    fn key(&self, key: &Key) -> Vec<u8> {
        [self.prefix.as_bytes(), &key.to_bytes()].concat()
    }
}

/// Reads the authorities once: a file that changes later is for the next start.
fn encryption(transport: &Transport) -> Result<Encryption, String> {
    let Transport::Tls(authority) = transport else {
        return Ok(Encryption::None);
    };
    // Fails when the process has one already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let authority = authority.as_ref().map(|path| {
        let read = std::fs::read(path);
        read.map_err(|error| format!("its authority {} cannot be read: {error}", path.display()))
    });
    Ok(Encryption::Tls(authority.transpose()?))
}

async fn route(server: &Server, encryption: Encryption) -> Result<Route, Fault> {
    let dialer = Dialer {
        encryption,
        credentials: server.credentials.clone(),
        database: server.database,
    };
    let link = match &server.layout {
        Layout::Single(address) => Link::new(Direct {
            dialer,
            address: address.clone(),
        }),
        Layout::Sentinel(watch) => Link::new(sentinels(watch, dialer)),
        Layout::Cluster(seeds) => {
            let cluster = Cluster::join(dialer, seeds.clone()).await?;
            return Ok(Route::Cluster(cluster));
        }
    };
    link.connection().await?;
    Ok(Route::One(link))
}

fn sentinels(watch: &Watch, to_master: Dialer) -> Sentinels {
    Sentinels {
        addresses: watch.sentinels.clone(),
        master: watch.master.clone(),
        to_sentinel: Dialer {
            credentials: watch.credentials.clone(),
            database: 0,
            ..to_master.clone()
        },
        to_master,
        answered: 0.into(),
    }
}

/// Counts, and lets the counter end a while after its first use. A script runs as one step.
const ADD: &str = "
    local count = redis.call('INCR', KEYS[1])
    if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
    return count";

#[async_trait]
impl Backend for Redis {
    async fn insert(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Inserted, Unavailable> {
        let key = self.key(key);
        let mut command = set(&key, &value, ttl);
        command.arg("NX");
        // Repeated, it would find its own value there and take it for another's.
        let set: bool = self.ask(key, command, Repetition::Misleading).await?;
        Ok(if set {
            Inserted::New
        } else {
            Inserted::AlreadyThere
        })
    }

    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        let key = self.key(key);
        let mut command = cmd("GET");
        command.arg(&key);
        self.ask(key, command, Repetition::Harmless).await
    }

    async fn replace(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        let key = self.key(key);
        let mut command = set(&key, &value, ttl);
        command.arg("XX").arg("GET");
        // Repeated, it would be handed its own value, and nobody the original.
        self.ask(key, command, Repetition::Misleading).await
    }

    async fn remove(&self, key: &Key) -> Result<(), Unavailable> {
        let key = self.key(key);
        let mut command = cmd("DEL");
        command.arg(&key);
        self.ask(key, command, Repetition::Harmless).await
    }

    async fn add(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable> {
        let key = self.key(key);
        let mut command = cmd("EVAL");
        command.arg(ADD).arg(1).arg(&key).arg(milliseconds(ttl));
        // Repeated, it may count one too many, which makes a limit stricter.
        self.ask(key, command, Repetition::Harmless).await
    }
}

/// `SET key value PX ttl`, to which a condition is added.
fn set(key: &[u8], value: &[u8], ttl: Duration) -> Cmd {
    let mut set = cmd("SET");
    set.arg(key).arg(value).arg("PX").arg(milliseconds(ttl));
    set
}

/// What Redis takes for a time to live: at least one millisecond, and nothing near an overflow.
fn milliseconds(ttl: Duration) -> u64 {
    const CENTURY: Duration = Duration::from_hours(100 * 366 * 24);
    let ttl = ttl.clamp(Duration::from_millis(1), CENTURY);
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX)
}
