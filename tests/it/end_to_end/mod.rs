//! The built program as operators, people and applications meet it: real processes, a real browser, and a
//! relying party that others wrote.

mod accessibility;
mod api_tokens;
mod at_once;
mod client;
#[macro_use]
mod cluster;
mod demo;
mod durability;
mod explain;
mod form_post;
mod front_channel;
mod hardware;
mod imported_key;
mod listener;
mod moving;
mod relying_party;
mod rewrap;
mod sealed;
mod signed_out;
mod status_list;
mod stopping;
mod two_nodes;
mod unreadable_tokens;

use doorward_tests::visitor;
