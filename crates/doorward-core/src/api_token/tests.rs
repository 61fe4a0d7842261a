//! What the tests of API tokens share, and what they prove.

use std::net::IpAddr;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::network::Networks;
use crate::person::{Person, PersonStatus};
use crate::resource_server::tests::{files, reports};
use crate::resource_server::{ResourceServer, ResourceServers};
use crate::secret::Secret;
use crate::testing::{FixedRandom, NOW};

const DAY: Duration = Duration::from_hours(24);

/// The person behind the tokens of examples.
fn alice() -> PersonId {
    PersonId::from_bytes([7; 16])
}

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

fn networks(text: &str) -> Networks {
    text.parse().unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn accountants() -> HeldBy {
    HeldBy::Groups(["accountants".parse().unwrap()].into())
}

/// Reports may be read by anybody's tokens and written by accountants'; files take no API tokens.
fn servers() -> ResourceServers {
    let taking = ResourceServer {
        api_tokens: Some(
            [
                ("reports:read".to_owned(), HeldBy::Everyone),
                ("reports:write".to_owned(), accountants()),
            ]
            .into_iter()
            .collect(),
        ),
        ..reports()
    };
    [taking, files()].into_iter().collect()
}

fn enabled(groups: &[&str]) -> OwnerStanding {
    OwnerStanding::Enabled(groups.iter().map(|group| group.parse().unwrap()).collect())
}

/// A personal access token of Alice's, 90 days long.
pub(crate) fn token() -> ApiToken {
    ApiToken {
        id: ApiTokenId::generate(NOW, &FixedRandom::default()),
        name: "backup".parse().unwrap(),
        acts_for: ActsFor::Person(alice()),
        scope: scope("reports:read reports:write"),
        resources: BTreeSet::new(),
        networks: None,
        quota: Quota::default(),
        created_at: NOW,
        rotated_at: None,
        expires_at: Some(NOW.plus(90 * DAY)),
        state: State::Live,
    }
}

fn found(token: ApiToken, owner: OwnerStanding) -> FoundToken {
    FoundToken {
        token,
        secret_ends_at: None,
        standing: Standing {
            owner,
            account: None,
            restored_at: Timestamp::from_seconds(0),
        },
    }
}

fn account(status: PersonStatus, owner: Owner) -> ServiceAccount {
    ServiceAccount {
        id: ServiceAccountId::from_bytes([9; 16]),
        name: "nightly".parse().unwrap(),
        owner,
        status,
        created_at: NOW,
    }
}

fn check(
    found: &FoundToken,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<Working, ApiTokenRefused> {
    found.check(Use {
        address,
        servers: &servers(),
        policy: &ApiTokenPolicy::default(),
        now,
    })
}

/// T04: effective rights are the token's scopes as far as its owner has them now.
#[test]
fn a_token_may_what_it_was_made_for_as_far_as_its_owner_may() {
    let working = check(&found(token(), enabled(&["accountants"])), None, NOW).unwrap();
    assert_eq!(working.scope, scope("reports:read reports:write"));
    assert_eq!(
        working.resources,
        ["https://reports.example".parse().unwrap()].into()
    );
    let left = check(&found(token(), enabled(&["staff"])), None, NOW).unwrap();
    assert_eq!(left.scope, scope("reports:read"));
    let only_writes = ApiToken {
        scope: scope("reports:write"),
        ..token()
    };
    let nothing = check(&found(only_writes, enabled(&[])), None, NOW);
    assert_eq!(nothing, Err(ApiTokenRefused::NothingLeft));
}

/// T04: a disabled owner's tokens are dead, those of their service accounts with them.
#[test]
fn a_token_dies_with_its_owner_and_so_does_a_service_account() {
    for (owner, refused) in [
        (OwnerStanding::Disabled, ApiTokenRefused::OwnerDisabled),
        (OwnerStanding::Gone, ApiTokenRefused::OwnerGone),
    ] {
        let mut of_account = found(token(), owner);
        assert_eq!(check(&of_account, None, NOW), Err(refused.clone()));
        let account = account(PersonStatus::Enabled, Owner::Person(alice()));
        of_account.token.acts_for = ActsFor::ServiceAccount(account.id);
        of_account.standing.account = Some(account);
        assert_eq!(check(&of_account, None, NOW), Err(refused));
    }
}

#[test]
fn a_token_of_a_disabled_service_account_does_not_work() {
    let owner = Owner::Group("accountants".parse().unwrap());
    let mut of_account = found(token(), enabled(&["accountants"]));
    for (status, expected) in [
        (PersonStatus::Enabled, None),
        (
            PersonStatus::Disabled,
            Some(ApiTokenRefused::AccountDisabled),
        ),
    ] {
        let account = account(status, owner.clone());
        of_account.token.acts_for = ActsFor::ServiceAccount(account.id);
        of_account.standing.account = Some(account);
        assert_eq!(of_account.owner(), Some(owner.clone()));
        assert_eq!(check(&of_account, None, NOW).err(), expected);
    }
}

/// T03: expiry and revocation count at every use.
#[test]
fn a_token_works_until_its_time_is_over_or_somebody_stops_it() {
    let end = NOW.plus(90 * DAY);
    let living = found(token(), enabled(&[]));
    assert!(check(&living, None, end.minus(Duration::from_millis(1))).is_ok());
    assert_eq!(
        check(&living, None, end),
        Err(ApiTokenRefused::Expired(end))
    );

    let stopped = |state| {
        let token = ApiToken { state, ..token() };
        check(&found(token, enabled(&[])), None, NOW)
    };
    let because = Cause::Operator;
    let suspended = State::Live.suspended(NOW, because.clone());
    let refused = ApiTokenRefused::Suspended {
        at: NOW,
        because: because.clone(),
    };
    assert_eq!(stopped(suspended.clone()), Err(refused));
    assert!(stopped(suspended.clone().resumed(NOW).unwrap()).is_ok());
    let revoked = suspended.revoked(NOW, Cause::Leak);
    let refused = ApiTokenRefused::Revoked {
        at: NOW,
        because: Cause::Leak,
    };
    assert_eq!(stopped(revoked.clone()), Err(refused));
    assert_eq!(revoked.clone().resumed(NOW), Err(StateRefused::Revoked));
    assert_eq!(revoked.clone().suspended(NOW, because.clone()), revoked);
    assert_eq!(revoked.clone().revoked(NOW, because), revoked);
}

/// T06, N01: a token with networks works from there alone, and not where nobody says where it is shown.
#[test]
fn a_token_with_networks_works_from_there_alone() {
    let bound = ApiToken {
        networks: Some(networks("192.0.2.0/24 2001:db8::/32")),
        ..token()
    };
    let bound = found(bound, enabled(&[]));
    for inside in ["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::9"] {
        assert!(
            check(&bound, Some(address(inside)), NOW).is_ok(),
            "{inside}"
        );
    }
    for outside in ["192.0.3.9", "2001:db9::1"] {
        let refused = ApiTokenRefused::OutsideNetworks(outside.parse().unwrap());
        assert_eq!(check(&bound, Some(address(outside)), NOW), Err(refused));
    }
    assert_eq!(
        check(&bound, None, NOW),
        Err(ApiTokenRefused::AddressUnknown)
    );
    let nowhere = found(
        ApiToken {
            networks: Some(networks("")),
            ..token()
        },
        enabled(&[]),
    );
    assert!(check(&nowhere, Some(address("192.0.2.9")), NOW).is_err());
}

#[test]
fn what_the_operator_says_of_networks_holds_for_every_token() {
    let policy = ApiTokenPolicy {
        networks: Some(networks("10.0.0.0/8")),
        ..ApiTokenPolicy::default()
    };
    let servers = servers();
    let used = |address| Use {
        address,
        servers: &servers,
        policy: &policy,
        now: NOW,
    };
    let found = found(token(), enabled(&[]));
    assert!(found.check(used(Some(address("10.1.2.3")))).is_ok());
    assert_eq!(
        found.check(used(None)),
        Err(ApiTokenRefused::AddressUnknown)
    );
    let outside = found.check(used(Some(address("192.0.2.1"))));
    assert_eq!(
        outside,
        Err(ApiTokenRefused::OutsidePolicy("192.0.2.1".parse().unwrap()))
    );
}

/// A02: what somebody may see and change is decided by the token that is meant.
#[test]
fn a_token_is_there_for_whoever_it_acts_for_or_who_answers_for_it() {
    let alice = crate::testing::alice();
    let group = |name: &str| Owner::Group(name.parse().unwrap());
    let member = |groups: &[&str]| Person {
        groups: groups.iter().map(|group| group.parse().unwrap()).collect(),
        ..alice.clone()
    };
    let key = |owner| ActsFor::Project {
        project: "website".parse().unwrap(),
        owner,
    };
    let program = |owner| {
        let account = account(PersonStatus::Enabled, owner);
        (ActsFor::ServiceAccount(account.id), Some(account))
    };
    let other = PersonId::from_bytes([9; 16]);
    for ((acts_for, account), hold) in [
        ((ActsFor::Person(alice.id), None), Some(Hold::Own)),
        ((ActsFor::Person(other), None), None),
        (
            (key(Owner::Person(alice.id)), None),
            Some(Hold::AnsweredFor),
        ),
        ((key(group("web")), None), Some(Hold::AnsweredFor)),
        ((key(group("other")), None), None),
        (program(group("web")), Some(Hold::AnsweredFor)),
        (program(Owner::Person(other)), None),
    ] {
        let mut found = found(token(), enabled(&[]));
        found.token.acts_for = acts_for;
        found.standing.account = account;
        assert_eq!(found.held_by(&member(&["web"])), hold, "{found:?}");
    }
}

#[test]
fn an_owner_resumes_what_no_operator_suspended() {
    let words = "twelve times as many uses as on any other day".to_owned();
    let operator = Cause::OperatorBecause {
        words: words.clone(),
    };
    for (because, resumed) in [
        (operator, Err(StateRefused::ByOperator)),
        (Cause::Person { person: alice() }, Ok(())),
        (Cause::Signal { words }, Ok(())),
        (Cause::Leak, Ok(())),
        (Cause::Operator, Err(StateRefused::ByOperator)),
    ] {
        let suspended = State::Live.suspended(NOW, because);
        let at = NOW.plus(DAY);
        let expected = resumed.map(|()| State::Resumed { at });
        assert_eq!(suspended.resumed_by_owner(at), expected);
    }
    let revoked = State::Live.revoked(NOW, Cause::Leak);
    assert_eq!(revoked.resumed_by_owner(NOW), Err(StateRefused::Revoked));
}

#[test]
fn what_may_have_been_revoked_since_a_backup_waits_to_be_resumed() {
    let restored = |token: ApiToken| {
        let mut found = found(token, enabled(&[]));
        found.standing.restored_at = NOW.plus(DAY);
        check(&found, None, NOW.plus(2 * DAY))
    };
    assert_eq!(
        restored(token()),
        Err(ApiTokenRefused::Restored(NOW.plus(DAY)))
    );
    let later = Some(NOW.plus(2 * DAY));
    assert!(
        restored(ApiToken {
            rotated_at: later,
            ..token()
        })
        .is_ok()
    );
    let resumed = State::Live.resumed(NOW.plus(2 * DAY)).unwrap();
    assert!(
        restored(ApiToken {
            state: resumed,
            ..token()
        })
        .is_ok()
    );
}

fn new(scope_text: &str) -> NewApiToken {
    NewApiToken {
        name: "backup".parse().unwrap(),
        acts_for: ActsFor::Person(alice()),
        scope: scope(scope_text),
        resources: BTreeSet::new(),
        networks: None,
        quota: Quota::default(),
        lifetime: Lifetime::Default,
    }
}

fn issued(
    new: NewApiToken,
    by: Issuer<'_>,
    policy: &ApiTokenPolicy,
) -> Result<ApiToken, IssueRefused> {
    let issuing = Issuing {
        by,
        owner: &enabled(&["accountants"]),
        held: 3,
        servers: &servers(),
        policy,
        now: NOW,
    };
    issue(new, token().id, issuing)
}

fn by_somebody(new: NewApiToken) -> Result<ApiToken, IssueRefused> {
    issued(new, Issuer::Somebody, &ApiTokenPolicy::default())
}

/// T03: 90 days by default, a maximum by policy, and without end only where the policy says so.
#[test]
fn a_token_lives_as_long_as_the_policy_lets_it() {
    assert_eq!(
        by_somebody(new("reports:read")).unwrap().expires_at,
        Some(NOW.plus(90 * DAY))
    );
    let living = |lifetime| {
        by_somebody(NewApiToken {
            lifetime,
            ..new("reports:read")
        })
    };
    let most = 366 * DAY;
    assert_eq!(
        living(Lifetime::For(most)).unwrap().expires_at,
        Some(NOW.plus(most))
    );
    assert_eq!(
        living(Lifetime::For(most + DAY)),
        Err(IssueRefused::TooLong(most))
    );
    assert_eq!(
        living(Lifetime::For(Duration::ZERO)),
        Err(IssueRefused::TooShort)
    );
    assert_eq!(living(Lifetime::Endless), Err(IssueRefused::Endless(most)));
    let endless = ApiTokenPolicy {
        max_lifetime: None,
        ..ApiTokenPolicy::default()
    };
    let wanted = NewApiToken {
        lifetime: Lifetime::Endless,
        ..new("reports:read")
    };
    assert_eq!(
        issued(wanted, Issuer::Somebody, &endless)
            .unwrap()
            .expires_at,
        None
    );
}

#[test]
fn a_token_gets_nothing_that_its_owner_does_not_have() {
    let of_nobody = by_somebody(new("reports:erase"));
    assert_eq!(
        of_nobody,
        Err(IssueRefused::Scope("reports:erase".to_owned()))
    );
    let of_files = by_somebody(new("files:read"));
    assert_eq!(of_files, Err(IssueRefused::Scope("files:read".to_owned())));
    assert_eq!(by_somebody(new("")), Err(IssueRefused::Nothing));
    let policy = ApiTokenPolicy {
        max_tokens: 3,
        ..ApiTokenPolicy::default()
    };
    let one_more = issued(new("reports:read"), Issuer::Somebody, &policy);
    assert_eq!(one_more, Err(IssueRefused::TooMany(3)));
}

#[test]
fn an_api_key_may_have_no_scope_but_then_it_names_its_resource_server() {
    let owner = Owner::Group("accountants".parse().unwrap());
    let project = "website".parse().unwrap();
    let key = NewApiToken {
        acts_for: ActsFor::Project { project, owner },
        resources: ["https://reports.example".parse().unwrap()].into(),
        ..new("")
    };
    let key = by_somebody(key).unwrap();
    assert_eq!(key.kind(), ApiTokenKind::ApiKey);
    let working = check(&found(key.clone(), enabled(&[])), None, NOW).unwrap();
    assert_eq!(
        (working.scope, working.resources),
        (Scope::default(), key.resources.clone())
    );
    let files = NewApiToken {
        acts_for: key.acts_for,
        resources: ["urn:example:files".parse().unwrap()].into(),
        ..new("")
    };
    assert!(matches!(by_somebody(files), Err(IssueRefused::Resource(_))));
}

#[test]
fn managing_tokens_is_for_people_alone() {
    assert!(by_somebody(new(MANAGE_TOKENS)).is_ok());
    let account = NewApiToken {
        acts_for: ActsFor::ServiceAccount(ServiceAccountId::from_bytes([9; 16])),
        ..new(MANAGE_TOKENS)
    };
    assert_eq!(
        by_somebody(account),
        Err(IssueRefused::Scope(MANAGE_TOKENS.to_owned()))
    );
}

/// T05: a token makes none with more scope, a longer life, wider networks or another owner than its own.
#[test]
fn a_token_makes_none_that_is_more_than_itself() {
    let own = ApiToken {
        scope: scope("doorward:tokens:manage reports:read"),
        networks: Some(networks("192.0.2.0/24")),
        expires_at: Some(NOW.plus(10 * DAY)),
        quota: Quota {
            per_minute: Some(10),
            per_day: None,
        },
        ..token()
    };
    let less = || NewApiToken {
        networks: Some(networks("192.0.2.7")),
        lifetime: Lifetime::For(DAY),
        quota: own.quota,
        ..new("reports:read")
    };
    let by = |new| issued(new, Issuer::Token(&own), &ApiTokenPolicy::default());
    assert!(by(less()).is_ok());
    for (more, what) in [
        (
            NewApiToken {
                scope: scope("reports:write"),
                ..less()
            },
            "the scope",
        ),
        (
            NewApiToken {
                lifetime: Lifetime::For(90 * DAY),
                ..less()
            },
            "the time",
        ),
        (
            NewApiToken {
                networks: None,
                ..less()
            },
            "the networks",
        ),
        (
            NewApiToken {
                networks: Some(networks("192.0.0.0/16")),
                ..less()
            },
            "the networks",
        ),
        (
            NewApiToken {
                quota: Quota::default(),
                ..less()
            },
            "the quota",
        ),
        (
            NewApiToken {
                acts_for: ActsFor::Person(PersonId::from_bytes([8; 16])),
                ..less()
            },
            "it acts for its own owner alone",
        ),
        (
            NewApiToken {
                resources: ["https://reports.example".parse().unwrap()].into(),
                ..less()
            },
            "the resource servers",
        ),
    ] {
        assert_eq!(by(more), Err(IssueRefused::BeyondItself(what)));
    }
}

#[test]
fn a_rotated_token_lives_as_long_as_it_was_made_for_and_its_old_secret_for_the_overlap() {
    let later = NOW.plus(80 * DAY);
    let rotation = |overlap, lifetime| Rotation {
        by: Issuer::Somebody,
        overlap,
        lifetime,
    };
    let policy = ApiTokenPolicy::default();
    let living = |token: ApiToken| found(token, enabled(&[]));
    let rotated = |rotation| rotate(&living(token()), rotation, &policy, later);
    let (new, ends) = rotated(rotation(DAY, Lifetime::Default)).unwrap();
    assert_eq!(
        (new.rotated_at, new.expires_at),
        (Some(later), Some(later.plus(90 * DAY)))
    );
    assert_eq!(ends, later.plus(DAY));
    assert_eq!(
        rotated(rotation(8 * DAY, Lifetime::Default)),
        Err(RotationRefused::Overlap(7 * DAY))
    );
    let late = NOW.plus(89 * DAY);
    let (_, ends) = rotate(
        &living(token()),
        rotation(7 * DAY, Lifetime::Default),
        &policy,
        late,
    )
    .unwrap();
    assert_eq!(
        ends,
        NOW.plus(90 * DAY),
        "the old secret lives no longer than the token did"
    );
    let expired = rotate(
        &living(token()),
        rotation(DAY, Lifetime::Default),
        &policy,
        NOW.plus(90 * DAY),
    );
    assert_eq!(expired, Err(RotationRefused::Expired));
    let revoked = ApiToken {
        state: State::Live.revoked(NOW, Cause::Operator),
        ..token()
    };
    let refused = rotate(
        &living(revoked),
        rotation(DAY, Lifetime::Default),
        &policy,
        later,
    );
    assert_eq!(refused, Err(RotationRefused::Stopped));
}

/// T05: a token gives another no more time than it has left itself, asked or not.
#[test]
fn what_a_token_makes_ends_with_it_unless_it_is_to_end_before() {
    let own = ApiToken {
        scope: scope("reports:read doorward:tokens:manage"),
        expires_at: Some(NOW.plus(30 * DAY)),
        ..token()
    };
    let made = |lifetime| {
        let new = NewApiToken {
            lifetime,
            ..new("reports:read")
        };
        issued(new, Issuer::Token(&own), &ApiTokenPolicy::default())
    };
    assert_eq!(
        made(Lifetime::Default).unwrap().expires_at,
        Some(NOW.plus(30 * DAY))
    );
    assert_eq!(
        made(Lifetime::For(DAY)).unwrap().expires_at,
        Some(NOW.plus(DAY))
    );
    let longer = made(Lifetime::For(31 * DAY));
    assert_eq!(longer, Err(IssueRefused::BeyondItself("the time")));

    let rotated = |lifetime| {
        let rotation = Rotation {
            by: Issuer::Token(&own),
            overlap: DAY,
            lifetime,
        };
        rotate(
            &found(own.clone(), enabled(&[])),
            rotation,
            &ApiTokenPolicy::default(),
            NOW.plus(10 * DAY),
        )
    };
    let (itself, _) = rotated(Lifetime::Default).unwrap();
    assert_eq!(itself.expires_at, own.expires_at, "it extends not itself");
    let longer = rotated(Lifetime::For(21 * DAY));
    assert!(matches!(longer, Err(RotationRefused::Issue(_))));
}

/// T05: what an operator or a leak stopped, no token revives, and none that can do more than itself.
#[test]
fn a_token_resumes_only_what_its_owner_stopped_and_what_can_do_no_more() {
    let own = ApiToken {
        scope: scope("reports:read doorward:tokens:manage"),
        ..token()
    };
    let by_alice = Cause::Person { person: alice() };
    let stopped = |because, text| ApiToken {
        scope: scope(text),
        state: State::Live.suspended(NOW, because),
        ..token()
    };
    let by_token = |token: &ApiToken| resume(token, Issuer::Token(&own), NOW.plus(DAY));
    let resumed = by_token(&stopped(by_alice.clone(), "reports:read")).unwrap();
    assert_eq!(resumed.state, State::Resumed { at: NOW.plus(DAY) });
    let more = by_token(&stopped(by_alice, "reports:write"));
    assert_eq!(more, Err(IssueRefused::BeyondItself("the scope").into()));
    let said = Cause::OperatorBecause {
        words: "it is in a public repository".to_owned(),
    };
    for because in [Cause::Operator, Cause::Leak, said] {
        let of_others = stopped(because.clone(), "reports:read");
        let refused = Err(ResumptionRefused::ByOthers(because));
        assert_eq!(by_token(&of_others), refused);
        assert!(resume(&of_others, Issuer::Somebody, NOW).is_ok());
    }
    let live = token();
    assert_eq!(
        by_token(&live),
        Ok(live.clone()),
        "a restoration is an operator's"
    );
    let certain = resume(&live, Issuer::Somebody, NOW).unwrap();
    assert_eq!(certain.state, State::Resumed { at: NOW });
    let revoked = ApiToken {
        state: State::Live.revoked(NOW, Cause::Operator),
        ..live
    };
    let refused = Err(ResumptionRefused::State(StateRefused::Revoked));
    assert_eq!(by_token(&revoked), refused);
}

#[test]
fn a_list_says_in_one_word_how_a_token_stands() {
    let mut one = found(token(), enabled(&[]));
    assert_eq!(one.status(NOW).as_str(), "active");
    assert_eq!(one.status(NOW.plus(90 * DAY)).as_str(), "expired");
    one.standing.restored_at = NOW.plus(DAY);
    assert_eq!(one.status(NOW.plus(DAY)).as_str(), "waiting");
    for (owner, word) in [
        (OwnerStanding::Gone, "owner_gone"),
        (OwnerStanding::Disabled, "owner_disabled"),
    ] {
        one.standing.owner = owner;
        assert_eq!(one.status(NOW).as_str(), word);
    }
    for (state, word) in [
        (State::Live.suspended(NOW, Cause::Operator), "suspended"),
        (State::Live.revoked(NOW, Cause::Operator), "revoked"),
    ] {
        one.token.state = state;
        assert_eq!(one.status(NOW).as_str(), word);
    }
}

/// What opened it may have been revoked since the backup: only the new secret works, and only somebody who looks gives one.
#[test]
fn a_token_that_waits_since_a_restoration_is_rotated_without_overlap_and_by_no_token() {
    let mut waiting = found(token(), enabled(&[]));
    waiting.standing.restored_at = NOW.plus(DAY);
    let own = token();
    let rotation = |by| Rotation {
        by,
        overlap: DAY,
        lifetime: Lifetime::Default,
    };
    let later = NOW.plus(2 * DAY);
    let policy = ApiTokenPolicy::default();
    let (_, ends) = rotate(&waiting, rotation(Issuer::Somebody), &policy, later).unwrap();
    assert_eq!(ends, later);
    let by_token = rotate(&waiting, rotation(Issuer::Token(&own)), &policy, later);
    assert_eq!(by_token, Err(RotationRefused::Restored));
}

/// An operator's word stands, whoever suspended the token before.
#[test]
fn a_suspension_is_for_the_cause_that_fewest_may_undo() {
    let by_owner = State::Live.suspended(NOW, Cause::Person { person: alice() });
    let later = NOW.plus(DAY);
    let by_operator = by_owner.clone().suspended(later, Cause::Operator);
    assert_eq!(
        by_operator.clone().resumed_by_owner(later),
        Err(StateRefused::ByOperator)
    );
    let again = by_operator.clone().suspended(later, Cause::Leak);
    assert_eq!(again, by_operator);
    let found = by_owner.suspended(later, Cause::Leak);
    assert!(matches!(
        found,
        State::Suspended {
            because: Cause::Leak,
            ..
        }
    ));
}

#[test]
fn what_opened_a_rotated_token_before_ends() {
    let mut old = found(token(), enabled(&[]));
    old.secret_ends_at = Some(NOW.plus(DAY));
    assert!(check(&old, None, NOW).is_ok());
    assert_eq!(
        check(&old, None, NOW.plus(DAY)),
        Err(ApiTokenRefused::Rotated(NOW.plus(DAY)))
    );
}

#[test]
fn a_quota_is_judged_by_the_number_of_the_use() {
    assert!(QuotaExceeded::unless_within(Counted::Minute, 10, 10).is_ok());
    let exceeded = QuotaExceeded::unless_within(Counted::Minute, 10, 11).unwrap_err();
    assert_eq!(
        exceeded.to_string(),
        "it was used more than 10 times in a minute"
    );
}

/// T02: the kind stands in the token, and what was never one needs no look-up.
#[test]
fn a_token_says_its_kind_and_nothing_else_is_one() {
    for kind in ApiTokenKind::ALL {
        let secret = Secret::generate(kind.secret(), &FixedRandom::default());
        let presented = PresentedApiToken::parse(secret.reveal()).unwrap();
        assert_eq!((presented.kind(), presented.hash()), (kind, secret.hash()));
        let hidden = format!("{presented:?}");
        assert!(!hidden.contains(secret.reveal().rsplit('_').next().unwrap()));
    }
    let other = Secret::generate(SecretKind::AccessToken, &FixedRandom::default());
    assert!(PresentedApiToken::parse(other.reveal()).is_none());
}

#[test]
fn a_token_is_read_back_from_its_document() {
    let full = ApiToken {
        resources: ["https://reports.example".parse().unwrap()].into(),
        networks: Some(networks("192.0.2.0/24")),
        quota: Quota {
            per_minute: Some(60),
            per_day: Some(1000),
        },
        rotated_at: Some(NOW),
        state: State::Live.suspended(
            NOW,
            Cause::Signal {
                words: "a new network".to_owned(),
            },
        ),
        ..token()
    };
    for token in [token(), full] {
        let document = serde_json::to_string(&token).unwrap();
        assert_eq!(serde_json::from_str::<ApiToken>(&document).unwrap(), token);
    }
}

proptest! {
    #[test]
    fn any_text_is_a_token_or_is_not(text in "\\PC{0,140}") {
        let _ = PresentedApiToken::parse(&text);
    }
}
