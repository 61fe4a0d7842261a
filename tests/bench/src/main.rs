//! Measures Doorward beside a reference server, in one run on one machine.
//!
//! `doorward-bench --help` says how to run it, and README.md how to read its figures.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod cell;
mod cli;
mod crowd;
mod doorward;
mod driver;
mod goals;
mod memory;
mod operation;
mod process;
#[cfg(test)]
mod provider;
mod reference;
mod report;
mod run;
mod scale;
mod server;
mod shape;
mod signature;
mod signing;
mod stage;
mod start_and_stop;
mod starvation;
mod usage;
mod verifying;
mod yardstick;

use std::{fs, process::ExitCode};

use anyhow::{Context, bail};
use clap::Parser;
use doorward_tests::load::{browser, http, relying_party};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde::Serialize;
use tokio::task::LocalSet;

use self::{
    cli::{Arguments, Instead, MeasureArguments},
    goals::{Goal, goals},
    report::{Report, failures},
    run::Figures,
    scale::ScaleArguments,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Instead::Reference(reference)) => {
            reference::serve(&reference).map(|()| ExitCode::SUCCESS)
        }
        Some(Instead::Scale(scale)) => compare_sizes(&scale),
        None => measure(&arguments.measure),
    }
}

/// Fills directories of several sizes, measures them in turn and prints the report.
fn compare_sizes(arguments: &ScaleArguments) -> anyhow::Result<ExitCode> {
    allow_many_connections()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = until_interrupted(scale::measure(arguments));
    let report = LocalSet::new().block_on(&runtime, report)?;
    println!("{report}");
    Ok(if report.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Measures, prints the report, and fails when something did not work. A missed goal is no failure.
fn measure(arguments: &MeasureArguments) -> anyhow::Result<ExitCode> {
    if cfg!(debug_assertions) {
        eprintln!(
            "This is a debug build, whose figures say nothing: run it with `cargo run --release`."
        );
    }
    allow_many_connections()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let figures = LocalSet::new().block_on(&runtime, until_interrupted(run::measure(arguments)))?;
    let goals = goals(&figures);
    println!("{}", Report::new(&figures, &goals));
    if let Some(path) = &arguments.json {
        let json = serde_json::to_vec_pretty(&Everything {
            figures: &figures,
            goals: &goals,
        })?;
        fs::write(path, json).with_context(|| path.display().to_string())?;
    }
    Ok(if failures(&figures).is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Gives up at Ctrl-C, so that the servers are ended and their files removed.
async fn until_interrupted<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::select! {
        outcome = work => outcome,
        signal = tokio::signal::ctrl_c() => {
            signal?;
            bail!("interrupted")
        }
    }
}

/// What a program reads.
#[derive(Serialize)]
struct Everything<'a> {
    figures: &'a Figures,
    goals: &'a [Goal],
}

/// Raises the limit of open files as far as it goes, for this process and the servers that it starts.
fn allow_many_connections() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = rustix::process::Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).context("cannot raise the limit of open files")
}
