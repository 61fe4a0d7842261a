//! What the OpenID Foundation's certification plans demand of a provider, module by module.
//!
//! Each test has the name of its module. The modules need no dynamic registration; their clients are registered
//! as the plans' are.

mod basic;
mod config;
mod rp_initiated_logout;
