//! The program `doorward`: single sign-on for everything you run.
//!
//! It reads the command line and ends with the command's exit code: 0 when it was done, 1 when it was refused or
//! failed, 2 when the arguments make no command. Everything it does is in the library of the same name.

use std::process::ExitCode;

use doorward::cli::{self, Surroundings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(std::env::args_os(), Surroundings::of_the_process()).await
}
