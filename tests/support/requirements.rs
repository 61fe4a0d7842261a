//! What a test needs from the machine, and what becomes of it where that is missing.
//!
//! A plain `cargo test` leaves out the tests whose server is not there and says so. `tests/run`
//! brings every server and sets `DOORWARD_TEST_ALL`, and there a missing one is a failure.

use std::env;
use std::path::{Path, PathBuf};

/// Passes on what was found; when there is nothing, says which test is left out, or fails where all must run.
///
/// A test begins with `let Some(url) = shared_redis() else { return };` or the like.
pub fn needed<T>(what: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        let everything_must_run = env::var_os("DOORWARD_TEST_ALL").is_some();
        assert!(!everything_must_run, "this test needs {what}");
        eprintln!("left out: this test needs {what}; `tests/run` brings it");
    }
    found
}

/// The program of that name, at the place that the variable names or else in the search path.
pub(crate) fn program(variable: &str, name: &str) -> Option<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Some(path.into());
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The binary `doorward`, built with the same profile as the tests.
///
/// It is the one that `DOORWARD_TEST_BINARY` names, or else the one beside the tests themselves,
/// which `cargo build` puts there.
pub fn doorward_binary() -> Option<PathBuf> {
    let beside_the_tests = || {
        let test = env::current_exe().ok()?;
        let binary = test.parent()?.parent()?.join("doorward");
        binary.is_file().then_some(binary)
    };
    let found = env::var_os("DOORWARD_TEST_BINARY")
        .map(PathBuf::from)
        .or_else(beside_the_tests);
    needed("the binary `doorward` (run `cargo build`)", found)
}

/// The repository's top folder.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
