//! What the OpenID Foundation's certification plans demand of a provider, module by module.
//!
//! Each test has the name of its module. The clients of the Dynamic plan register themselves; those of the
//! others are registered as the suite registers its own.

mod basic;
mod config;
mod dynamic;
mod rp_initiated_logout;
