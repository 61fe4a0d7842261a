//! The tests' own tools do what they say.

mod axe;
mod browser;
mod pages;
mod processes;
mod provider;
mod redis;
