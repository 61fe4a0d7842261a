//! The pages of API tokens.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::api_token::{MANAGE_TOKENS, Quota, READ_TOKENS};
use doorward_core::secret::{Secret, SecretKind};
use maud::Markup;

use super::super::pages::{
    Allowance, AllowedLine, ApiTokenCard, ApiTokenConfirmation, ApiTokenPage, ApiTokenState,
    ApiTokenUsage, ApiTokens, Before, Begins, Confirmed, Expiry, Held, LastUse, Listed,
    MakeApiToken, Offer, OfferedServer, RotateApiToken, ShownApiToken, TokenOf, TokenProblem,
    TypedToken, Why,
};
use super::super::texts::Texts;
use super::{Names, person};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const DAY: Duration = Duration::from_hours(24);

/// Every page of API tokens, in each of its states.
pub(super) fn pages(texts: &Texts, names: &Names) -> Vec<(String, Markup)> {
    let (full, empty) = lists(names);
    let mut pages = vec![
        ("api-tokens", full.page(texts)),
        ("api-tokens-none", empty.page(texts)),
        ("api-token", one(names, ApiTokenState::Works).page(texts)),
        ("api-token-suspended", suspended(names).page(texts)),
        ("api-token-made", shown(names, Before::Nothing).page(texts)),
        (
            "api-token-rotated",
            shown(names, Before::GoesOnUntil(NOW.plus(DAY))).page(texts),
        ),
        ("api-token-ended", shown(names, Before::Ended).page(texts)),
        ("api-token-rotate", rotate(names).page(texts)),
        ("api-token-new", making(names).page(texts)),
        ("api-token-wrong", wrong(names).page(texts)),
    ];
    let confirmed = [
        ("api-token-revoke", Confirmed::Revoke),
        ("api-token-resume", Confirmed::Resume(signal(names))),
        ("api-token-leaked", Confirmed::Resume(Why::Leak)),
        ("api-token-restore", Confirmed::Restore),
    ];
    pages.extend(confirmed.map(|(name, what)| (name, confirm(names, what).page(texts))));
    let owned = |(name, page): (&str, Markup)| (name.to_owned(), page);
    pages.into_iter().map(owned).collect()
}

fn lists(names: &Names) -> (ApiTokens, ApiTokens) {
    let of = |own, answered_for| ApiTokens {
        person: person(names),
        own,
        answered_for,
        expiring: 2,
        now: NOW,
        make_url: "/api-tokens/new".to_owned(),
        first_url: "/api-tokens".to_owned(),
        home_url: "/".to_owned(),
    };
    let states = [
        ApiTokenState::Works,
        ApiTokenState::ExpiresSoon,
        ApiTokenState::Suspended {
            at: NOW,
            why: signal(names),
        },
        ApiTokenState::Restored { at: NOW },
        ApiTokenState::Revoked {
            at: NOW,
            why: Why::You,
        },
        ApiTokenState::Expired,
        ApiTokenState::NothingLeft,
    ];
    let own = Listed {
        tokens: states.map(|state| card(names, state)).to_vec(),
        older_url: Some("/api-tokens?after=x".to_owned()),
        begins: Begins::Later,
    };
    let programs = [
        TokenOf::ServiceAccount(names.client.to_owned()),
        TokenOf::Project(names.other_client.to_owned()),
    ];
    let whys = [
        Why::SomebodyElse,
        Why::Operator(Some(names.scope.to_owned())),
    ];
    let programs = programs
        .into_iter()
        .zip(whys)
        .map(|(of, why)| ApiTokenCard {
            of,
            networks: None,
            expires_at: None,
            usage: ApiTokenUsage::default(),
            ..card(names, ApiTokenState::Suspended { at: NOW, why })
        });
    let programs = Listed {
        tokens: programs.collect(),
        ..Listed::default()
    };
    let none = of(Listed::default(), Listed::default());
    (
        of(own, programs),
        ApiTokens {
            expiring: 0,
            ..none
        },
    )
}

fn signal(names: &Names) -> Why {
    Why::Signal(format!(
        "412 uses in an hour, where the busiest hour before had 9; {}",
        names.scope
    ))
}

fn allowed(names: &Names) -> Vec<AllowedLine> {
    let line = |what, held| AllowedLine { what, held };
    let at = |words: &str| Allowance::At {
        server: names.client.to_owned(),
        words: words.to_owned(),
    };
    vec![
        line(at("Read pages"), Held::Still),
        line(at(names.scope), Held::NoLonger),
        line(Allowance::ReadTokens, Held::Still),
    ]
}

fn card(names: &Names, state: ApiTokenState) -> ApiTokenCard {
    let days = (0..30).map(|day| if day % 7 < 2 { 0 } else { day * day + 3 });
    ApiTokenCard {
        url: "/api-tokens/1".to_owned(),
        name: format!("Backup of {}", names.client),
        of: TokenOf::Person,
        allowed: allowed(names),
        networks: Some(vec!["192.0.2.0/24".to_owned(), "2001:db8::/32".to_owned()]),
        quota: Quota {
            per_minute: Some(60),
            per_day: Some(1),
        },
        created_at: NOW.minus(DAY * 78),
        rotated_at: Some(NOW.minus(DAY * 9)),
        expires_at: Some(NOW.plus(DAY * 12)),
        state,
        usage: ApiTokenUsage {
            last: Some(LastUse {
                at: NOW.minus(Duration::from_hours(3)),
                agent: Some("curl".to_owned()),
                network: Some("192.0.2.0/24".to_owned()),
                server: Some(names.client.to_owned()),
            }),
            days: days.collect(),
        },
    }
}

fn one(names: &Names, state: ApiTokenState) -> ApiTokenPage {
    ApiTokenPage {
        card: card(names, state),
        offers: vec![
            Offer::Rotate("/api-tokens/1/rotate".to_owned()),
            Offer::Suspend,
            Offer::Revoke("/api-tokens/1/revoke".to_owned()),
        ],
        now: NOW,
        list_url: "/api-tokens".to_owned(),
        csrf: "proof".to_owned(),
    }
}

fn suspended(names: &Names) -> ApiTokenPage {
    let why = signal(names);
    ApiTokenPage {
        offers: vec![
            Offer::Resume("/api-tokens/1/resume".to_owned()),
            Offer::Revoke("/api-tokens/1/revoke".to_owned()),
        ],
        ..one(names, ApiTokenState::Suspended { at: NOW, why })
    }
}

fn shown(names: &Names, before: Before) -> ShownApiToken {
    ShownApiToken {
        secret: Secret::from_bytes(SecretKind::PersonalAccessToken, &[0x5a; 32]),
        card: card(names, ApiTokenState::Works),
        before,
        example: Some("https://wiki.example/api/it's".to_owned()),
        now: NOW,
        list_url: "/api-tokens".to_owned(),
    }
}

fn rotate(names: &Names) -> RotateApiToken {
    RotateApiToken {
        name: format!("Backup of {}", names.client),
        expires_at: Some(NOW.plus(DAY * 90)),
        overlaps: vec![Duration::ZERO, DAY / 24, DAY, DAY * 7],
        now: NOW,
        action: "/api-tokens/1/rotate".to_owned(),
        token_url: "/api-tokens/1".to_owned(),
        csrf: "proof".to_owned(),
        form: "once".to_owned(),
    }
}

fn confirm(names: &Names, confirmed: Confirmed) -> ApiTokenConfirmation {
    ApiTokenConfirmation {
        name: format!("Backup of {}", names.client),
        confirmed,
        action: "/api-tokens/1/revoke".to_owned(),
        token_url: "/api-tokens/1".to_owned(),
        csrf: "proof".to_owned(),
    }
}

fn making(names: &Names) -> MakeApiToken {
    let at = |name: Option<&str>, scopes: &[(&str, &str)]| OfferedServer {
        name: name.map(str::to_owned),
        scopes: scopes
            .iter()
            .map(|(scope, words)| ((*scope).to_owned(), (*words).to_owned()))
            .collect(),
    };
    MakeApiToken {
        typed: TypedToken {
            expiry: Expiry::Days(90),
            ..TypedToken::default()
        },
        problems: Vec::new(),
        offered: vec![
            at(
                Some(names.client),
                &[("wiki:read", "Read pages"), ("wiki:write", names.scope)],
            ),
            at(Some(names.other_client), &[("pay:read", "See payslips")]),
            at(None, &[(READ_TOKENS, ""), (MANAGE_TOKENS, "")]),
        ],
        days: vec![7, 30, 90],
        most_days: Some(366),
        here: Some("192.0.2.7".to_owned()),
        action: "/api-tokens/new".to_owned(),
        list_url: "/api-tokens".to_owned(),
        csrf: "proof".to_owned(),
        form: "once".to_owned(),
    }
}

/// Everything is wrong that can be.
fn wrong(names: &Names) -> MakeApiToken {
    let network = |line, text: &str| {
        let refused = text.parse::<doorward_core::network::Network>().err()?;
        Some(TokenProblem::Network { line, refused })
    };
    let networks = [
        network(1, names.uri),
        network(2, "10.0.0.1/8"),
        network(3, "::ffff:0.0.0.0/96"),
    ];
    let others = [
        TokenProblem::Name,
        TokenProblem::NoScope,
        TokenProblem::Scope(names.scope.to_owned()),
        TokenProblem::Date,
        TokenProblem::TooLong(366),
        TokenProblem::PerMinute,
        TokenProblem::PerDay,
        TokenProblem::TooMany(100),
    ];
    MakeApiToken {
        typed: TypedToken {
            name: names.person.to_owned(),
            scopes: ["wiki:read".to_owned()].into(),
            expiry: Expiry::Date,
            date: "2020-01-01".to_owned(),
            networks: format!("{}\n10.0.0.1/8\n::ffff:0.0.0.0/96", names.uri),
            here: Some("192.0.2.7".to_owned()),
            per_minute: "many".to_owned(),
            per_day: "0".to_owned(),
        },
        problems: networks.into_iter().flatten().chain(others).collect(),
        most_days: None,
        ..making(names)
    }
}
