//! The program's tests, laid out like its endpoints.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why and stops"
)]

mod architecture;
mod conformance;
mod discovery;
mod documentation;
mod logout;
mod scene;
mod sessions;
mod support;
mod token;
mod userinfo;
