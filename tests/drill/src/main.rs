//! Brings up a cluster of Doorward, breaks one thing after the other, and looks for what was lost.
//!
//! `doorward-drill --help` says how to use it, and README.md what it does.
#![expect(clippy::disallowed_methods, reason = "a drill happens in real time")]

mod cli;
mod cluster;
mod drill;
mod ledger;
mod load;
mod logs;
mod report;
mod scenario;
mod show;
mod stage;
mod verdict;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use cli::{Arguments, Command};
use doorward_tests::cluster::programs;

/// One thread: a process is killed when the thread ends that started it, and this one lasts.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Up(up) => show::up(&up).await.map(|()| ExitCode::SUCCESS),
        Command::Down => show::down().await.map(|()| ExitCode::SUCCESS),
        Command::Drill(drill) => Box::pin(until_told_to_stop(drill::run(&drill))).await,
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Gives up at Ctrl+C and SIGTERM, so that what was started is ended and removed.
async fn until_told_to_stop<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        outcome = work => outcome,
        stopped = told_to_stop() => {
            stopped?;
            bail!("interrupted")
        }
    }
}

/// Waits for Ctrl+C or SIGTERM.
async fn told_to_stop() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
