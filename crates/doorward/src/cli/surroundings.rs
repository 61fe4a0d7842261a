//! What a command reads and writes besides its arguments: the process's own, or a test's.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Write};
use std::sync::Arc;

use doorward_core::Clock;
use doorward_core::random::Random;

use crate::ambient::{ReferenceClock, SystemClock, SystemRandom};
use crate::configuration::Environment;
use crate::provider::Ambient;

/// Everything around a command.
pub struct Surroundings {
    /// The environment variables.
    pub environment: Environment,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for secrets.
    pub random: Arc<dyn Random>,
    /// What the time is held against.
    pub reference: ReferenceClock,
    /// Where passwords come from.
    pub input: Input,
    /// Where answers go.
    pub output: Box<dyn Write + Send>,
    /// Where errors go.
    pub errors: Box<dyn Write + Send>,
}

/// Where passwords come from.
pub enum Input {
    /// A person at a terminal, who is asked.
    Terminal,
    /// A file or another program.
    Pipe(Box<dyn BufRead + Send>),
}

impl Surroundings {
    /// Those of this process.
    pub fn of_the_process() -> Self {
        let input = if io::stdin().is_terminal() {
            Input::Terminal
        } else {
            Input::Pipe(Box::new(BufReader::new(io::stdin())))
        };
        Self {
            environment: std::env::vars_os()
                .map(|(name, value)| {
                    let text = |text: OsString| text.to_string_lossy().into_owned();
                    (text(name), text(value))
                })
                .collect(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            reference: ReferenceClock::default(),
            input,
            output: Box::new(io::stdout()),
            errors: Box::new(io::stderr()),
        }
    }
}

impl Surroundings {
    /// What a provider takes from outside.
    pub(super) fn ambient(&self) -> Ambient {
        Ambient {
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            reference: self.reference,
            environment: self.environment.clone(),
        }
    }

    /// Writes a line to the output; nothing when `text` is empty.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        line(&mut self.output, text)
    }

    /// Writes a line to where errors go.
    pub(super) fn complain(&mut self, text: &str) -> io::Result<()> {
        line(&mut self.errors, text)
    }
}

fn line(to: &mut dyn Write, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(to, "{text}")?;
    to.flush()
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}
