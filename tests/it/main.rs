//! The program's tests, laid out like its endpoints.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

mod api_tokens;
mod architecture;
mod authorization;
mod authorization_details;
mod client_documents;
mod conformance;
mod device;
mod discovery;
mod documentation;
mod dpop;
mod encryption;
mod end_to_end;
mod fapi2;
mod forward_auth;
mod health;
mod introspection;
mod jarm;
mod jwks_uri;
mod jwt_bearer;
mod key_rotation;
mod logout;
mod mtls;
mod pairwise;
mod par;
mod redis;
mod registration;
mod request_object;
mod resource_servers;
mod revocation;
mod scene;
mod sessions;
mod status_list;
mod step_up;
mod support;
mod token;
mod token_exchange;
mod userinfo;
mod verify;
