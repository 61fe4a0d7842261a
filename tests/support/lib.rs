//! What the program's tests share: processes, servers, a browser, and the rules that the repository keeps.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

pub mod architecture;
pub mod assertion_key;
pub mod authorization;
pub mod axe;
pub mod browser;
pub mod certificates;
pub mod clock;
pub mod cluster;
mod cookies;
pub mod decryption_key;
pub mod destination;
pub mod device;
pub mod document_server;
pub mod documentation;
pub mod dpop_key;
pub mod echo;
pub mod id_token;
pub mod key_server;
mod keys;
pub mod load;
pub mod logout_receiver;
pub mod machine;
pub mod node;
pub mod observed;
pub mod page;
pub mod people;
pub mod postgres;
pub mod processes;
pub mod provider;
pub mod redis;
pub mod relying_party;
pub mod requirements;
pub mod security_rules;
pub mod serving;
pub mod softhsm;
pub mod tls_client;
pub mod token_client;
pub mod user_agent;
pub mod visitor;
pub mod wire;
