//! What the program's tests share: processes, servers, a browser, and the rules that the repository keeps.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

pub mod architecture;
pub mod axe;
pub mod browser;
pub mod documentation;
pub mod processes;
pub mod redis;
pub mod requirements;
pub mod serving;
