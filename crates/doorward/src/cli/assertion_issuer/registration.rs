//! `doorward assertion-issuer add`: whose word is trusted, and how far.

use std::collections::BTreeSet;
use std::time::Duration;

use clap::{ArgGroup, Args};
use doorward_core::Timestamp;
use doorward_core::assertion_issuer::{
    AssertionIssuer, AssertionIssuerKeys, AssertionIssuerName, AssertionIssuerStatus, AssertionUse,
    Identity, IssuerIdentifier,
};
use doorward_core::identifiers::ClientId;
use doorward_core::jose::{Algorithm, JwkSet};
use doorward_core::outbound::OutboundUri;
use doorward_core::resource_server::Resource;
use doorward_core::scope::Scope;

use crate::cli::choice::one_of;
use crate::cli::client::ALGORITHMS;
use crate::cli::contradiction::Contradiction;
use crate::cli::text;

pub(super) const EXAMPLES: &str = "\
Examples:
  A program in Kubernetes that gets tokens without a secret, by its service account. Its pod mounts a token with the
  issuer's URL as audience, for an hour, and reads it more than once:
    doorward client add nightly --public --grant-type jwt_bearer --scope reports:read
    doorward assertion-issuer add cluster --issuer https://kubernetes.default.svc.cluster.local \\
      --jwks cluster.jwks.json --client nightly --identity client \\
      --subject system:serviceaccount:prod:nightly --longest 1h --use until_it_expires \\
      --resource https://reports.example.com

  A job of a CI system, for one branch of one repository:
    doorward assertion-issuer add ci --issuer https://token.actions.githubusercontent.com \\
      --jwks-uri https://token.actions.githubusercontent.com/.well-known/jwks \\
      --client deploy --identity client --subject repo:acme/shop:ref:refs/heads/main \\
      --resource https://deploy.example.com --scope deploy:run

  Another organisation's provider, for its people that are here too; they are told apart by their addresses:
    doorward assertion-issuer add partner --issuer https://id.partner.example \\
      --jwks-uri https://id.partner.example/jwks --client portal --identity email \\
      --resource https://files.example.com --until 180d

The application posts the assertion to the token endpoint, with
grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer. Who can make the issuer sign can do all that is said here.";

/// Whom an assertion speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    Subject,
    Username,
    Email,
    Client,
}

const IDENTITIES: [(&str, Whom); 4] = [
    ("client", Whom::Client),
    ("subject", Whom::Subject),
    ("username", Whom::Username),
    ("email", Whom::Email),
];

const USES: [(&str, AssertionUse); 2] = [
    (AssertionUse::Once.as_str(), AssertionUse::Once),
    (
        AssertionUse::UntilItExpires.as_str(),
        AssertionUse::UntilItExpires,
    ),
];

/// How long an assertion may be good for.
const LONGEST: std::ops::RangeInclusive<u64> = 60..=86_400;

/// Trusts somebody's word
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("keys").required(true).args(["jwks", "jwks_uri"])))]
pub(in crate::cli) struct Registration {
    /// What you call it
    #[arg(value_name = "NAME")]
    name: AssertionIssuerName,
    /// The iss of its assertions, exactly as it writes it
    #[arg(long, value_name = "ISS")]
    issuer: IssuerIdentifier,
    /// The public keys that it signs with: a file with a JWK Set or one JWK
    #[arg(long, value_name = "FILE", value_parser = text::jwks)]
    jwks: Option<JwkSet>,
    /// Where it publishes them
    #[arg(long, value_name = "URI")]
    jwks_uri: Option<OutboundUri>,
    /// A signature that its assertions may have; may be given again [default: any]
    #[arg(long = "algorithm", value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    algorithms: Vec<Algorithm>,
    /// A client that may bring its assertions; may be given again
    #[arg(long = "client", value_name = "ID", required = true)]
    clients: Vec<ClientId>,
    #[arg(long, help = "Whom an assertion speaks of: of the client itself, or of the person whose subject here or user name is its sub, or whose verified address is its email", value_name = "WHOM", value_parser = one_of(&IDENTITIES))]
    identity: Whom,
    /// With --identity client: a sub that stands for the client, exactly; may be given again
    #[arg(long = "subject", value_name = "SUB")]
    subjects: Vec<String>,
    /// An API that its word opens; may be given again
    #[arg(long = "resource", value_name = "URI", required = true)]
    resources: Vec<Resource>,
    /// A scope that its word opens, or several between quotation marks; may be given again [default: all that the client has there]
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// How long an assertion may be good for, from 1m to 24h
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = longest)]
    longest: Duration,
    #[arg(long = "use", help = "How often an assertion may be used: once, by its jti, or until it expires, for platforms that give one to a program for a while", value_name = "USE", default_value = AssertionUse::Once.as_str(), value_parser = one_of(&USES))]
    assertion_use: AssertionUse,
    /// Trust it for so long only, such as 90d [default: for ever]
    #[arg(long, value_name = "TIME", value_parser = span)]
    until: Option<Duration>,
}

impl Registration {
    /// The assertion issuer that is asked for.
    pub(super) fn issuer(self, now: Timestamp) -> Result<AssertionIssuer, Contradiction> {
        let identity = identity(self.identity, self.subjects)?;
        let keys = match (self.jwks, self.jwks_uri) {
            (Some(jwks), _) => AssertionIssuerKeys::Jwks(jwks),
            (None, Some(uri)) => AssertionIssuerKeys::JwksUri(uri),
            (None, None) => return Err(Contradiction::IssuerWithoutKeys),
        };
        let algorithms: BTreeSet<Algorithm> = if self.algorithms.is_empty() {
            Algorithm::ALL.into()
        } else {
            self.algorithms.into_iter().collect()
        };
        Ok(AssertionIssuer {
            name: self.name,
            issuer: self.issuer,
            status: AssertionIssuerStatus::Enabled,
            keys,
            algorithms,
            longest_assertion: self.longest.as_secs(),
            assertion_use: self.assertion_use,
            clients: self.clients.into_iter().collect(),
            identity,
            resources: self.resources.into_iter().collect(),
            scope: self.scopes.into_iter().reduce(|all, more| all.union(&more)),
            ends_at: self.until.map(|time| now.plus(time)),
            created_at: now,
        })
    }
}

fn identity(speaks: Whom, subjects: Vec<String>) -> Result<Identity, Contradiction> {
    match (speaks, subjects.is_empty()) {
        (Whom::Client, true) => Err(Contradiction::ClientWithoutSubject),
        (Whom::Client, false) => Ok(Identity::Client(subjects.into_iter().collect())),
        (_, false) => Err(Contradiction::SubjectOfPerson),
        (Whom::Subject, true) => Ok(Identity::Subject),
        (Whom::Username, true) => Ok(Identity::Username),
        (Whom::Email, true) => Ok(Identity::Email),
    }
}

fn longest(text: &str) -> Result<Duration, &'static str> {
    crate::configuration::parse_span(text)
        .filter(|seconds| LONGEST.contains(seconds))
        .map(Duration::from_secs)
        .ok_or("allowed is a time from 1m to 24h")
}

fn span(text: &str) -> Result<Duration, &'static str> {
    crate::configuration::parse_span(text)
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
        .ok_or("allowed is a time such as 12h or 90d")
}
