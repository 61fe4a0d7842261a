//! `doorward resource add`: what an API is registered with.

use std::time::Duration;

use clap::Args;
use doorward_core::Timestamp;
use doorward_core::acr::{Acr, AuthenticationDemand};
use doorward_core::api_token::{AcceptedApiTokens, HeldBy};
use doorward_core::authorization::MaxAge;
use doorward_core::authorization_details::{DetailType, DetailTypes};
use doorward_core::identifiers::{ClientId, Malformed};
use doorward_core::jose::Algorithm;
use doorward_core::network::Network;
use doorward_core::resource_server::{
    AccessTokenFormat, AccessTokenStatus, Resource, ResourceScopes, ResourceServer,
};
use url::Url;

use super::details_type;
use crate::cli::choice::one_of;
use crate::cli::contradiction::Contradiction;
use crate::cli::text;

pub(super) const EXAMPLES: &str = "\
Examples:
  An API that reads signed tokens itself, and an application that may read reports:
    doorward resource add https://reports.example.com --name Reports \\
      --scope 'reports:read=Read reports' --scope 'reports:write=Write reports'
    doorward client add dashboard --redirect-uri https://dashboard.example.com/cb \\
      --scope 'openid profile reports:read'

  One that reads signed tokens itself, and soon refuses those that were revoked: each names
  a status list, which the API fetches every few seconds (the setting tokens.status_list_ttl):
    doorward resource add https://orders.example.com --status-list \\
      --scope 'orders:read=Read orders'

  One whose tokens say nothing, so that they end at once when they are revoked; it asks what
  they stand for, with credentials of its own:
    doorward client add files-api --grant-type client_credentials
    doorward resource add https://files.example.com --token-format opaque \\
      --scope 'files:read=Read files' --introspected-by files-api

  One that lets itself be asked for single payments (authorization details, RFC 9396), and
  takes no token of somebody whose sign-in is older than five minutes:
    doorward resource add https://payments.example.com --name 'Example Bank' \\
      --authorization-details-type payment.toml --max-authentication-age 5m
    doorward client add shop --redirect-uri https://shop.example.com/cb \\
      --authorization-details-type payment_initiation

  payment.toml says what a detail may say, and in which words people are asked:
    type = \"payment_initiation\"
    sentence.en = \"Pay {amount} {currency} to {creditor}\"
    sentence.de = \"{amount} {currency} an {creditor} zahlen\"
    # or \"remembered\": whoever allowed a detail is not asked about the same one again
    consent = \"each_time\"
    [members]
    amount = { type = \"string\", required = true, max_length = 12 }
    currency = { type = \"string\", required = true, values = [\"EUR\", \"USD\"] }
    creditor = { type = \"string\", required = true, max_length = 70 }
    reference = { type = \"string\", label = { en = \"Reference\", de = \"Verwendungszweck\" } }

  A member is a string, an integer, a number, a boolean, an array (of strings) or an object
  with members of its own ({creditor.name} in the sentence). values may be a table that says each
  value in words. actions, locations, datatypes and privileges are arrays. What the sentence
  has no place for is shown below it, so that nobody allows anything unseen.

A client reaches an API by being registered for one of its scopes or types of details.";

const FORMATS: [(&str, AccessTokenFormat); 2] = [
    (AccessTokenFormat::Jwt.as_str(), AccessTokenFormat::Jwt),
    (
        AccessTokenFormat::Opaque.as_str(),
        AccessTokenFormat::Opaque,
    ),
];

const ALGORITHMS: [(&str, Algorithm); 6] = [
    (Algorithm::Rs256.as_str(), Algorithm::Rs256),
    (Algorithm::Es256.as_str(), Algorithm::Es256),
    (Algorithm::Ps256.as_str(), Algorithm::Ps256),
    (Algorithm::EdDsa.as_str(), Algorithm::EdDsa),
    (Algorithm::Es384.as_str(), Algorithm::Es384),
    (Algorithm::Es512.as_str(), Algorithm::Es512),
];

/// How long the tokens of an API may live: as long as the setting `tokens.access_token` allows.
const LIFETIMES: std::ops::RangeInclusive<u64> = 60..=3600;

/// Registers an API
#[derive(Debug, Args)]
pub(in crate::cli) struct Registration {
    /// The identifier of the API, best its address: clients name it as `resource`, and its tokens have it as `aud`
    #[arg(value_name = "URI")]
    resource: Resource,
    /// What people are shown [default: the identifier]
    #[arg(long, value_parser = text::line)]
    name: Option<String>,
    /// A scope of the API and what it allows, in words that people are asked with; may be given again
    #[arg(long = "scope", value_name = "SCOPE=WORDS", required_unless_present = "details_types", value_parser = scope)]
    scopes: Vec<(String, String)>,
    /// A type of authorization details of the API: a TOML or JSON file that says what a detail may say, and the sentence that people are asked with; may be given again
    #[arg(long = "authorization-details-type", value_name = "FILE", value_parser = details_type::read)]
    details_types: Vec<DetailType>,
    /// The weakest level of sign-in that it takes tokens of, a name of the setting `acr.levels` [default: any]
    #[arg(long, value_name = "ACR")]
    minimum_acr: Option<Acr>,
    /// How long ago people may have signed in when an application gets tokens for it, at least 1m [default: any time]
    #[arg(long, value_name = "TIME", value_parser = age)]
    max_authentication_age: Option<Duration>,
    /// Whether its tokens are signed and read by the API itself (jwt), or say nothing and are asked about (opaque)
    #[arg(long, value_name = "FORMAT", default_value = "jwt", value_parser = one_of(&FORMATS))]
    token_format: AccessTokenFormat,
    /// How long its tokens live, from 1m to 1h [default: that of the settings]
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    token_lifetime: Option<Duration>,
    /// The signature of its tokens [default: as each client is registered for]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    algorithm: Option<Algorithm>,
    /// Have its signed tokens name a status list, by which the API learns soon of those that were revoked without asking about each
    #[arg(long)]
    status_list: bool,
    /// A client that may ask about its tokens at the introspection endpoint: the API itself; may be given again
    #[arg(long = "introspected-by", value_name = "CLIENT")]
    introspected_by: Vec<ClientId>,
    /// A network, such as 192.0.2.0/24, that it and nothing else fetches the signing keys from: a fetch from there shows that it knows them; it may come from elsewhere all the same. May be given again
    #[arg(long = "network", value_name = "CIDR")]
    networks: Vec<Network>,
    /// A scope that API tokens may have, and the groups whose people may make such tokens, with commas between them [default: everybody]; may be given again
    #[arg(long = "api-token-scope", value_name = "SCOPE[=GROUP,…]", value_parser = api_token_scope)]
    api_token_scopes: Vec<(String, HeldBy)>,
    /// Takes API keys that have no scope, and only say whose project a request belongs to
    #[arg(long)]
    api_keys: bool,
    /// Where developers read about it
    #[arg(long, value_name = "URL", value_parser = text::web_url)]
    documentation_uri: Option<Url>,
    /// What it does with people's data
    #[arg(long, value_name = "URL", value_parser = text::web_url)]
    policy_uri: Option<Url>,
    /// Its terms of service
    #[arg(long, value_name = "URL", value_parser = text::web_url)]
    tos_uri: Option<Url>,
}

impl Registration {
    /// The resource server that is asked for.
    pub(super) fn server(self, now: Timestamp) -> Result<ResourceServer, Contradiction> {
        if self.token_format == AccessTokenFormat::Opaque && self.algorithm.is_some() {
            return Err(Contradiction::OpaqueWithSignature);
        }
        if self.token_format == AccessTokenFormat::Opaque && self.status_list {
            return Err(Contradiction::OpaqueWithStatusList);
        }
        let mut scopes = ResourceScopes::default();
        for (token, allows) in &self.scopes {
            scopes
                .add(token, allows)
                .map_err(|_| Contradiction::ScopeTwice)?;
        }
        let api_tokens = accepted(self.api_token_scopes, self.api_keys, &scopes)?;
        Ok(ResourceServer {
            resource_name: self.name.unwrap_or_else(|| self.resource.to_string()),
            resource: self.resource,
            scopes,
            access_token_format: self.token_format,
            access_token_lifetime: self.token_lifetime.map(|lifetime| lifetime.as_secs()),
            access_token_signed_response_alg: self.algorithm,
            api_tokens,
            access_token_status: if self.status_list {
                AccessTokenStatus::StatusList
            } else {
                AccessTokenStatus::Untold
            },
            introspected_by: self.introspected_by.into_iter().collect(),
            authorization_details_types: by_name(self.details_types)?,
            authentication: AuthenticationDemand {
                minimum_acr: self.minimum_acr,
                max_authentication_age: self
                    .max_authentication_age
                    .map(|age| MaxAge::seconds(age.as_secs())),
            },
            resource_documentation: self.documentation_uri,
            resource_policy_uri: self.policy_uri,
            resource_tos_uri: self.tos_uri,
            networks: self.networks.into(),
            created_at: now,
        })
    }
}

/// A scope token and what it allows.
fn scope(text: &str) -> Result<(String, String), String> {
    let (token, allows) = text
        .split_once('=')
        .filter(|(_, allows)| !allows.trim().is_empty())
        .ok_or("say what the scope allows: SCOPE=WORDS, such as 'reports:read=Read reports'")?;
    ResourceScopes::default()
        .add(token, allows)
        .map_err(|refused| refused.to_string())?;
    Ok((token.to_owned(), text::line(allows.trim())?))
}

/// A scope of API tokens, and who may have it.
fn api_token_scope(text: &str) -> Result<(String, HeldBy), String> {
    let Some((scope, groups)) = text.split_once('=') else {
        return Ok((text.to_owned(), HeldBy::Everyone));
    };
    let groups = groups.split(',').map(str::parse).collect::<Result<_, _>>();
    let groups = groups.map_err(|malformed: Malformed| malformed.to_string())?;
    Ok((scope.to_owned(), HeldBy::Groups(groups)))
}

/// What it takes API tokens for, which is among what it has.
fn accepted(
    named: Vec<(String, HeldBy)>,
    api_keys: bool,
    scopes: &ResourceScopes,
) -> Result<Option<AcceptedApiTokens>, Contradiction> {
    if named
        .iter()
        .any(|(scope, _)| scopes.allows(scope).is_none())
    {
        return Err(Contradiction::ApiTokensWithoutScope);
    }
    let accepts = api_keys || !named.is_empty();
    Ok(accepts.then(|| named.into_iter().collect()))
}

fn by_name(types: Vec<DetailType>) -> Result<DetailTypes, Contradiction> {
    let mut by_name = DetailTypes::new();
    for of_type in types {
        let before = by_name.insert(of_type.name.clone(), of_type);
        if before.is_some() {
            return Err(Contradiction::DetailsTypeTwice);
        }
    }
    Ok(by_name)
}

fn age(text: &str) -> Result<Duration, &'static str> {
    crate::configuration::parse_span(text)
        .filter(|seconds| *seconds >= 60)
        .map(Duration::from_secs)
        .ok_or("allowed is a time of at least 1m, such as 5m or 12h")
}

fn lifetime(text: &str) -> Result<Duration, &'static str> {
    crate::configuration::parse_span(text)
        .filter(|seconds| LIFETIMES.contains(seconds))
        .map(Duration::from_secs)
        .ok_or("allowed is a time from 1m to 1h")
}
