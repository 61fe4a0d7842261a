//! The command line: one file per command.

mod administration;
mod answer;
mod assertion_issuer;
mod choice;
mod client;
mod config;
mod contradiction;
mod demo;
mod event;
mod explain;
mod group;
mod keys;
mod moving;
mod owner;
mod registration;
mod resource;
mod serve;
mod service_account;
mod session;
mod site;
mod surroundings;
mod text;
mod token;
mod unreadable;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use serde_json::json;

use crate::configuration::{CONFIG_VARIABLE, Sources};
use administration::{Administration, Missing};
use answer::Answer;
use assertion_issuer::AssertionIssuer;
use client::Client;
use config::Config;
use contradiction::Contradiction;
use demo::Demo;
use event::Event;
use explain::Explain;
use group::Group;
use keys::Keys;
use moving::{Moving, Progress};
use registration::Registration;
use resource::Resource;
use serve::Serve;
use service_account::ServiceAccount;
use session::Session;
use site::Site;
pub use surroundings::{Input, Surroundings};
use token::Token;
use user::User;

/// Single sign-on for everything you run: an OpenID Connect provider in one program.
#[derive(Debug, Parser)]
#[command(name = "doorward", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  Look around, with two sample applications:
    doorward demo

  Start for real; then add yourself and connect an application, while it runs:
    doorward serve --issuer https://login.example.com
    doorward user add alice --email alice@example.com --generate-password
    doorward client add wiki --redirect-uri https://wiki.example.com/callback

The exit code is 0 when a command was done, 1 when it was refused, 2 when it was mistyped.
Settings come from doorward.toml, DOORWARD_... variables and flags, the later winning;
`doorward config reference` lists them.";

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
struct Global {
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Everywhere",
        help = "The configuration file [default: the one in DOORWARD_CONFIG, or doorward.toml if it is there]"
    )]
    config: Option<PathBuf>,
    /// The directory with everything that lasts [default: as configured, or doorward-data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    data: Option<PathBuf>,
    /// Answer in JSON, for programs
    #[arg(long, global = true, help_heading = "Everywhere")]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the provider
    Serve(Serve),
    /// Start a provider with one person and two sample applications, to look around
    Demo(Demo),
    #[command(flatten)]
    Administer(Administer),
    #[command(flatten)]
    Move(Moving),
    /// The configuration
    #[command(subcommand)]
    Config(Config),
}

/// The commands that work on the directory, while the server runs or not.
#[derive(Debug, Subcommand)]
enum Administer {
    /// People who sign in
    #[command(subcommand)]
    User(User),
    /// Applications that people sign in to
    #[command(subcommand)]
    Client(Client),
    /// APIs that take access tokens
    #[command(subcommand)]
    Resource(Resource),
    /// Others whose word is taken for who somebody is
    #[command(subcommand)]
    AssertionIssuer(AssertionIssuer),
    /// Web applications behind a proxy that asks about each request
    #[command(subcommand)]
    Site(Site),
    /// Who may register applications without you
    #[command(subcommand)]
    Registration(Registration),
    /// Groups of people
    #[command(subcommand)]
    Group(Group),
    /// Tokens that people, programs and projects show to APIs
    #[command(subcommand)]
    Token(Token),
    /// Programs with API tokens of their own
    #[command(subcommand)]
    ServiceAccount(ServiceAccount),
    /// Signing keys
    #[command(subcommand)]
    Keys(Keys),
    /// Browsers that somebody is signed in with
    #[command(subcommand)]
    Session(Session),
    /// What the provider did or refused, and what operators changed
    #[command(subcommand)]
    Event(Event),
    /// Why somebody was refused, by the reference that their error page shows
    Explain(Explain),
}

/// Runs the command that `arguments` name, the program's name first.
///
/// The exit code is 0 when it was done, 1 when it was refused or failed, 2 when the arguments make no command.
pub async fn run<A>(
    arguments: impl IntoIterator<Item = A>,
    mut surroundings: Surroundings,
) -> ExitCode
where
    A: Into<OsString> + Clone,
{
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return report_usage(&error, &mut surroundings),
    };
    let json = cli.global.json;
    let (written, code) = match Box::pin(cli.execute(&mut surroundings)).await {
        Ok(answer) => (surroundings.say(&answer.rendered(json)), ExitCode::SUCCESS),
        Err(error) => {
            let usage = error.is::<Contradiction>();
            let text = if json {
                json!({ "error": format!("{error:#}") }).to_string()
            } else {
                format!("error: {error:#}")
            };
            (
                surroundings.complain(&text),
                ExitCode::from(if usage { 2 } else { 1 }),
            )
        }
    };
    // A reader that went away, such as `head`, has what it wanted.
    written.map_or(ExitCode::FAILURE, |()| code)
}

fn report_usage(error: &clap::Error, surroundings: &mut Surroundings) -> ExitCode {
    let text = error.render().to_string();
    let written = if error.use_stderr() {
        surroundings.complain(text.trim_end())
    } else {
        surroundings.say(text.trim_end())
    };
    match (written, u8::try_from(error.exit_code())) {
        (Ok(()), Ok(code)) => ExitCode::from(code),
        _ => ExitCode::FAILURE,
    }
}

impl Cli {
    async fn execute(self, surroundings: &mut Surroundings) -> Result<Answer> {
        let sources = self.sources(surroundings);
        match self.command {
            Command::Serve(_) => serve::run(&sources.load()?, surroundings).await,
            // Boxed, so that a small command does not take the place of a large one.
            Command::Demo(demo) => Box::pin(demo.run(self.global, surroundings)).await,
            Command::Config(config) => config.run(sources),
            Command::Move(moving) => {
                let configuration = sources.load()?.configuration;
                let progress = if self.global.json {
                    Progress::hidden()
                } else {
                    Progress::on_a_terminal()
                };
                Box::pin(moving.run(configuration, surroundings, progress)).await
            }
            Command::Administer(command) => {
                let configuration = sources.load()?.configuration;
                let missing = command.missing_data();
                let admin = Administration::open(configuration, missing, surroundings).await?;
                let answer = Box::pin(command.run(&admin, &mut surroundings.input)).await;
                admin.directory.close().await?;
                answer
            }
        }
    }

    /// What the configuration is read from.
    fn sources(&self, surroundings: &Surroundings) -> Sources {
        let environment = surroundings.environment.clone();
        let named = self.global.config.clone();
        let mut flags = match &self.command {
            Command::Serve(serve) => serve.flags(self.global.json),
            _ => Vec::new(),
        };
        if let Some(data) = &self.global.data {
            flags.push(("data", "--data", data.to_string_lossy().into_owned()));
        }
        let from_variable = environment.get(CONFIG_VARIABLE).map(PathBuf::from);
        Sources {
            // Whoever starts containers often sets what is not set to nothing.
            file: named.or_else(|| from_variable.filter(|path| !path.as_os_str().is_empty())),
            environment,
            flags,
        }
    }
}

impl Administer {
    /// What to do when there is no data: whoever looks for something most likely looks in the wrong place.
    const fn missing_data(&self) -> Missing {
        match self {
            Self::User(User::Add(_))
            | Self::Client(Client::Add(_))
            | Self::Resource(Resource::Add(_))
            | Self::Group(Group::Add(_)) => Missing::Made,
            // What keys there are is best decided before the first start makes some.
            Self::Keys(keys) if keys.begins() => Missing::Made,
            _ => Missing::Refused,
        }
    }

    async fn run(self, admin: &Administration, input: &mut Input) -> Result<Answer> {
        match self {
            Self::User(user) => user.run(admin, input).await,
            Self::Client(client) => client.run(admin).await,
            Self::Resource(resource) => resource.run(admin).await,
            Self::AssertionIssuer(issuer) => issuer.run(admin).await,
            Self::Site(site) => site.run(admin).await,
            Self::Registration(registration) => registration.run(admin).await,
            Self::Group(group) => group.run(admin).await,
            Self::Token(token) => token.run(admin, input).await,
            Self::ServiceAccount(account) => account.run(admin).await,
            Self::Keys(keys) => keys.run(admin).await,
            Self::Session(session) => session.run(admin).await,
            Self::Event(event) => event.run(admin).await,
            Self::Explain(explain) => explain.run(admin).await,
        }
    }
}

#[cfg(test)]
mod tests;
