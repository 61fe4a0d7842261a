//! `/api-tokens/new`: making a token.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_core::api_token::{
    ApiToken, ApiTokenKind, ApiTokenPolicy, Issuer, Issuing, MANAGE_TOKENS, OwnerStanding,
    READ_TOKENS, Rights, issue,
};
use doorward_core::authorization::OwnPage;
use doorward_core::event::ApiTokenChange;
use doorward_core::identifiers::ApiTokenId;
use doorward_core::resource_server::{ResourceServer, ResourceServers};
use doorward_core::secret::Secret;
use doorward_directory::api_tokens::ApiTokenFilter;

use super::once::{Sent, sent};
use super::shown::secret_page;
use super::suspension::only;
use super::visit::{Asked, Turned, Visit, refuse};
use super::{API_TOKENS, address, draft, form, once};
use crate::client_address;
use crate::form::see_other;
use crate::pages::{
    Before, Expiry, MakeApiToken, OfferedServer, Problem, TokenProblem, TypedToken,
};
use crate::refusal::PageError;

const DAY: Duration = Duration::from_hours(24);

/// The days after which a token may expire that are offered beside those of the policy.
const USUAL_DAYS: [u32; 3] = [7, 30, 90];

/// Shows the form, with what was typed before somebody had to sign in once more.
pub(super) async fn show(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.at(|_| Some(OwnPage::NewApiToken)).await?;
    let typed = draft::take(&visit).await?.unwrap_or_default();
    Ok(page(&visit, typed, Vec::new())
        .page(visit.texts())
        .into_response())
}

/// Makes the token and shows, this one time, what opens it.
pub(super) async fn make(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.with_form().await?;
    only(&visit, "make")?;
    let typed = form::typed(&visit.parameters);
    if !visit.may(OwnPage::NewApiToken) {
        draft::keep(&visit, &typed).await?;
    }
    visit.lately_enough_for(OwnPage::NewApiToken).await?;
    let token = match issued(&visit, &typed).await? {
        Ok(token) => token,
        Err(problems) => {
            let page = page(&visit, typed, problems).page(visit.texts());
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    if let Sent::Again(first) = sent(&visit, token.id).await? {
        return Ok(see_other(&address(OwnPage::ApiToken(first))));
    }
    let secret = Secret::generate(token.kind().secret(), &*visit.app.random);
    visit
        .app
        .directory
        .api_tokens()
        .add(&token, &secret)
        .await?;
    let scope = token.scope.clone();
    let change = ApiTokenChange::Created { scope };
    Ok(secret_page(&visit, token.id, secret, Before::Nothing, change).await?)
}

/// The token that was meant, or all that is wrong with it.
async fn issued(
    visit: &Visit,
    typed: &TypedToken,
) -> Result<Result<ApiToken, Vec<TokenProblem>>, PageError> {
    let (app, person, now) = (&visit.app, visit.person(), visit.app.now());
    let new = match form::read(typed, person, now) {
        Ok(new) => new,
        Err(problems) => return Ok(Err(problems)),
    };
    let held = ApiTokenFilter::Person(person.id);
    let issuing = Issuing {
        by: Issuer::Somebody,
        owner: &OwnerStanding::Enabled(person.groups.clone()),
        held: app.directory.api_tokens().count(&held, now).await?,
        servers: &app.directory.resource_servers().registry(),
        policy: &app.settings.api_tokens,
        now,
    };
    match issue(new, ApiTokenId::generate(now, &*app.random), issuing) {
        Ok(token) => Ok(Ok(token)),
        Err(refused) => match form::problem(&refused) {
            Some(problem) => Ok(Err(vec![problem])),
            None => Err(refuse(Problem::FormOutdated, &refused)),
        },
    }
}

fn page(visit: &Visit, mut typed: TypedToken, problems: Vec<TokenProblem>) -> MakeApiToken {
    let app = &visit.app;
    let policy = &app.settings.api_tokens;
    if typed.expiry == Expiry::Usual {
        typed.expiry = Expiry::Days(usual(policy));
    }
    let here = client_address::client(&visit.parts, &app.settings.trusted_proxies);
    MakeApiToken {
        typed,
        problems,
        offered: offered(visit, &app.directory.resource_servers().registry()),
        days: days(policy),
        most_days: policy.max_lifetime.map(in_days),
        here: here.map(network),
        action: address(OwnPage::NewApiToken),
        list_url: API_TOKENS.to_owned(),
        csrf: visit.here.csrf.clone(),
        form: once::form(app),
    }
}

/// What the person may let a token do, API by API, and at Doorward itself at the end.
fn offered(visit: &Visit, servers: &ResourceServers) -> Vec<OfferedServer> {
    let standing = OwnerStanding::Enabled(visit.person().groups.clone());
    let rights = Rights::of(ApiTokenKind::PersonalAccessToken, &standing, servers);
    let at = |server: &ResourceServer| OfferedServer {
        name: Some(server.resource_name.clone()),
        scopes: server
            .scopes
            .iter()
            .filter(|(scope, _)| rights.scope.contains(scope))
            .map(|(scope, words)| (scope.to_owned(), words.to_owned()))
            .collect(),
    };
    let at_apis = servers.iter().map(|server| at(server));
    let own = [READ_TOKENS, MANAGE_TOKENS].into_iter();
    let own = own.filter(|scope| rights.scope.contains(scope));
    let own = OfferedServer {
        name: None,
        scopes: own.map(|scope| (scope.to_owned(), String::new())).collect(),
    };
    at_apis
        .chain([own])
        .filter(|server| !server.scopes.is_empty())
        .collect()
}

fn in_days(lifetime: Duration) -> u64 {
    lifetime.as_secs() / DAY.as_secs()
}

/// After how many days a token expires when nobody says.
fn usual(policy: &ApiTokenPolicy) -> u32 {
    let most = policy.max_lifetime.unwrap_or(policy.default_lifetime);
    let days = in_days(policy.default_lifetime.min(most)).max(1);
    u32::try_from(days).unwrap_or(u32::MAX)
}

fn days(policy: &ApiTokenPolicy) -> Vec<u32> {
    let allowed = |days: &u32| policy.max_lifetime.is_none_or(|most| DAY * *days <= most);
    let mut days: Vec<u32> = USUAL_DAYS.into_iter().filter(allowed).collect();
    days.push(usual(policy));
    days.sort_unstable();
    days.dedup();
    days
}

/// The network that stands for an address: of IPv6, whose addresses change from day to day, the one of 64 bits.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let prefix = u128::from(address) >> 64 << 64;
            format!("{}/64", std::net::Ipv6Addr::from(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(default_days: u64, most_days: Option<u64>) -> ApiTokenPolicy {
        ApiTokenPolicy {
            default_lifetime: Duration::from_hours(24 * default_days),
            max_lifetime: most_days.map(|days| Duration::from_hours(24 * days)),
            max_tokens: 100,
            max_overlap: Duration::ZERO,
            ..ApiTokenPolicy::default()
        }
    }

    #[test]
    fn the_days_that_are_offered_are_those_that_the_policy_allows_with_its_own() {
        for (policy, offered) in [
            (policy(90, Some(366)), vec![7, 30, 90]),
            (policy(90, None), vec![7, 30, 90]),
            (policy(14, Some(60)), vec![7, 14, 30]),
            (policy(90, Some(5)), vec![5]),
        ] {
            assert_eq!(days(&policy), offered, "{policy:?}");
            assert!(offered.contains(&usual(&policy)), "{policy:?}");
        }
    }

    #[test]
    fn an_address_of_ipv6_stands_for_its_network() {
        for (address, stands_for) in [
            ("192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(network(address.parse().unwrap()), stands_for);
        }
    }
}
