//! Relying parties that others wrote, against a Doorward that an operator set up and started.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

mod authlib;
mod harness;
mod mod_auth_openidc;
mod oauth4webapi;
mod openid_client;
mod pyoidc;
