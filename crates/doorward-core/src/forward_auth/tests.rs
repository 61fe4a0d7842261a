//! One site with rules of every kind, and what becomes of requests to it.

use serde_json::{Value, json};

use super::*;
use crate::identifiers::PersonId;
use crate::person::{Person, PersonStatus, Profile};
use crate::secret::{Secret, SecretKind};
use crate::testing::{FixedRandom, NOW};
use crate::time::Timestamp;

fn site(rules: &Value) -> Site {
    let document = json!({
        "host": "reports.example.com",
        "name": "Reports",
        "resource": "https://reports.example.com",
        "rules": rules,
        "created_at": NOW,
    });
    serde_json::from_value(document).unwrap()
}

fn reports() -> Site {
    site(&json!([
        {"allow": ["anyone"], "paths": ["/", "/static/**"], "methods": ["GET"]},
        {"deny": ["anyone"], "paths": ["/admin/**"], "methods": ["DELETE"]},
        {"allow": ["group:admins"], "paths": ["/admin/**"], "networks": ["10.0.0.0/8", "2001:db8::/32"]},
        {"deny": ["anyone"], "paths": ["/admin/**"]},
        {"allow": ["scope:reports:write group:staff"], "methods": ["POST"]},
        {"allow": ["signed_in", "scope:reports:read"], "paths": ["/reports/**"]},
        {"allow": ["token"], "paths": ["/metrics"]},
    ]))
}

fn person(groups: &[&str]) -> Person {
    Person {
        id: PersonId::from_bytes([2; 16]),
        username: "alice".parse().unwrap(),
        status: PersonStatus::Enabled,
        profile: Profile::default(),
        groups: groups.iter().map(|group| group.parse().unwrap()).collect(),
        created_at: NOW,
        updated_at: NOW,
    }
}

fn token(scope: &str, person: Option<Person>) -> Caller {
    Caller::Token(Holder {
        subject: "reporter".to_owned(),
        client: Some("reporter".parse().unwrap()),
        scope: scope.parse().unwrap(),
        person,
    })
}

fn decided(site: &Site, method: &str, target: &str, address: &str, caller: &Caller) -> Decision {
    let asked = Asked {
        method: method.parse().unwrap(),
        path: RequestPath::parse(target).unwrap(),
        address: address.parse().unwrap(),
    };
    decide(site, &asked, caller)
}

const OUTSIDE: &str = "192.0.2.1";
const INSIDE: &str = "10.1.2.3";

#[test]
fn the_first_rule_that_fits_decides_and_what_none_fits_is_denied() {
    use Decision::{Allowed, Denied as No, Unknown};
    let by_default = No(Denied::Default);
    let nobody = Caller::Nobody;
    let alice = Caller::Browser(person(&["staff"]));
    let admin = Caller::Browser(person(&["admins", "staff"]));
    let reader = token("reports:read", None);
    let writer = token("reports:write", Some(person(&["staff"])));
    let program = token("reports:write", None);
    let bare = token("", None);
    for (method, target, address, caller, decision) in [
        ("GET", "/", OUTSIDE, &nobody, Allowed(1)),
        ("HEAD", "/static/a.css", OUTSIDE, &nobody, Allowed(1)),
        ("GET", "/", OUTSIDE, &admin, Allowed(1)),
        ("POST", "/", OUTSIDE, &nobody, Unknown),
        ("PUT", "/", OUTSIDE, &nobody, by_default),
        ("GET", "/elsewhere", OUTSIDE, &admin, by_default),
        ("GET", "/admin/users", INSIDE, &admin, Allowed(3)),
        ("GET", "/admin/users", "2001:db8::1", &admin, Allowed(3)),
        ("GET", "/admin/users", "::ffff:10.1.2.3", &admin, Allowed(3)),
        ("GET", "/admin/users", OUTSIDE, &admin, No(Denied::Rule(4))),
        ("GET", "/admin/users", INSIDE, &alice, No(Denied::Rule(4))),
        (
            "DELETE",
            "/admin/users",
            INSIDE,
            &admin,
            No(Denied::Rule(2)),
        ),
        ("GET", "/ADMIN/users", INSIDE, &admin, No(Denied::Rule(4))),
        ("GET", "/admin;x/users", INSIDE, &admin, No(Denied::Rule(4))),
        ("GET", "/reports/7", OUTSIDE, &nobody, Unknown),
        ("GET", "/reports/7", OUTSIDE, &alice, Allowed(6)),
        ("GET", "/Reports/7", OUTSIDE, &alice, by_default),
        ("GET", "/reports/7", OUTSIDE, &reader, Allowed(6)),
        ("GET", "/reports/7", OUTSIDE, &program, by_default),
        ("POST", "/reports/7", OUTSIDE, &writer, Allowed(5)),
        ("POST", "/reports/7", OUTSIDE, &program, by_default),
        ("GET", "/metrics", OUTSIDE, &bare, Allowed(7)),
        ("GET", "/metrics", OUTSIDE, &alice, by_default),
    ] {
        let found = decided(&reports(), method, target, address, caller);
        assert_eq!(found, decision, "{method} {target} {address} {caller:?}");
    }
}

#[test]
fn a_site_without_rules_lets_nobody_pass() {
    let empty = site(&json!([]));
    for caller in [Caller::Nobody, Caller::Browser(person(&["admins"]))] {
        let found = decided(&empty, "GET", "/", INSIDE, &caller);
        assert_eq!(found, Decision::Denied(Denied::Default));
    }
}

#[test]
fn every_rule_up_to_the_one_that_decides_says_what_it_came_to() {
    let reports = reports();
    let asked = Asked {
        method: "GET".parse().unwrap(),
        path: RequestPath::parse("/admin").unwrap(),
        address: OUTSIDE.parse().unwrap(),
    };
    let alice = Caller::Browser(person(&["staff"]));
    let told: Vec<_> = steps(&reports, &asked, &alice)
        .map(|step| (step.number, step.weighed))
        .collect();
    let passed = Weighed::Passed;
    assert_eq!(
        told,
        [
            (1, passed(Mismatch::Path)),
            (2, passed(Mismatch::Method)),
            (3, passed(Mismatch::Network)),
            (4, Weighed::Decides),
        ]
    );
}

#[test]
fn a_site_reads_back_as_it_was_registered_and_nothing_unknown_is_overlooked() {
    let document = serde_json::to_value(reports()).unwrap();
    assert_eq!(
        document["rules"][4]["allow"],
        json!(["scope:reports:write group:staff"])
    );
    assert_eq!(document["rules"][4].get("paths"), None);
    let read: Site = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(read, reports());
    for (member, value) in [
        ("path", json!(["/a"])),
        ("paths", json!([])),
        ("methods", json!([])),
        ("methods", json!(["get"])),
        ("networks", json!([])),
        ("networks", json!(["10.0.0.1/8"])),
        ("deny", json!(["anyone"])),
        ("allow", json!([])),
        ("allow", json!(["everyone"])),
    ] {
        let mut changed = document.clone();
        changed["rules"][0][member] = value;
        let read = serde_json::from_value::<Site>(changed);
        assert!(read.is_err(), "{member}");
    }
}

#[test]
fn whom_a_rule_is_about_is_said_in_words() {
    for (typed, shown) in [
        ("anyone", "anyone"),
        ("signed_in", "signed_in"),
        ("token", "token"),
        ("group:staff", "group:staff"),
        ("signed_in  group:staff", "group:staff"),
        ("token scope:a", "scope:a"),
        ("group:b group:a scope:c", "scope:c group:a group:b"),
        ("token group:a", "token group:a"),
    ] {
        let who: Who = typed.parse().unwrap();
        let again: Who = shown.parse().unwrap();
        assert_eq!(who, again);
    }
    for bad in [
        "",
        "everyone",
        "group:",
        "group:two words",
        "scope:",
        "anyone group:a",
        "anyone signed_in",
        "signed_in scope:a",
        "signed_in token",
    ] {
        assert!(bad.parse::<Who>().is_err(), "{bad}");
    }
}

/// N03.
#[test]
fn what_an_application_is_told_has_no_control_characters_and_no_unproven_address() {
    let mut alice = person(&["b", "a"]);
    alice.profile.name = Some("Zoë\r\nRemote-User: root\u{85}".to_owned());
    alice.profile.email = Some("alice@example.com".to_owned());
    let told = |person: &Person| identity(&Caller::Browser(person.clone()));
    let pairs = told(&alice);
    assert!(pairs.contains(&("Remote-User", "alice".to_owned())));
    assert!(pairs.contains(&("Remote-Name", "ZoëRemote-User: root".to_owned())));
    assert!(pairs.contains(&("Remote-Groups", "a,b".to_owned())));
    assert!(pairs.contains(&("Remote-Email", String::new())));
    alice.profile.email_verified = true;
    assert!(told(&alice).contains(&("Remote-Email", "alice@example.com".to_owned())));
    let program = token("reports:read", None);
    let said = identity(&program);
    let said = said.into_iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<&str> = said.map(|(name, _)| name).collect();
    assert_eq!(said, ["Remote-Subject", "Remote-Scope", "Remote-Client"]);
}

/// N03: so a proxy that copies them leaves nothing of what a request says of itself.
#[test]
fn what_an_application_is_told_has_every_header_also_of_nobody() {
    let nobody = identity(&Caller::Nobody);
    assert_eq!(nobody, IDENTITY.map(|name| (name, String::new())));
}

#[test]
fn a_code_lets_the_browser_in_that_set_out_and_at_its_site_alone() {
    let random = FixedRandom::default();
    let secret = Secret::generate(SecretKind::BrowserBinding, &random);
    let another = Secret::generate(SecretKind::BrowserBinding, &random);
    let host: SiteHost = "reports.example.com".parse().unwrap();
    let code = EntryCode {
        visit: Visit {
            host: host.clone(),
            challenge: Challenge::of(&secret),
            return_to: ReturnPath::default(),
        },
        session: crate::identifiers::SessionId::from_bytes([5; 16]),
        expires_at: Timestamp::from_seconds(NOW.as_seconds() + 60),
    };
    let good = |host: &SiteHost, secret: Option<&Secret>, now| {
        enter(Some(code.clone()), host, secret, now)
    };
    assert_eq!(good(&host, Some(&secret), NOW), Ok(code.clone()));
    assert_eq!(
        enter(None, &host, Some(&secret), NOW),
        Err(EntryRefused::Unknown)
    );
    let late = code.expires_at;
    assert_eq!(good(&host, Some(&secret), late), Err(EntryRefused::Expired));
    let other = "wiki.example.com".parse().unwrap();
    assert_eq!(
        good(&other, Some(&secret), NOW),
        Err(EntryRefused::OtherSite)
    );
    for lacking in [None, Some(&another)] {
        assert_eq!(good(&host, lacking, NOW), Err(EntryRefused::OtherBrowser));
    }
    let challenge = code.visit.challenge;
    assert_eq!(challenge.to_string().parse(), Ok(challenge));
}
