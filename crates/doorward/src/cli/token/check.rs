//! `doorward token check`

use std::collections::BTreeSet;
use std::io::{BufRead, Read as _};
use std::net::IpAddr;

use anyhow::{Context as _, Result};
use clap::Args;
use doorward_core::api_token::{ApiTokenRefused, FoundToken, PresentedApiToken, Use, Working};
use doorward_core::resource_server::Resource;
use doorward_directory::api_tokens::Memories;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::Input;
use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, facts};

pub(super) const EXAMPLES: &str = "\
Examples:
  doorward token check                                  asks for the token, which is not shown
  pass show backup-token | doorward token check --from 192.0.2.7 --json

The token is never an argument, where other users of the machine could read it. Nothing is counted:
neither as a use of the token nor against how often it may be used.";

#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    /// The address that the token is shown from; tokens with networks work from there alone
    #[arg(long, value_name = "ADDRESS")]
    from: Option<IpAddr>,
}

impl Check {
    pub(super) async fn run(&self, admin: &Administration, input: &mut Input) -> Result<Answer> {
        let text = read(input)?;
        let Some(presented) = PresentedApiToken::parse(text.trim()) else {
            return answer(None, &Err(NEVER_ONE.to_owned()));
        };
        let tokens = admin.directory.api_tokens();
        let found = tokens.find(&presented, Memories::Stale).await?;
        let judged = match &found {
            Some(found) => self
                .judge(found, admin)
                .map_err(|reason| in_options(&reason)),
            None => Err(ApiTokenRefused::Unknown.to_string()),
        };
        answer(found.as_deref(), &judged)
    }

    fn judge(
        &self,
        found: &FoundToken,
        admin: &Administration,
    ) -> Result<Working, ApiTokenRefused> {
        found.check(Use {
            address: self.from,
            servers: &admin.directory.resource_servers().registry(),
            policy: &admin.configuration.api_tokens.policy(),
            now: admin.now(),
        })
    }
}

/// What nobody needs to look up.
const NEVER_ONE: &str = "it was never an API token: those begin with dw_pat_, dw_sat_ or dw_key_, and end with a checksum that is wrong \
                         when a letter is";

/// The reason in the words of the command line.
fn in_options(reason: &ApiTokenRefused) -> String {
    match reason {
        ApiTokenRefused::AddressUnknown => {
            "the API token works from some networks only: say with --from ADDRESS where it is shown"
                .to_owned()
        }
        reason => reason.to_string(),
    }
}

fn answer(found: Option<&FoundToken>, judged: &Result<Working, String>) -> Result<Answer> {
    let (token, working) = (found.map(|found| &found.token), judged.as_ref().ok());
    let reason = judged.as_ref().err();
    let scope = working.map(|working| working.scope.to_string());
    let resources = working.map(|working| &working.resources);
    let value: Value = json!({
        "works": working.is_some(),
        "reason": reason,
        "id": token.map(|token| token.id),
        "name": token.map(|token| &token.name),
        "scope": scope,
        "resources": resources,
    });
    let works = if working.is_some() { "yes" } else { "no" };
    let text = facts(&[
        ("works", Some(works.to_owned())),
        ("reason", reason.cloned()),
        ("id", token.map(|token| token.id.to_string())),
        ("name", token.map(|token| token.name.to_string())),
        ("scope", scope.filter(|scope| !scope.is_empty())),
        ("resources", resources.map(listed)),
    ]);
    Ok(Answer::new(&value, text)?)
}

fn listed(resources: &BTreeSet<Resource>) -> String {
    let resources: Vec<String> = resources.iter().map(ToString::to_string).collect();
    resources.join(" ")
}

fn read(input: &mut Input) -> Result<Zeroizing<String>> {
    let token = match input {
        Input::Terminal => rpassword::prompt_password("API token: ").map(Zeroizing::new),
        Input::Pipe(pipe) => line(&mut **pipe),
    };
    token.context("cannot read the token from standard input")
}

/// The first line: longer than any token, so that what is longer is seen to be none.
fn line(pipe: &mut dyn BufRead) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    pipe.take(1024).read_line(&mut text)?;
    Ok(text)
}
