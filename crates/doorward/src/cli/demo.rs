//! `doorward demo`

use std::fs::{self, DirBuilder};
use std::io::{self, IsTerminal as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use doorward_core::random::Random;
use serde_json::json;

use super::answer::{Answer, facts};
use super::{Global, Surroundings};
use crate::configuration::{Configuration, Environment, KeyCommand, LogFilter, Sources};
use crate::demo::{Demonstration, Listeners, PASSWORD, USERNAME};
use crate::provider::Ambient;
use crate::{signals, telemetry};

/// Starts a provider with one person and two sample applications, to look around
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward demo
  doorward demo --port 9000           the applications are on 9001 and 9002
  doorward demo --data demo-data      keeps everything for the next time

It listens on this machine only. Port 0 means any that is free. Without --data it forgets everything at its end.
It reads no configuration unless --config names one; issuer, addresses and places of storage are its own even then.")]
pub(super) struct Demo {
    /// Serve the provider on this port of localhost
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Serve the wiki on this port [default: the one after the provider's]
    #[arg(long, value_name = "PORT")]
    wiki_port: Option<u16>,
    /// Serve the payroll on this port [default: the second after the provider's]
    #[arg(long, value_name = "PORT")]
    payroll_port: Option<u16>,
}

/// Where a demonstration keeps its data.
enum Data {
    /// Where it was told to, for the next time.
    Kept(PathBuf),
    /// In a directory of its own, which goes with it.
    Temporary(PathBuf),
}

impl Demo {
    pub(super) async fn run(
        &self,
        global: Global,
        surroundings: &mut Surroundings,
    ) -> Result<Answer> {
        let mut configuration = configuration(global.config)?;
        telemetry::start(&configuration.log)?;
        let stopped = signals::stop()?;
        let listeners = self.listeners().await?;
        let data = Data::prepare(global.data, &*surroundings.random)?;
        data.path().clone_into(&mut configuration.server.data);
        configuration.server.key_command = KeyCommand::none();
        let ambient = Ambient {
            // A key that others are sealed with is none of its business.
            environment: Environment::default(),
            ..surroundings.ambient()
        };
        let started = Demonstration::start(listeners, configuration, &ambient).await;
        let ended = match started {
            Ok(demonstration) => {
                let welcomed = welcome(&demonstration, &data)
                    .and_then(|welcome| Ok(surroundings.say(&welcome.rendered(global.json))?));
                if welcomed.is_ok() {
                    stopped.await;
                }
                demonstration.stop().await.and(welcomed)
            }
            Err(error) => Err(error),
        };
        data.clean_up()?;
        ended.map(|()| Answer::none())
    }

    async fn listeners(&self) -> Result<Listeners> {
        let next = |by: u16| match self.port {
            0 => Some(0),
            port => port.checked_add(by),
        };
        let wiki = self.wiki_port.or_else(|| next(1));
        let payroll = self.payroll_port.or_else(|| next(2));
        let none = "there is no port after the provider's; name one";
        Listeners::bind(self.port, wiki.context(none)?, payroll.context(none)?).await
    }
}

/// What `file` says, or the defaults; on a terminal the log is quiet then, so that the box stays in sight.
fn configuration(file: Option<PathBuf>) -> Result<Configuration> {
    if file.is_some() {
        let sources = Sources {
            file,
            ..Sources::default()
        };
        return Ok(sources.load()?.configuration);
    }
    let mut configuration = Configuration::default();
    if io::stderr().is_terminal() {
        configuration.log.filter = LogFilter::quiet();
    }
    Ok(configuration)
}

impl Data {
    fn prepare(kept: Option<PathBuf>, random: &dyn Random) -> Result<Self> {
        if let Some(path) = kept {
            return Ok(Self::Kept(path));
        }
        let name = u64::from_le_bytes(random.bytes());
        let path = std::env::temp_dir().join(format!("doorward-demo-{name:016x}"));
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self::Temporary(path))
    }

    const fn path(&self) -> &PathBuf {
        match self {
            Self::Kept(path) | Self::Temporary(path) => path,
        }
    }

    fn clean_up(&self) -> Result<()> {
        match self {
            Self::Kept(_) => Ok(()),
            Self::Temporary(path) => fs::remove_dir_all(path)
                .with_context(|| format!("cannot remove {}", path.display())),
        }
    }
}

/// What to open, and how to sign in.
fn welcome(demonstration: &Demonstration, data: &Data) -> Result<Answer> {
    let path = demonstration.data().display();
    let fate = match data {
        Data::Kept(_) => format!("{path}, kept for the next time"),
        Data::Temporary(_) => format!("{path}, removed at the end"),
    };
    let known = facts(&[
        ("Open", Some(format!("{}   the wiki", demonstration.wiki()))),
        (
            "and",
            Some(format!("{}   the payroll", demonstration.payroll())),
        ),
        (
            "and",
            Some(format!("{}television   a television", demonstration.wiki())),
        ),
        ("Provider", Some(format!("{}/", demonstration.issuer()))),
        ("User name", Some(USERNAME.to_owned())),
        ("Password", Some(PASSWORD.to_owned())),
        ("Data", Some(fate)),
    ]);
    let text = format!(
        "Doorward is running as a demonstration, on this machine only.\n\n{known}\n\n\
         Sign in at the wiki, then at the payroll: the password is asked for once.\n\
         Switch the television on, and allow it in another tab: it has no keyboard for a password.\n\
         The password is public, and there is no TLS: this is for looking around, not for use.\n\
         Stop it with Ctrl+C."
    );
    let value = json!({
        "issuer": demonstration.issuer().as_str(),
        "wiki": demonstration.wiki().as_str(),
        "payroll": demonstration.payroll().as_str(),
        "username": USERNAME,
        "password": PASSWORD,
        "data": demonstration.data(),
    });
    Ok(Answer::new(&value, boxed(&text))?)
}

/// `text` in a box.
fn boxed(text: &str) -> String {
    let width = text
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let rule = "─".repeat(width + 2);
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("│ {line:<width$} │"))
        .collect();
    format!("┌{rule}┐\n{}\n└{rule}┘", lines.join("\n"))
}
