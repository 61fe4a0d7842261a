//! The session store that many nodes share: one Redis server, 6.2 or newer.
//!
//! Each operation is one command, or one transaction on one key. How durable an acknowledged entry
//! is, the server's own settings say.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, Cmd, ConnectionAddr, FromRedisValue, RedisError, cmd, pipe};
use async_trait::async_trait;

use crate::{Backend, Inserted, Key, Unavailable, Unopened};

const CONNECTION_TIMEOUT: Duration = Duration::from_secs(2);
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A Redis server and how to sign in there: `redis://[user:password@]host[:port][/database]`.
#[derive(Clone)]
pub struct Server(Client);

impl FromStr for Server {
    type Err = String;

    /// The error says what is wrong with the URL, without repeating it.
    fn from_str(url: &str) -> Result<Self, String> {
        Client::open(url)
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

/// Shows the address, and neither name nor password.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let information = self.0.get_connection_info();
        match information.addr() {
            ConnectionAddr::Tcp(host, port) if host.contains(':') => {
                write!(f, "redis://[{host}]:{port}")?;
            }
            address => write!(f, "redis://{address}")?,
        }
        write!(f, "/{}", information.redis_settings().db())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

/// Keeps entries on a Redis server.
pub struct Redis {
    connection: ConnectionManager,
    prefix: String,
}

impl Redis {
    /// Connects to the server; every key will begin with `prefix`.
    ///
    /// When the connection is lost later, each operation fails until there is a new one.
    pub async fn connect(server: &Server, prefix: &str) -> Result<Self, Unopened> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_max_delay(CONNECTION_TIMEOUT)
            .set_number_of_retries(0);
        let connection = ConnectionManager::new_with_config(server.0.clone(), config)
            .await
            .map_err(|error| Unopened {
                place: server.to_string(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            connection,
            prefix: prefix.to_owned(),
        })
    }

    /// The kind stays legible, for those who look at the server's memory.
    fn key(&self, key: &Key) -> Vec<u8> {
        [self.prefix.as_bytes(), &key.to_bytes()].concat()
    }

    /// `SET key value PX ttl`, to which a condition is added.
    fn set(&self, key: &Key, value: &[u8], ttl: Duration) -> Cmd {
        let mut set = cmd("SET");
        set.arg(self.key(key))
            .arg(value)
            .arg("PX")
            .arg(milliseconds(ttl));
        set
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        Ok(command.query_async(&mut self.connection.clone()).await?)
    }
}

#[async_trait]
impl Backend for Redis {
    async fn insert(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Inserted, Unavailable> {
        let set: bool = self.ask(self.set(key, &value, ttl).arg("NX")).await?;
        Ok(if set {
            Inserted::New
        } else {
            Inserted::AlreadyThere
        })
    }

    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        self.ask(cmd("GET").arg(self.key(key))).await
    }

    async fn replace(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        self.ask(self.set(key, &value, ttl).arg("XX").arg("GET"))
            .await
    }

    async fn remove(&self, key: &Key) -> Result<(), Unavailable> {
        self.ask(cmd("DEL").arg(self.key(key))).await
    }

    async fn add(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable> {
        let (count,) = pipe()
            .atomic()
            .add_command(self.set(key, b"0", ttl).arg("NX").take())
            .ignore()
            .cmd("INCR")
            .arg(self.key(key))
            .query_async(&mut self.connection.clone())
            .await?;
        Ok(count)
    }
}

/// What Redis takes for a time to live: at least one millisecond, and nothing near an overflow.
fn milliseconds(ttl: Duration) -> u64 {
    const CENTURY: Duration = Duration::from_hours(100 * 366 * 24);
    let ttl = ttl.clamp(Duration::from_millis(1), CENTURY);
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX)
}

impl From<RedisError> for Unavailable {
    fn from(error: RedisError) -> Self {
        Self::because(error.to_string())
    }
}
