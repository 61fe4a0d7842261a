//! Reading the form that makes a token: each field by itself, and all that is wrong with any.

use std::time::Duration;

use doorward_core::api_token::{ActsFor, IssueRefused, Lifetime, NewApiToken, Quota, TokenName};
use doorward_core::network::{Network, Networks, NotANetwork};
use doorward_core::parameters::Parameters;
use doorward_core::person::Person;
use doorward_core::time::Timestamp;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::pages::{Expiry, TokenProblem, TypedToken};

const DAY: Duration = Duration::from_hours(24);

/// What was typed, as it was.
pub(super) fn typed(form: &Parameters) -> TypedToken {
    let text = |name| form.one(name).unwrap_or_default().to_owned();
    TypedToken {
        name: text("name"),
        scopes: form.all("scope").map(str::to_owned).collect(),
        expiry: Expiry::of_value(&text("expiry")),
        date: text("date"),
        networks: text("networks"),
        here: form.one("here").map(str::to_owned),
        per_minute: text("per_minute"),
        per_day: text("per_day"),
    }
}

/// The token that was meant, for `person`; all that is wrong with what was typed when it is none.
pub(super) fn read(
    typed: &TypedToken,
    person: &Person,
    now: Timestamp,
) -> Result<NewApiToken, Vec<TokenProblem>> {
    let name: Result<TokenName, _> = typed.name.parse().map_err(|_| vec![TokenProblem::Name]);
    let lifetime = lifetime(typed, now);
    let networks = networks(typed);
    let quota = quota(typed);
    let none = typed.scopes.is_empty().then_some(TokenProblem::NoScope);
    match (name, lifetime, networks, quota, none) {
        (Ok(name), Ok(lifetime), Ok(networks), Ok(quota), None) => Ok(NewApiToken {
            name,
            acts_for: ActsFor::Person(person.id),
            scope: typed.scopes.iter().map(String::as_str).collect(),
            resources: [].into(),
            networks,
            quota,
            lifetime,
        }),
        (name, lifetime, networks, quota, none) => {
            let problems = [name.err(), lifetime.err(), networks.err(), quota.err()];
            Err(none
                .into_iter()
                .chain(problems.into_iter().flatten().flatten())
                .collect())
        }
    }
}

/// How long the token is to live. A day counts until its end.
fn lifetime(typed: &TypedToken, now: Timestamp) -> Result<Lifetime, Vec<TokenProblem>> {
    match typed.expiry {
        Expiry::Usual => Ok(Lifetime::Default),
        Expiry::Never => Ok(Lifetime::Endless),
        Expiry::Days(days) => Ok(Lifetime::For(DAY.saturating_mul(days))),
        Expiry::Date => {
            let end = end_of(&typed.date).filter(|end| *end > now);
            let end = end.ok_or_else(|| vec![TokenProblem::Date])?;
            Ok(Lifetime::For(end.since(now)))
        }
    }
}

/// When a day is over that is written as `YYYY-MM-DD`, in UTC.
fn end_of(date: &str) -> Option<Timestamp> {
    let written = format_description!("[year]-[month]-[day]");
    let after = Date::parse(date, written).ok()?.next_day()?;
    let midnight: OffsetDateTime = after.midnight().assume_utc();
    Some(Timestamp::from_seconds(midnight.unix_timestamp()))
}

/// The networks; everywhere when none was named. Each line that names none is told by its number.
fn networks(typed: &TypedToken) -> Result<Option<Networks>, Vec<TokenProblem>> {
    let lines = (1..).zip(typed.networks.lines());
    let words = lines.flat_map(|(line, text): (usize, &str)| {
        let words = text.split([' ', ',', '\t']).filter(|word| !word.is_empty());
        words.map(move |word| (line, word))
    });
    let here = typed.here.iter().map(|here| (0, here.as_str()));
    let read = |(line, word): (usize, &str)| {
        let network: Result<Network, NotANetwork> = word.parse();
        network.map_err(|refused| TokenProblem::Network { line, refused })
    };
    let (networks, problems): (Vec<_>, Vec<_>) =
        here.chain(words).map(read).partition(Result::is_ok);
    if !problems.is_empty() {
        return Err(problems.into_iter().filter_map(Result::err).collect());
    }
    let networks: Networks = networks.into_iter().filter_map(Result::ok).collect();
    Ok((!networks.is_empty()).then_some(networks))
}

fn quota(typed: &TypedToken) -> Result<Quota, Vec<TokenProblem>> {
    let per_minute = uses(&typed.per_minute, TokenProblem::PerMinute);
    let per_day = uses(&typed.per_day, TokenProblem::PerDay);
    match (per_minute, per_day) {
        (Ok(per_minute), Ok(per_day)) => Ok(Quota {
            per_minute,
            per_day,
        }),
        (per_minute, per_day) => {
            let problems = [per_minute.err(), per_day.err()];
            Err(problems.into_iter().flatten().collect())
        }
    }
}

fn uses(text: &str, problem: TokenProblem) -> Result<Option<u32>, TokenProblem> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(most) if most > 0 => Ok(Some(most)),
            _ => Err(problem),
        },
    }
}

/// What the core refuses, at the field where it can be mended; nothing for what no form of ours can ask for.
pub(super) fn problem(refused: &IssueRefused) -> Option<TokenProblem> {
    match refused {
        IssueRefused::Nothing => Some(TokenProblem::NoScope),
        IssueRefused::Scope(scope) => Some(TokenProblem::Scope(scope.clone())),
        IssueRefused::TooLong(most) | IssueRefused::Endless(most) => {
            Some(TokenProblem::TooLong(most.as_secs() / DAY.as_secs()))
        }
        IssueRefused::TooShort => Some(TokenProblem::Date),
        IssueRefused::TooMany(most) => Some(TokenProblem::TooMany(*most)),
        IssueRefused::Owner | IssueRefused::Resource(_) | IssueRefused::BeyondItself(_) => None,
    }
}

#[cfg(test)]
mod tests;
