//! `/api-tokens`: somebody's tokens, and those that they answer for.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use doorward_core::authorization::OwnPage;
use doorward_core::identifiers::{ApiTokenId, PersonId};
use doorward_core::parameters::Parameters;
use doorward_directory::api_tokens::ApiTokenFilter;

use super::shown::Shelf;
use super::visit::{Asked, Turned, Visit, refuse};
use super::{API_TOKENS, address};
use crate::home::HOME;
use crate::pages::{ApiTokens, Begins, Listed, Problem};
use crate::provider::App;
use crate::refusal::PageError;
use crate::sign_in::person_card;

/// How many tokens a page of a list has at most.
const PAGE: u32 = 20;

/// How long before a token ends its owner is told.
const SOON: Duration = Duration::from_hours(7 * 24);

/// The parameters that say after which token a list goes on.
const AFTER: &str = "after";
const ANSWERED_FOR_AFTER: &str = "answered_for_after";

pub(super) async fn show(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.at(|_| Some(OwnPage::ApiTokens)).await?;
    let person = visit.person();
    let (own, answered_for) = (
        ApiTokenFilter::Person(person.id),
        ApiTokenFilter::ProgramsOf(person.id),
    );
    let page = ApiTokens {
        person: person_card(person),
        own: listed(&visit, &own, AFTER).await?,
        answered_for: listed(&visit, &answered_for, ANSWERED_FOR_AFTER).await?,
        expiring: expiring(&visit.app, person.id).await?,
        now: visit.app.now(),
        make_url: address(OwnPage::NewApiToken),
        first_url: API_TOKENS.to_owned(),
        home_url: HOME.to_owned(),
    };
    Ok(page.page(visit.texts()).into_response())
}

/// A page of a list. One more is looked for than is shown, to know whether there are any.
async fn listed(
    visit: &Visit,
    filter: &ApiTokenFilter,
    parameter: &str,
) -> Result<Listed, PageError> {
    let after = after(&visit.parameters, parameter)?;
    let tokens = visit.app.directory.api_tokens();
    let mut found = tokens.list(filter, after, PAGE + 1).await?;
    let further = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let last = found.last().filter(|_| further);
    let older_url = last.map(|last| format!("{API_TOKENS}?{parameter}={}", last.token.id));
    Ok(Listed {
        tokens: Shelf::of(visit, &found).await?.cards(&found),
        older_url,
        begins: after.map_or(Begins::AtTheNewest, |_| Begins::Later),
    })
}

fn after(parameters: &Parameters, name: &str) -> Result<Option<ApiTokenId>, PageError> {
    let after = parameters.one(name).map(str::parse).transpose();
    after.map_err(|malformed| refuse(Problem::InvalidLink, &malformed))
}

/// How many tokens of somebody, and of those that they answer for, end within a week.
pub(crate) async fn expiring(app: &App, person: PersonId) -> Result<u64, PageError> {
    let now = app.now();
    let tokens = app.directory.api_tokens();
    Ok(tokens.expiring(person, now..now.plus(SOON)).await?)
}
