use serde_json::{Value, json};

use super::*;
use crate::authorization_details::tests::{account, bank, payment, read, shop};
use crate::resource_server::ResourceServer;
use crate::resource_server::tests::{files, reports};

fn servers() -> ResourceServers {
    [bank(), reports(), files()].into_iter().collect()
}

fn permission(scope: &str, resources: &[&str], details: &Value) -> Permission {
    let resources = resources.iter().map(|name| name.parse().unwrap()).collect();
    let details = read(details).unwrap();
    Permission::asked(scope.parse().unwrap(), &resources, &details, &servers())
}

fn trusted(details: ConsentPolicy) -> Client {
    Client {
        consent: ConsentPolicy::Trusted,
        authorization_details_consent: details,
        ..shop()
    }
}

/// P17: an API that a request names is shown, by what it opens there or by its name.
#[test]
fn an_api_of_which_nothing_is_said_is_asked_about_by_its_name() {
    let resources = [
        "https://reports.example",
        "https://bank.example/v1",
        "urn:example:files",
    ];
    let asked = permission("openid files:read", &resources, &json!([payment()]));
    let silent: Vec<&str> = asked.resources.iter().map(Resource::as_str).collect();
    assert_eq!(silent, ["https://reports.example"]);
}

/// P17: consent covers what was shown, word for word.
#[test]
fn what_was_allowed_before_is_not_asked_again_and_anything_else_is() {
    let none = json!([]);
    let balance = json!([account(&["read_balance"])]);
    let reports = ["https://reports.example"];
    let before = permission(
        "openid email",
        &reports,
        &json!([account(&["read_balance"]), payment()]),
    );
    let before = before.remembered(&servers());
    let given = |asked: &Permission| asked.is_given(&shop(), Some(&before), &servers());
    assert!(given(&permission("openid", &[], &none)));
    assert!(given(&permission("email", &reports, &balance)));
    assert!(!given(&permission("openid phone", &[], &none)));
    assert!(!given(&permission("openid", &["urn:example:files"], &none)));
    let more = json!([account(&["read_balance", "read_transactions"])]);
    assert!(!given(&permission("openid", &[], &more)));
    assert!(
        !given(&permission("openid", &[], &json!([payment()]))),
        "a payment is asked about each time"
    );
    let asked = permission("openid", &[], &none);
    assert!(!asked.is_given(&shop(), None, &servers()));
}

/// P17: what was allowed at one API is not allowed at another that takes over the name of the type.
#[test]
fn a_detail_is_remembered_of_its_api_alone() {
    let asked = permission("openid", &[], &json!([account(&["read_balance"])]));
    let before = asked.remembered(&servers());
    assert!(asked.is_given(&shop(), Some(&before), &servers()));
    let successor = ResourceServer {
        resource: "https://other.example".parse().unwrap(),
        ..bank()
    };
    let servers: ResourceServers = [successor].into_iter().collect();
    let details = read(&json!([account(&["read_balance"])])).unwrap();
    let scope = "openid".parse().unwrap();
    let there = Permission::asked(scope, &BTreeSet::new(), &details, &servers);
    assert!(!there.is_given(&shop(), Some(&before), &servers));
    assert!(!asked.is_given(&shop(), Some(&before), &servers));
    assert!(asked.remembered(&servers).authorization_details.is_empty());
}

/// P17: people are told for how long they allow something.
#[test]
fn what_is_asked_each_time_is_not_remembered() {
    let account = account(&["read_balance"]);
    for (scope, details, memory) in [
        ("openid", json!([]), Memory::All),
        ("openid", json!([account]), Memory::All),
        ("openid", json!([payment()]), Memory::Part),
        ("", json!([account, payment()]), Memory::Part),
        ("", json!([payment()]), Memory::Nothing),
    ] {
        let asked = permission(scope, &[], &details);
        assert_eq!(asked.memory(&servers()), memory, "{scope} {details}");
    }
}

/// P17: a detail is asked about although the client is trusted, unless an operator says otherwise.
#[test]
fn only_an_operator_lets_details_be_granted_unasked() {
    let details = permission("openid", &[], &json!([payment()]));
    let plain = permission("openid email", &["urn:example:files"], &json!([]));
    let given = |asked: &Permission, client: &Client| asked.is_given(client, None, &servers());
    assert!(given(&plain, &trusted(ConsentPolicy::Ask)));
    assert!(!given(&details, &trusted(ConsentPolicy::Ask)));
    assert!(given(&details, &trusted(ConsentPolicy::Trusted)));
    let unknown = Client {
        consent: ConsentPolicy::Ask,
        ..trusted(ConsentPolicy::Trusted)
    };
    assert!(!given(&details, &unknown));
}
