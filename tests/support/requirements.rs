//! What a test needs from the machine, and what becomes of it where that is missing.
//!
//! A plain `cargo test` leaves out the tests whose server is not there and says so. `tests/run`
//! brings every server and sets `DOORWARD_TEST_ALL`, and there a missing one is a failure.

use std::env;
use std::path::{Path, PathBuf};

use tokio::process::Command;

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
pub fn program(variable: &str, name: &str) -> Option<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Some(path.into());
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The binary `doorward`, ready for its arguments, in an environment without settings of its own.
///
/// It is the one that `DOORWARD_TEST_BINARY` names, or else the one that `cargo build` puts beside the tests.
pub fn doorward() -> Option<Command> {
    let named = env::var_os("DOORWARD_TEST_BINARY").map(PathBuf::from);
    let binary = named.or_else(beside_the_tests);
    let mut command = Command::new(needed("the binary `doorward` (run `cargo build`)", binary)?);
    for (variable, _) in env::vars_os() {
        if variable.to_string_lossy().starts_with("DOORWARD_") {
            command.env_remove(variable);
        }
    }
    Some(command)
}

fn beside_the_tests() -> Option<PathBuf> {
    let test = env::current_exe().ok()?;
    let binary = test.parent()?.parent()?.join("doorward");
    binary.is_file().then_some(binary)
}

/// The repository's top folder.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
