//! Redis for tests, in every form that sessions may be kept in: servers that all tests share, and those of one test
//! that it may stop and kill.

mod acl;
mod certificates;
mod cluster;
mod sentinel;
mod server;
mod shared;

pub use acl::ACL_RULES;
pub use certificates::Certificates;
pub use cluster::RedisCluster;
pub use sentinel::RedisSentinel;
pub use server::RedisServer;
pub use shared::{SharedRedis, shared_redis};
