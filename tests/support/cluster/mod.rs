//! The servers of a cluster as plain processes: PostgreSQL, Redis and nodes, with what they need to be started.

pub mod folder;
pub mod node;
pub mod port;
pub mod postgres;
pub mod process;
pub mod programs;
pub mod redis;
