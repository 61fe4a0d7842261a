//! What `doorward site add` and `replace` take.

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use doorward_core::forward_auth::{PathPattern, Rule, Site, SiteHost, Verdict, Who};
use doorward_core::resource_server::Resource;
use doorward_core::time::Timestamp;
use serde::Deserialize;

use crate::cli::text;

pub(super) const EXAMPLES: &str = "\
Examples:
  Whoever is signed in and in the group staff may use the wiki; its pictures are everybody's:
    doorward site add wiki.example.com --name Wiki --allow group:staff --public '/static/**'

  Rules from a file, of which the first that fits decides:
    doorward site add reports.example.com --name Reports --resource https://reports.example.com --rules rules.toml

  rules.toml:
    [[rules]]
    allow = [\"anyone\"]
    paths = [\"/healthz\", \"/static/**\"]
    methods = [\"GET\"]

    [[rules]]
    allow = [\"group:admins\"]
    paths = [\"/admin/**\"]
    networks = [\"10.0.0.0/8\"]

    [[rules]]
    deny = [\"anyone\"]
    paths = [\"/admin/**\"]

    [[rules]]
    allow = [\"signed_in\", \"scope:reports:read\"]

Whom a rule may name: anyone, signed_in (in a browser), group:NAME (in a browser), token (any for the API of --resource),
scope:NAME (a token that has it); several with spaces between them must all hold, such as \"scope:reports:write group:staff\".
In paths * is one segment and ** all that follow; the case counts, a slash at the end does not.
Then configure the proxy: deploy/forward-auth has files for nginx, Caddy and Traefik. doorward site try explains decisions.";

/// Protects a site
#[derive(Debug, Args)]
pub(in crate::cli) struct Registration {
    /// The host of the site's addresses, with its port if that is not the ordinary one
    #[arg(value_name = "HOST")]
    host: SiteHost,
    /// What people are shown [default: the host]
    #[arg(long, value_name = "NAME", value_parser = text::line)]
    name: Option<String>,
    /// The API whose access tokens count at the site [default: none do]
    #[arg(long, value_name = "URI")]
    resource: Option<Resource>,
    /// The rules: a file in TOML or JSON
    #[arg(long, value_name = "FILE", required_unless_present = "allow", conflicts_with_all = ["allow", "public"])]
    rules: Option<String>,
    /// Who may do everything; may be given again
    #[arg(long, value_name = "WHO")]
    allow: Vec<Who>,
    /// Paths that anyone may read; may be given again
    #[arg(long, value_name = "PATH", requires = "allow")]
    public: Vec<PathPattern>,
}

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    rules: Vec<Rule>,
}

impl Registration {
    /// The site that is asked for.
    pub(super) fn site(self, now: Timestamp) -> Result<Site> {
        let rules = match &self.rules {
            Some(path) => read(path)?,
            None => rules(self.allow, self.public)?,
        };
        Ok(Site {
            name: self.name.unwrap_or_else(|| self.host.to_string()),
            host: self.host,
            resource: self.resource,
            rules,
            created_at: now,
        })
    }
}

/// The rules in a file; JSON begins with a brace, and no TOML of rules does.
fn read(path: &str) -> Result<Vec<Rule>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
    let read = if text.trim_start().starts_with('{') {
        serde_json::from_str::<Rules>(&text).map_err(anyhow::Error::from)
    } else {
        toml::from_str::<Rules>(&text).map_err(anyhow::Error::from)
    };
    let Rules { rules } = read.with_context(|| format!("{path} has no rules"))?;
    ensure!(
        !rules.is_empty(),
        "{path} has no rules, so nobody could pass"
    );
    Ok(rules)
}

fn rules(allow: Vec<Who>, public: Vec<PathPattern>) -> Result<Vec<Rule>> {
    let get = "GET".parse().context("a method")?;
    let public = (!public.is_empty()).then(|| Rule {
        verdict: Verdict::Allow(vec![Who::anyone()]),
        paths: Some(public),
        methods: Some(vec![get]),
        networks: None,
    });
    let allow = Rule {
        verdict: Verdict::Allow(allow),
        paths: None,
        methods: None,
        networks: None,
    };
    Ok(public.into_iter().chain([allow]).collect())
}
