//! `POST /token`.

mod access_token;
mod client_assertion;
mod client_authentication;
mod code;
mod id_token;
mod refresh;
