//! `POST /token`.

mod access_token;
mod client_assertion;
mod client_authentication;
mod client_credentials;
mod code;
mod id_token;
mod refresh;
mod secret_assertion;
