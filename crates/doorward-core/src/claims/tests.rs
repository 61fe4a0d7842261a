use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::person::{Address, Profile};
use crate::testing::alice;

fn none() -> BTreeMap<String, ClaimRequest> {
    BTreeMap::new()
}

fn names(claims: &Map<String, Value>) -> BTreeSet<&str> {
    claims.keys().map(String::as_str).collect()
}

fn parse(text: &str) -> ClaimsRequest {
    ClaimsRequest::parse(text).unwrap()
}

/// The example of [OpenID Connect Core section 5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter).
#[test]
fn the_example_of_the_standard_is_read() {
    let request = parse(
        r#"{
           "userinfo":
            {
             "given_name": {"essential": true},
             "nickname": null,
             "email": {"essential": true},
             "email_verified": {"essential": true},
             "picture": null,
             "http://example.info/claims/groups": null
            },
           "id_token":
            {
             "auth_time": {"essential": true},
             "acr": {"values": ["urn:mace:incommon:iap:silver"] }
            }
          }"#,
    );
    let essential = ClaimRequest {
        essential: true,
        values: Vec::new(),
    };
    assert_eq!(request.userinfo.len(), 6);
    assert_eq!(request.userinfo["given_name"], essential);
    assert_eq!(request.userinfo["nickname"], ClaimRequest::default());
    assert_eq!(request.id_token["auth_time"], essential);
    let silver = ["urn:mace:incommon:iap:silver".to_owned()];
    assert_eq!(request.id_token["acr"].values, silver);
    assert!(!request.is_empty());
}

#[test]
fn what_asks_for_nothing_is_empty() {
    for text in [
        "{}",
        r#"{"userinfo":{}}"#,
        r#"{"id_token":null}"#,
        r#"{"unheard":{"name":null}}"#,
    ] {
        assert!(parse(text).is_empty(), "{text}");
    }
}

#[test]
fn one_value_is_a_list_of_one_and_members_nobody_knows_are_ignored() {
    let request = parse(r#"{"id_token":{"max":{"value":5,"purpose":"x"},"sub":{"value":"s"}}}"#);
    assert_eq!(request.id_token["max"].values, ["5"]);
    assert_eq!(request.id_token["sub"].values, ["s"]);
}

#[test]
fn each_broken_rule_has_its_reason() {
    let long = format!(r#"{{"userinfo":{{"{}":null}}}}"#, "x".repeat(8 * 1024));
    let deep = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
    for (text, reason) in [
        (long.as_str(), ClaimsMalformed::TooLong),
        (&deep, ClaimsMalformed::NotAnObject),
        ("", ClaimsMalformed::NotAnObject),
        ("null", ClaimsMalformed::NotAnObject),
        ("[]", ClaimsMalformed::NotAnObject),
        ("{", ClaimsMalformed::NotAnObject),
        ("{} {}", ClaimsMalformed::NotAnObject),
        (r#"{"userinfo":[]}"#, ClaimsMalformed::NotAnObject),
        (r#"{"id_token":"sub"}"#, ClaimsMalformed::NotAnObject),
        (r#"{"userinfo":{"name":true}}"#, ClaimsMalformed::Member),
        (r#"{"userinfo":{"name":[]}}"#, ClaimsMalformed::Member),
        (
            r#"{"userinfo":{"name":{"essential":"yes"}}}"#,
            ClaimsMalformed::Member,
        ),
        (
            r#"{"userinfo":{"name":{"values":"x"}}}"#,
            ClaimsMalformed::Member,
        ),
        (
            r#"{"userinfo":{"name":{"value":"x","values":["x"]}}}"#,
            ClaimsMalformed::Member,
        ),
    ] {
        assert_eq!(ClaimsRequest::parse(text), Err(reason), "{text:.60}");
    }
}

/// [OpenID Connect Core section 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims).
#[test]
fn each_scope_opens_its_complete_set_of_claims_and_no_other() {
    for (scope, claims) in BY_SCOPE {
        let released = released(&alice(), &scope.parse().unwrap(), &none());
        assert_eq!(names(&released), claims.iter().copied().collect());
    }
    let standard = released(&alice(), &Scope::standard(), &none());
    let count = BY_SCOPE
        .iter()
        .map(|(_, claims)| claims.len())
        .sum::<usize>();
    assert_eq!(standard.len(), count);
    let openid = "openid offline_access".parse().unwrap();
    assert!(released(&alice(), &openid, &none()).is_empty());
}

/// [OpenID Connect Core section 5.1](https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims).
#[test]
fn claims_have_the_types_of_the_standard() {
    let claims = released(&alice(), &Scope::standard(), &none());
    assert_eq!(
        Value::Object(claims),
        json!({
            "name": "Alice Jane Example",
            "given_name": "Alice",
            "family_name": "Example",
            "middle_name": "Jane",
            "nickname": "Al",
            "preferred_username": "alice",
            "profile": "https://example.com/alice",
            "picture": "https://example.com/alice.png",
            "website": "https://alice.example",
            "gender": "female",
            "birthdate": "1990-02-28",
            "zoneinfo": "Europe/Berlin",
            "locale": "de-DE",
            "updated_at": 1_700_000_000,
            "email": "alice@example.com",
            "email_verified": true,
            "phone_number": "+4930123456",
            "phone_number_verified": false,
            "address": {"locality": "Berlin", "country": "Germany"},
            "groups": ["staff"],
        })
    );
}

#[test]
fn what_is_unknown_or_blank_is_left_out() {
    let blank = || Some(" ".to_owned());
    let mut alice = alice();
    alice.profile = Profile::default();
    alice.groups.clear();
    let known = ["preferred_username", "updated_at", "groups"].into();
    let told = released(&alice, &Scope::standard(), &none());
    assert_eq!(names(&told), known);
    assert_eq!(told["groups"], json!([]), "it is known that there are none");

    alice.profile = Profile {
        name: blank(),
        email: blank(),
        email_verified: true,
        phone_number: Some(String::new()),
        phone_number_verified: true,
        address: Some(Address {
            formatted: blank(),
            ..Address::default()
        }),
        ..Profile::default()
    };
    let told = released(&alice, &Scope::standard(), &none());
    assert_eq!(names(&told), known);

    alice.profile.address = Some(Address {
        region: blank(),
        country: Some("Germany".to_owned()),
        ..Address::default()
    });
    let told = released(&alice, &Scope::standard(), &none());
    assert_eq!(told["address"], json!({"country": "Germany"}));
}

#[test]
fn claims_asked_for_one_by_one_come_without_their_scope() {
    let request =
        parse(r#"{"userinfo":{"email":{"essential":true},"groups":null,"unheard":null}}"#);
    let told = released(&alice(), &"openid".parse().unwrap(), &request.userinfo);
    assert_eq!(names(&told), ["email", "groups"].into());
}

#[test]
fn what_a_client_is_not_registered_for_it_cannot_ask_for_one_by_one() {
    let members = r#"{"email":null,"name":null,"acr":null,"unheard":null}"#;
    let request = parse(&format!(r#"{{"userinfo":{members},"id_token":{members}}}"#));
    let kept = permitted(request, &"openid email".parse().unwrap());
    for member in [&kept.userinfo, &kept.id_token] {
        let kept: Vec<_> = member.keys().collect();
        assert_eq!(kept, ["acr", "email", "unheard"]);
    }
}

#[test]
fn single_claims_name_the_scopes_that_a_person_consents_to() {
    let request = parse(
        r#"{"userinfo":{"name":null,"birthdate":null,"unheard":null},"id_token":{"phone_number":null,"acr":null}}"#,
    );
    assert_eq!(scopes_of(&request).to_string(), "phone profile");
    assert!(scopes_of(&ClaimsRequest::default()).is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,300}") {
        let _ = ClaimsRequest::parse(&text);
        let _ = ClaimsRequest::parse(&format!(r#"{{"userinfo":{{"name":{text}}}}}"#));
    }

    #[test]
    fn what_is_stored_reads_back(essential: bool, values in prop::collection::vec(".{0,20}", 0..3)) {
        let asked = ClaimsRequest {
            userinfo: [("name".to_owned(), ClaimRequest { essential, values })].into(),
            id_token: BTreeMap::new(),
        };
        let stored = serde_json::to_string(&asked).unwrap();
        prop_assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), asked);
    }
}
