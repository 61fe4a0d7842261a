use doorward_core::api_token::Quota;
use doorward_core::identifiers::PersonId;
use doorward_core::person::{PersonStatus, Profile};

use super::*;

/// 2023-11-14, 22:13:20 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn alice() -> Person {
    Person {
        id: PersonId::from_bytes([7; 16]),
        username: "alice".parse().unwrap(),
        status: PersonStatus::Enabled,
        profile: Profile::default(),
        groups: [].into(),
        created_at: NOW,
        updated_at: NOW,
    }
}

/// What the form says with this in place of what it began with.
fn filled(changes: &[(&str, &str)]) -> TypedToken {
    let usual = [("name", "backup"), ("scope", "reports:read")];
    let kept = usual
        .iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let pairs = kept.chain(changes);
    let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    typed(&Parameters::of(pairs).unwrap())
}

fn read_with(changes: &[(&str, &str)]) -> Result<NewApiToken, Vec<TokenProblem>> {
    read(&filled(changes), &alice(), NOW)
}

/// A04: the form has a name, scopes, an end, networks and a quota; for whom the token acts, it does not say.
#[test]
fn a_form_makes_a_token_that_acts_for_whoever_sent_it() {
    let new = read_with(&[
        ("name", " backup of the wiki "),
        ("scope", "reports:read"),
        ("scope", "reports:write"),
        ("expiry", "30"),
        ("networks", "192.0.2.0/24\r\n\r\n2001:db8::/32"),
        ("here", "198.51.100.1"),
        ("per_day", "100"),
        ("acts_for", "00000000-0000-0000-0000-000000000000"),
        ("state", "live"),
    ])
    .unwrap();
    assert_eq!(new.name.as_str(), "backup of the wiki");
    assert_eq!(new.acts_for, ActsFor::Person(alice().id));
    assert_eq!(new.scope.to_string(), "reports:read reports:write");
    let networks = "192.0.2.0/24 198.51.100.1 2001:db8::/32".parse().unwrap();
    assert_eq!(new.networks, Some(networks));
    assert_eq!(new.lifetime, Lifetime::For(30 * DAY));
    let quota = Quota {
        per_minute: None,
        per_day: Some(100),
    };
    assert_eq!((new.quota, new.resources.len()), (quota, 0));
}

#[test]
fn a_token_works_from_everywhere_only_when_no_network_was_named() {
    for blank in ["", " ", "\r\n\r\n", " , "] {
        assert_eq!(read_with(&[("networks", blank)]).unwrap().networks, None);
    }
}

#[test]
fn a_day_counts_until_it_is_over() {
    let left = |date| read_with(&[("expiry", "date"), ("date", date)]);
    let today = left("2023-11-14").unwrap().lifetime;
    assert_eq!(today, Lifetime::For(Duration::from_secs(6400)));
    let tomorrow = left("2023-11-15").unwrap().lifetime;
    assert_eq!(tomorrow, Lifetime::For(DAY + Duration::from_secs(6400)));
    for not_to_come in ["2023-11-13", "", "14.11.2023", "2023-02-30", "9999-12-31x"] {
        assert_eq!(
            left(not_to_come),
            Err(vec![TokenProblem::Date]),
            "{not_to_come}"
        );
    }
}

#[test]
fn each_field_is_told_what_is_wrong_with_it_and_all_at_once() {
    let problems = read_with(&[
        ("name", "two\nlines"),
        ("scope", ""),
        ("expiry", "date"),
        ("networks", "192.0.2.0/24\nnowhere\n10.0.0.1/8"),
        ("per_minute", "0"),
        ("per_day", "-1"),
    ]);
    let network = |line, text: &str| TokenProblem::Network {
        line,
        refused: text.parse::<Network>().unwrap_err(),
    };
    assert_eq!(
        problems,
        Err(vec![
            TokenProblem::NoScope,
            TokenProblem::Name,
            TokenProblem::Date,
            network(2, "nowhere"),
            network(3, "10.0.0.1/8"),
            TokenProblem::PerMinute,
            TokenProblem::PerDay,
        ])
    );
}

#[test]
fn what_the_policy_refuses_is_told_where_it_can_be_mended() {
    let year = Duration::from_hours(366 * 24);
    for (refused, told) in [
        (IssueRefused::TooLong(year), TokenProblem::TooLong(366)),
        (IssueRefused::Endless(year), TokenProblem::TooLong(366)),
        (IssueRefused::TooMany(100), TokenProblem::TooMany(100)),
        (IssueRefused::Nothing, TokenProblem::NoScope),
    ] {
        assert_eq!(problem(&refused), Some(told));
    }
    assert_eq!(problem(&IssueRefused::Owner), None);
}
