//! Sessions: how long they last, and on which nodes.

mod lifetime;
mod nodes;
mod reauthentication;
