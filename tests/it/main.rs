//! The program's tests, laid out like its endpoints.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why and stops"
)]

mod architecture;
mod authorization;
mod conformance;
mod documentation;
mod end_to_end;
mod support;
