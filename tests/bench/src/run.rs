//! A whole run: in each round every cell once, the product's and right after it the reference server's.

use std::{collections::BTreeMap, time::Duration};

use doorward_tests::machine::{Machine, cores};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::{
    cell::Cell,
    cli::{MeasureArguments, Part},
    crowd::Starts,
    doorward::Binary,
    driver::Window,
    memory::Memory,
    shape::Shape,
    signature::Algorithm,
    signing::SigningCost,
    stage::Stage,
    start_and_stop::StartAndStop,
    starvation::Starvation,
    verifying::VerifyingCost,
    yardstick::Yardstick,
};

/// The numbers of connections at which each shape is measured.
const CONNECTIONS: [usize; 3] = [1, 8, 64];

/// How long each limit of the machine is measured, in each round.
const YARDSTICK: Duration = Duration::from_millis(500);

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Where.
    pub(crate) machine: Machine,
    /// What the machine can do at best.
    pub(crate) yardstick: Option<Yardstick>,
    /// What a signed token costs beside its signature.
    pub(crate) signing: Vec<SigningCost>,
    /// What a verified token costs an API beside its signature.
    pub(crate) verifying: Vec<VerifyingCost>,
    /// The table of cells.
    pub(crate) cells: Vec<Cell>,
    /// What the product signs for a client, by the algorithm of the client's ID tokens.
    pub(crate) signatures: BTreeMap<&'static str, Vec<Algorithm>>,
    /// Starts with few clients and with many.
    pub(crate) starts: Option<Starts>,
    /// Tokens while people log in.
    pub(crate) starvation: Option<Starvation>,
    /// Resident memory.
    pub(crate) memory: Option<Memory>,
    /// Start and end.
    pub(crate) start_and_stop: Option<StartAndStop>,
}

impl Figures {
    /// The cell of a shape at a number of connections.
    pub(crate) fn cell(&self, shape: Shape, connections: usize) -> Option<&Cell> {
        self.cells
            .iter()
            .find(|cell| cell.shape == shape && cell.connections == connections)
    }

    /// The reference server's cell that was measured right after one of the product.
    pub(crate) fn beside(&self, product: &Cell) -> Option<&Cell> {
        let is_product =
            |cell: &&Cell| cell.shape == product.shape && cell.connections == product.connections;
        self.cells
            .iter()
            .skip_while(|cell| !is_product(cell))
            .nth(1)
    }

    /// The time that the signatures of one answer cost at least, in microseconds.
    pub(crate) fn signing_us(&self, algorithm: Algorithm) -> Option<f64> {
        let signatures = self.signatures.get(algorithm.name())?;
        let yardstick = self.yardstick?;
        Some(
            signatures
                .iter()
                .map(|signature| yardstick.signature_us(*signature))
                .sum(),
        )
    }
}

/// A run in progress.
struct Run<'a> {
    binary: &'a Binary,
    arguments: &'a MeasureArguments,
    window: Window,
    progress: ProgressBar,
}

/// Measures what the arguments ask for. Must be called inside a `LocalSet`.
pub(crate) async fn measure(arguments: &MeasureArguments) -> anyhow::Result<Figures> {
    let binary = Binary::locate(arguments.doorward.clone())?;
    let run = Run {
        binary: &binary,
        arguments,
        window: arguments.window(),
        progress: ProgressBar::new(0).with_style(ProgressStyle::with_template(
            "{elapsed_precise} {bar:30} {pos}/{len}, {eta} left: {msg}",
        )?),
    };
    run.progress.enable_steady_tick(Duration::from_millis(500));
    let rounds = run.rounds().await?;
    let figures = Figures {
        machine: Machine::describe(binary.version().await?),
        yardstick: Yardstick::median(&rounds.yardsticks),
        signing: SigningCost::median(&rounds.signing),
        verifying: VerifyingCost::median(&rounds.verifying),
        cells: rounds.cells,
        signatures: rounds.signatures,
        starts: rounds.starts,
        starvation: run.starvation().await?,
        memory: run.memory().await?,
        start_and_stop: run.start_and_stop().await?,
    };
    run.progress.finish_and_clear();
    Ok(figures)
}

/// What comes of the rounds.
struct Rounds {
    cells: Vec<Cell>,
    yardsticks: Vec<Yardstick>,
    signing: Vec<SigningCost>,
    verifying: Vec<VerifyingCost>,
    signatures: BTreeMap<&'static str, Vec<Algorithm>>,
    starts: Option<Starts>,
}

impl Run<'_> {
    async fn rounds(&self) -> anyhow::Result<Rounds> {
        let plan = plan(self.arguments);
        let rounds = self.arguments.repeats();
        self.progress
            .set_length(u64::from(rounds) * plan.len() as u64);

        let (stage, starts) = self.stage().await?;
        let mut signatures = BTreeMap::new();
        for algorithm in Algorithm::ALL {
            signatures.insert(algorithm.name(), stage.signatures(algorithm).await?);
        }
        let (mut yardsticks, mut signing) = (Vec::new(), Vec::new());
        let mut verifying = Vec::new();
        let mut cells = vec![Vec::new(); plan.len()];
        for _ in 0..rounds {
            yardsticks.push(Yardstick::measure(cores(), YARDSTICK)?);
            signing.extend(SigningCost::measure(YARDSTICK)?);
            verifying.extend(VerifyingCost::measure(YARDSTICK)?);
            for ((shape, connections), repetitions) in plan.iter().zip(&mut cells) {
                self.progress
                    .set_message(format!("{shape}, {connections} connections"));
                repetitions.push(stage.measure(*shape, *connections, self.window).await?);
                self.progress.inc(1);
            }
        }
        let cells = cells
            .iter()
            .filter_map(|repetitions| Cell::median(repetitions))
            .collect();
        Ok(Rounds {
            cells,
            yardsticks,
            signing,
            verifying,
            signatures,
            starts,
        })
    }

    /// Both servers, and the one of many clients where that is measured.
    async fn stage(&self) -> anyhow::Result<(Stage, Option<Starts>)> {
        let stage = Stage::set(self.binary).await?;
        if !self.arguments.includes(Part::Clients) {
            return Ok((stage, None));
        }
        self.progress.set_message("start with many clients");
        let (clients, times) = (self.arguments.clients, self.arguments.repeats());
        let (stage, starts) = stage.crowded(self.binary, clients, times).await?;
        Ok((stage, Some(starts)))
    }

    async fn starvation(&self) -> anyhow::Result<Option<Starvation>> {
        let mut measured = Vec::new();
        for _ in self.repetitions(Part::Starvation) {
            self.announce("tokens while people log in");
            measured.push(Starvation::measure(self.binary, self.window).await?);
            self.progress.inc(1);
        }
        Ok(Starvation::median(&measured))
    }

    async fn memory(&self) -> anyhow::Result<Option<Memory>> {
        if !self.arguments.includes(Part::Memory) {
            return Ok(None);
        }
        self.announce("memory");
        let memory = Memory::measure(self.binary, self.window).await?;
        self.progress.inc(1);
        Ok(Some(memory))
    }

    async fn start_and_stop(&self) -> anyhow::Result<Option<StartAndStop>> {
        let mut measured = Vec::new();
        for _ in self.repetitions(Part::Start) {
            self.announce("start and end");
            measured.push(StartAndStop::measure(self.binary).await?);
            self.progress.inc(1);
        }
        Ok(StartAndStop::median(&measured))
    }

    fn repetitions(&self, part: Part) -> std::ops::Range<u32> {
        0..if self.arguments.includes(part) {
            self.arguments.repeats()
        } else {
            0
        }
    }

    fn announce(&self, what: &'static str) {
        self.progress.inc_length(1);
        self.progress.set_message(what);
    }
}

/// The cells of one round, in their order.
fn plan(arguments: &MeasureArguments) -> Vec<(Shape, usize)> {
    let mut shapes = Vec::new();
    if arguments.includes(Part::Discovery) {
        shapes.push(Shape::Discovery);
    }
    if arguments.includes(Part::Jwks) {
        shapes.push(Shape::Jwks);
    }
    shapes.extend(credentials(arguments));
    if arguments.includes(Part::Introspection) {
        shapes.extend(Algorithm::ALL.map(Shape::Introspection));
        shapes.push(Shape::IntrospectionOpaque);
    }
    if arguments.includes(Part::ForwardAuth) {
        shapes.push(Shape::ForwardAuthOpaque);
    }
    if arguments.includes(Part::Refresh) {
        shapes.extend(Algorithm::ALL.map(Shape::Refresh));
    }
    if arguments.includes(Part::Code) {
        shapes.extend(Algorithm::ALL.map(Shape::Code));
    }
    if arguments.includes(Part::Login) {
        shapes.push(Shape::Login);
    }
    let mut plan = Vec::new();
    for shape in shapes {
        for connections in CONNECTIONS {
            plan.push((shape, connections));
            plan.extend(
                shape
                    .references()
                    .into_iter()
                    .map(|reference| (reference, connections)),
            );
        }
    }
    plan
}

/// Tokens for clients themselves: of few clients, and right after them the same of many.
fn credentials(arguments: &MeasureArguments) -> Vec<Shape> {
    let [few, many] = [Part::Credentials, Part::Clients].map(|part| arguments.includes(part));
    let pairs = Algorithm::ALL
        .map(|algorithm| {
            let crowd = Shape::CrowdCredentials(algorithm);
            [Shape::Credentials(algorithm), crowd]
        })
        .into_iter()
        .chain([[Shape::Opaque, Shape::CrowdOpaque]]);
    let mut shapes = Vec::new();
    for [of_few, of_many] in pairs {
        shapes.extend((few || many).then_some(of_few));
        shapes.extend(many.then_some(of_many));
    }
    shapes
}
