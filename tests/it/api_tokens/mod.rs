//! API tokens, from what makes one to what an API learns of it.

mod api;
mod calls;
mod elsewhere;
pub(crate) mod exchange;
mod introspection;
mod leaks;
mod page;
pub(crate) mod stage;
mod theft;
mod uses;
mod verifier;
