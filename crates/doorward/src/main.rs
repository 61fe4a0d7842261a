//! The program `doorward`; everything it does is in the library of the same name.

use std::process::ExitCode;

use doorward::cli::{self, Surroundings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(std::env::args_os(), Surroundings::of_the_process()).await
}
