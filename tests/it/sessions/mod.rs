//! Sessions: how long they last, on which nodes, what they cost, and what becomes of everything without them.

mod faults;
mod lifetime;
mod nodes;
mod reauthentication;
mod round_trips;
