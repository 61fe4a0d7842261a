//! The program's tests, laid out like its endpoints.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says why and stops"
)]

mod architecture;
mod documentation;
mod end_to_end;
mod support;
