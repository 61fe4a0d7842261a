//! The drill: one scenario after the other, and a report.

use std::io::{IsTerminal as _, stderr};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use doorward_tests::machine::Machine;
use fastrand::Rng;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Drill;
use crate::cluster::disk::Disk;
use crate::cluster::folder::Folder;
use crate::cluster::process::run as run_command;
use crate::cluster::{Cluster, Keepsakes, Purpose};
use crate::load::{self, Load};
use crate::logs::Logs;
use crate::programs::{Front, Programs};
use crate::report::{Outcome, Report, Row};
use crate::scenario::{Ended, Scenario, full_disk_of_one_node};
use crate::stage::{Extent, Stage};

use clap::ValueEnum as _;

/// The size of PostgreSQL's disk, in megabytes.
const DATABASE: u64 = 256;

/// Plays what the arguments ask for, and prints the report.
pub(crate) async fn run(arguments: &Drill) -> Result<ExitCode> {
    let programs = Programs::locate(arguments.doorward.clone(), Front::Balancer)?;
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    eprintln!("seed {seed}");
    let mut director = Director {
        seed,
        extent: extent(arguments),
        rng: Rng::with_seed(seed),
        rows: Vec::new(),
        progress: progress()?,
        programs,
    };
    director.play_all(&chosen(arguments)).await?;
    director.progress.finish_and_clear();
    let report = Report {
        rows: &director.rows,
        machine: Machine::describe(version(&director.programs).await?),
        seed,
    };
    println!("{report}");
    Ok(summary(&director.rows))
}

fn extent(arguments: &Drill) -> Extent {
    let (people, rounds, calm) = if arguments.short {
        (8, 3, Duration::from_millis(1_500))
    } else {
        (16, 100, Duration::from_secs(5))
    };
    Extent {
        people,
        rounds: arguments.rounds.unwrap_or(rounds),
        calm,
    }
}

fn chosen(arguments: &Drill) -> Vec<Scenario> {
    let all = Scenario::value_variants().iter().copied();
    all.filter(|scenario| arguments.only.is_empty() || arguments.only.contains(scenario))
        .collect()
}

fn progress() -> Result<ProgressBar> {
    let progress = if stderr().is_terminal() {
        ProgressBar::new(0)
    } else {
        ProgressBar::hidden()
    };
    let template = "{elapsed_precise} {bar:24} {pos}/{len} {msg}";
    progress.set_style(ProgressStyle::with_template(template)?);
    progress.enable_steady_tick(Duration::from_millis(250));
    Ok(progress)
}

async fn version(programs: &Programs) -> Result<String> {
    let mut command = tokio::process::Command::new(&programs.doorward);
    command.arg("--version");
    Ok(run_command(command, "").await?.trim().to_owned())
}

/// How many passed, in one line for whoever counts; the code is 1 unless all did.
fn summary(rows: &[Row]) -> ExitCode {
    let passed = rows.iter().filter(|row| row.passed()).count();
    let left_out = rows.iter().filter(|row| row.left_out()).count();
    let failed = rows.len() - passed - left_out;
    println!("drill: {passed} passed, {failed} failed, {left_out} not run");
    if passed == rows.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What leads from one scenario to the next.
struct Director {
    seed: u64,
    programs: Programs,
    extent: Extent,
    rng: Rng,
    rows: Vec<Row>,
    progress: ProgressBar,
}

/// A cluster with people at work. They go home before it ends.
struct Theatre {
    stage: Stage,
    cluster: Cluster,
}

impl Director {
    async fn play_all(&mut self, scenarios: &[Scenario]) -> Result<()> {
        self.progress.set_length(scenarios.len() as u64);
        let mut theatre = None;
        for scenario in scenarios {
            let title = scenario.title(self.extent.rounds);
            self.progress.set_message(title.clone());
            let began = Instant::now();
            let outcome = if scenario.is_of_one_node() {
                self.on_one_node(*scenario).await
            } else {
                self.on_cluster(*scenario, &mut theatre).await
            };
            let failed = |error: anyhow::Error| Outcome::Failed(format!("{error:#}"));
            let row = Row {
                name: title,
                outcome: outcome.unwrap_or_else(failed),
            };
            if !row.passed() && !row.left_out() {
                self.keep_logs(*scenario, theatre.as_ref())?;
            }
            if matches!(row.outcome, Outcome::Failed(_)) {
                // What is left of the cluster is no ground for the next scenario.
                theatre = None;
            }
            self.note(row, began.elapsed());
        }
        match theatre {
            Some(theatre) => theatre.close().await,
            None => Ok(()),
        }
    }

    /// Keeps the logs of a scenario that failed, the only thing that ever remains of a drill.
    fn keep_logs(&self, scenario: Scenario, theatre: Option<&Theatre>) -> Result<()> {
        let Some(theatre) = theatre else {
            return Ok(());
        };
        let name = format!("doorward-drill-{}-{scenario:?}", self.seed);
        let folder = std::env::temp_dir().join(name);
        theatre.stage.logs.keep(&folder)?;
        self.progress
            .suspend(|| eprintln!("        logs are in {}", folder.display()));
        Ok(())
    }

    async fn on_cluster(
        &mut self,
        scenario: Scenario,
        theatre: &mut Option<Theatre>,
    ) -> Result<Outcome> {
        if theatre.is_none() {
            *theatre = Some(self.open().await?);
        }
        let theatre = theatre.as_mut().context("no cluster")?;
        let Theatre { stage, cluster } = theatre;
        stage.load.books.tally().take(Instant::now());
        let ended = scenario.play(cluster, stage).await?;
        let figures = stage.load.books.tally().take(Instant::now());
        let faults = stage.load.books.ledger().take_faults();
        Ok(match ended {
            Ended::NotRun(reason) => Outcome::NotRun(reason),
            Ended::Well => Outcome::Ran {
                broken_promise: scenario.broken_promise(&figures),
                figures,
                faults,
            },
        })
    }

    async fn on_one_node(&mut self, scenario: Scenario) -> Result<Outcome> {
        let played = full_disk_of_one_node(&self.programs, self.extent, &mut self.rng).await?;
        Ok(match played {
            (Ended::NotRun(reason), ..) => Outcome::NotRun(reason),
            (Ended::Well, figures, faults) => Outcome::Ran {
                broken_promise: scenario.broken_promise(&figures),
                figures,
                faults,
            },
        })
    }

    async fn open(&mut self) -> Result<Theatre> {
        let folder = Folder::temporary()?;
        let keepsakes = Keepsakes::of(&folder)?;
        let disk = Disk::mount(&folder, "disk", DATABASE).await?;
        let (programs, purpose) = (&self.programs, Purpose::Drill);
        let cluster = Cluster::start(programs, folder, disk, &keepsakes, purpose).await?;
        let nodes = cluster
            .nodes
            .iter()
            .map(crate::cluster::node::Node::address);
        let place = (
            cluster.issuer.clone(),
            cluster.balancer.address(),
            nodes.collect(),
        );
        let people = self.extent.people;
        let load = Load::start(cluster.operator()?, place, people, &mut self.rng).await?;
        load::keep_secrets(&load.books, &keepsakes);
        let stage = Stage {
            logs: Logs::of(cluster.folder().logs()),
            load,
            rng: self.rng.fork(),
            extent: self.extent,
        };
        Ok(Theatre { stage, cluster })
    }

    fn note(&mut self, row: Row, took: Duration) {
        let outcome = match (&row.outcome, row.passed()) {
            (Outcome::NotRun(_), _) => "NOT RUN",
            (_, true) => "passed",
            (_, false) => "FAILED",
        };
        let line = format!("{outcome:7} {} ({:.0} s)", row.name, took.as_secs_f64());
        self.progress.suspend(|| {
            eprintln!("{line}");
            for note in row.notes() {
                eprintln!("        {note}");
            }
        });
        self.progress.inc(1);
        self.rows.push(row);
    }
}

impl Theatre {
    async fn close(self) -> Result<()> {
        drop(self.stage);
        self.cluster.stop().await
    }
}
