//! The servers that all tests share, and the variables that say where they are.

use std::env;

use super::acl::{PASSWORD_IN_URL, USER};
use super::certificates::Certificates;
use super::cluster::RedisCluster;
use super::sentinel::RedisSentinel;
use super::server::RedisServer;
use crate::requirements::needed;

/// The address of the Redis server that all tests share, for tests that take keys of their own and leave it alone.
pub fn shared_redis() -> Option<String> {
    let url = env::var("DOORWARD_TEST_REDIS").ok();
    needed("a Redis server at DOORWARD_TEST_REDIS", url)
}

/// Redis in every form. Dropping it ends all of it.
#[derive(Debug)]
pub struct SharedRedis {
    single: RedisServer,
    encrypted: RedisServer,
    certificates: Certificates,
    sentinel: RedisSentinel,
    cluster: RedisCluster,
}

impl SharedRedis {
    /// Starts all of it. `None` where Redis or openssl is not installed.
    pub async fn start() -> Option<Self> {
        let certificates = Certificates::make()?;
        Some(Self {
            single: RedisServer::start().await?,
            encrypted: RedisServer::start_encrypted(&certificates).await?,
            certificates,
            sentinel: RedisSentinel::start().await?,
            cluster: RedisCluster::start().await?,
        })
    }

    /// Where everything is: names of variables and URLs.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        let authority = self.certificates.authority();
        let encrypted = format!(
            "rediss://{USER}:{PASSWORD_IN_URL}@localhost:{}/?ca={}",
            self.encrypted.port(),
            authority.display()
        );
        [
            ("DOORWARD_TEST_REDIS", self.single.url()),
            ("DOORWARD_TEST_REDIS_TLS", encrypted),
            ("DOORWARD_TEST_REDIS_SENTINEL", self.sentinel.url()),
            ("DOORWARD_TEST_REDIS_CLUSTER", self.cluster.url()),
        ]
    }
}
