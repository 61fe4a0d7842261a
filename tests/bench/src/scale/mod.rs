//! Whether a provider gets slower as its people become many: directories of several sizes, measured in turn.

mod arguments;
mod backing;
mod cookie;
mod dice;
mod endpoint;
mod figures;
mod filling;
mod kept;
mod operation;
mod people;
mod population;
mod report;
mod rows;
mod sizes;
mod stores;
#[cfg(test)]
mod tests;
mod usage;
mod world;

use std::{rc::Rc, time::Duration};

use anyhow::Context as _;
use doorward_tests::{
    cluster::programs::{Front, Programs},
    machine::{Machine, cores},
};
use indicatif::{ProgressBar, ProgressStyle};

pub(crate) use self::{
    arguments::ScaleArguments,
    filling::Target,
    population::{Population, client_id, client_secret},
};
use self::{
    backing::Backing,
    endpoint::Endpoint,
    figures::Figures,
    operation::Logout,
    report::{Report, Scale, Spread},
    world::World,
};
use crate::{doorward::Binary, driver::Window, yardstick::Yardstick};

/// How long each limit of the machine is measured, in each round.
const YARDSTICK: Duration = Duration::from_millis(300);

/// Fills, serves and measures everything that was asked for.
pub(crate) async fn measure(arguments: &ScaleArguments) -> anyhow::Result<Report> {
    let binary = Binary::locate(arguments.doorward.clone())?;
    let programs = Programs::locate(arguments.doorward.clone(), Front::Nothing)?;
    let mut report = Report {
        machine: Machine::describe(binary.version().await?),
        yardstick: None,
        scales: Vec::new(),
        spread: Vec::new(),
    };
    let mut yardsticks = Vec::new();
    for backing in arguments.backings() {
        let mut compared = Comparison::open(&programs, arguments, backing).await?;
        for _ in 0..arguments.rounds {
            yardsticks.push(Yardstick::measure(cores(), YARDSTICK)?);
            compared.round().await?;
        }
        report.scales.extend(compared.scales().await?);
        if backing.is_shared() {
            report.spread = compared.spread(arguments.rounds).await?;
        }
        compared.close().await?;
    }
    report.yardstick = Yardstick::median(&yardsticks);
    Ok(report)
}

/// Worlds of one backing and several sizes.
struct Comparison {
    worlds: Vec<Rc<World>>,
    /// For each world and each endpoint, what was measured so far.
    cells: Vec<Vec<Vec<Figures>>>,
    window: Window,
    progress: ProgressBar,
}

impl Comparison {
    async fn open(
        programs: &Programs,
        arguments: &ScaleArguments,
        backing: Backing,
    ) -> anyhow::Result<Self> {
        let window = arguments.window();
        let guests = guests(window) * arguments.rounds;
        let mut worlds = Vec::new();
        for people in &arguments.people {
            let world = World::open(programs, &arguments.keep, backing, *people, guests);
            worlds.push(Rc::new(world.await?));
        }
        let style = "{elapsed_precise} {bar:30} {pos}/{len}: {msg}";
        let cells = u64::from(arguments.rounds) * (worlds.len() * Endpoint::ALL.len()) as u64;
        let progress = ProgressBar::new(cells).with_style(ProgressStyle::with_template(style)?);
        Ok(Self {
            cells: vec![vec![Vec::new(); Endpoint::ALL.len()]; worlds.len()],
            worlds,
            window,
            progress,
        })
    }

    /// Measures each endpoint once, at one size right after the other.
    async fn round(&mut self) -> anyhow::Result<()> {
        for (number, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            for (world, cells) in self.worlds.iter().zip(&mut self.cells) {
                let (people, backing) = (world.population.people, world.backing);
                self.progress
                    .set_message(format!("{backing}, {people} people, {endpoint}"));
                let measured = endpoint.measure(world, self.window).await;
                let measured = measured.with_context(|| format!("{endpoint}, {people} people"))?;
                if let Some(cell) = cells.get_mut(number) {
                    cell.push(measured);
                }
                self.progress.inc(1);
            }
        }
        Ok(())
    }

    /// What all rounds came to.
    async fn scales(&self) -> anyhow::Result<Vec<Scale>> {
        let mut scales = Vec::new();
        for (world, cells) in self.worlds.iter().zip(&self.cells) {
            let cells = Endpoint::ALL.into_iter().zip(cells);
            scales.push(Scale {
                backing: world.backing,
                people: world.population.people,
                clients: world.population.clients(),
                idle_mb: world.idle_mb,
                sizes: sizes::measure(world.stores()).await?,
                cells: cells
                    .filter_map(|(endpoint, cell)| Some((endpoint, Figures::median(cell)?)))
                    .collect(),
            });
        }
        Ok(scales)
    }

    /// Puts another node beside the one of the last world, and compares each node's cost alone and with company.
    async fn spread(&mut self, rounds: u32) -> anyhow::Result<Vec<Spread>> {
        let endpoints = [Endpoint::CodeFlow, Endpoint::Refresh, Endpoint::UserInfo];
        let mut measured = vec![(Vec::new(), Vec::new()); endpoints.len()];
        let alone = self.worlds.pop().context("no world")?;
        let mut world = Rc::try_unwrap(alone)
            .ok()
            .context("a world is still in use")?;
        world.add_node().await?;
        let world = Rc::new(world);
        for _ in 0..rounds {
            for (endpoint, (one, two)) in endpoints.into_iter().zip(&mut measured) {
                one.push(endpoint.measure_at(&world, 1, self.window).await?);
                two.push(endpoint.measure_at(&world, 2, self.window).await?);
            }
        }
        self.worlds.push(world);
        let spread = endpoints.into_iter().zip(measured);
        Ok(spread
            .filter_map(|(endpoint, (one, two))| {
                let (one, two) = (Figures::median(&one)?, Figures::median(&two)?);
                Some(Spread { endpoint, one, two })
            })
            .collect())
    }

    async fn close(self) -> anyhow::Result<()> {
        self.progress.finish_and_clear();
        for world in self.worlds {
            let world = Rc::try_unwrap(world)
                .ok()
                .context("a world is still in use")?;
            world.close().await?;
        }
        Ok(())
    }
}

/// How many people can sign out in a window at most.
fn guests(window: Window) -> u32 {
    let turns = (window.warm_up + window.measured).as_millis() / Logout::REST.as_millis() + 1;
    Endpoint::Logout.workers() * u32::try_from(turns).unwrap_or(u32::MAX)
}
