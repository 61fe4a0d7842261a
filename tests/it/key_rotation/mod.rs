//! Signing keys take each other's place on two nodes, and nobody notices who can be expected not to.

mod application;
mod blindness;
mod clocks;
mod emergency;
mod metrics;
mod networks;
mod stage;
mod three_rotations;
mod unreadable;
mod verifier;
