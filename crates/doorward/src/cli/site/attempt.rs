//! `doorward site try`: which rule decides about a request, and why the others do not.

use std::fmt::Write as _;
use std::net::IpAddr;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use doorward_core::forward_auth::{
    Asked, Caller, Decision, Denied, Holder, Mismatch, RequestMethod, RequestPath, Site, Step,
    Weighed, decide, steps,
};
use doorward_core::person::{Person, PersonStatus, Username};
use doorward_core::scope::Scope;
use serde_json::{Value, json};
use url::Url;

use super::registered;
use super::view::sentence;
use crate::cli::administration::Administration;
use crate::cli::answer::Answer;

pub(super) const EXAMPLES: &str = "\
Examples:
  Alice opens a page in her browser:
    doorward site try https://reports.example.com/admin/users --user alice --ip 10.1.2.3

  A program posts with a token of its own, or of Alice's:
    doorward site try https://reports.example.com/reports --method POST --scope reports:write
    doorward site try https://reports.example.com/reports --method POST --scope reports:write --user alice

Nothing is asked of the server: the rules are weighed as it would weigh them.";

/// A request that nobody sends
#[derive(Debug, Args)]
pub(in crate::cli) struct Attempt {
    /// The address that is asked for
    #[arg(value_name = "URL")]
    url: Url,
    /// How
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    method: RequestMethod,
    /// By whom: a person, in a browser unless --scope is there too [default: nobody who is known]
    #[arg(long, value_name = "USERNAME")]
    user: Option<Username>,
    /// With an access token that has this scope; may be empty
    #[arg(long, value_name = "SCOPE")]
    scope: Option<Scope>,
    /// From where
    #[arg(long, value_name = "ADDRESS", default_value = "192.0.2.1")]
    ip: IpAddr,
}

impl Attempt {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        let host = self.url.host_str().context("the address has no host")?;
        let host = match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let site = registered(&host.parse()?, admin)?;
        let caller = self.caller(admin).await?;
        let asked = Asked {
            method: self.method,
            path: RequestPath::parse(self.url.path())?,
            address: self.ip,
        };
        answer(&site, &asked, &caller)
    }

    async fn caller(&self, admin: &Administration) -> Result<Caller> {
        let person = match &self.user {
            Some(name) => Some(person(name, admin).await?),
            None => None,
        };
        Ok(match (&self.scope, person) {
            (None, None) => Caller::Nobody,
            (None, Some(person)) => Caller::Browser(person),
            (Some(scope), person) => Caller::Token(Holder {
                subject: "somebody".to_owned(),
                client: None,
                scope: scope.clone(),
                person,
            }),
        })
    }
}

async fn person(name: &Username, admin: &Administration) -> Result<Person> {
    let person = admin.directory.people().by_username(name).await?;
    let person = person.with_context(|| format!("there is no user {name}"))?;
    ensure!(
        person.status == PersonStatus::Enabled,
        "{name} is disabled, and so passes nowhere"
    );
    Ok(person)
}

fn answer(site: &Site, asked: &Asked, caller: &Caller) -> Result<Answer> {
    let mut text = String::new();
    let mut weighed = Vec::new();
    for Step {
        number,
        rule,
        weighed: outcome,
    } in steps(site, asked, caller)
    {
        let outcome = words(outcome);
        let rule = sentence(rule);
        writeln!(text, "{number:>3}. {rule}\n     {outcome}")?;
        weighed.push(json!({ "number": number, "rule": rule, "outcome": outcome }));
    }
    let (decision, sentence): (&str, String) = match decide(site, asked, caller) {
        Decision::Allowed(number) => ("allowed", format!("rule {number} lets it pass")),
        Decision::Denied(Denied::Rule(number)) => ("denied", format!("rule {number} denies it")),
        Decision::Denied(Denied::Default) => {
            ("denied", "no rule allows it, so it is denied".to_owned())
        }
        Decision::Unknown => (
            "unknown",
            "whoever asks has to show who they are: a browser is sent to sign in, a program gets 401".to_owned(),
        ),
    };
    text.push_str(&sentence);
    let value: Value = json!({ "decision": decision, "reason": sentence, "rules": weighed });
    Ok(Answer::new(&value, text)?)
}

const fn words(weighed: Weighed) -> &'static str {
    match weighed {
        Weighed::Decides => "decides",
        Weighed::Passed(Mismatch::Path) => "is about other paths",
        Weighed::Passed(Mismatch::Method) => "is about other methods",
        Weighed::Passed(Mismatch::Network) => "is about other networks",
        Weighed::Passed(Mismatch::Caller) => "is about others",
    }
}
