//! What each scope and each single claim opens
//! ([OpenID Connect Core sections 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims) and 5.5).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::scene::Scene;

const PROFILE: [&str; 14] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

fn names(claims: &Value) -> BTreeSet<&str> {
    let claims = claims.as_object().expect("an object");
    claims.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn each_scope_opens_its_complete_set_of_claims() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let sets: [(&str, &[&str]); 6] = [
        ("openid", &[]),
        ("openid profile", &PROFILE),
        ("openid email", &["email", "email_verified"]),
        ("openid address", &["address"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid groups", &["groups"]),
    ];
    for (scope, claims) in sets {
        let token = scene.tokens(&wiki, scope).await.access_token;
        let told = scene.userinfo(&wiki, &token).await.json();
        let mut expected: BTreeSet<&str> = claims.iter().copied().collect();
        expected.insert("sub");
        assert_eq!(names(&told), expected, "{scope}");
        assert_eq!(told["sub"], scene.alice.sub());
    }
}

#[tokio::test]
async fn all_scopes_together_open_everything_in_the_types_of_the_standard() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let scope = "phone address groups email profile openid";
    let token = scene.tokens(&wiki, scope).await.access_token;
    let told = scene.userinfo(&wiki, &token).await.json();
    assert_eq!(
        told,
        json!({
            "sub": scene.alice.sub(),
            "name": "alice Maria Example",
            "given_name": "alice",
            "family_name": "Example",
            "middle_name": "Maria",
            "nickname": "Exi",
            "preferred_username": "alice",
            "profile": "https://alice.example/about",
            "picture": "https://alice.example/picture.png",
            "website": "https://alice.example/",
            "gender": "female",
            "birthdate": "1980-02-29",
            "zoneinfo": "Europe/Berlin",
            "locale": "de-DE",
            "updated_at": scene.provider.clock().seconds(),
            "email": "alice@mail.example",
            "email_verified": true,
            "phone_number": "+493012345678",
            "phone_number_verified": true,
            "address": {
                "formatted": "Am Tor 1\n10115 Berlin\nGermany",
                "street_address": "Am Tor 1",
                "locality": "Berlin",
                "region": "Berlin",
                "postal_code": "10115",
                "country": "Germany",
            },
            "groups": ["staff"],
        })
    );
}

#[tokio::test]
async fn claims_asked_for_one_by_one_come_without_their_scope() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let asked = r#"{"userinfo":{"name":{"essential":true},"email":null,"unheard":null},"id_token":{"phone_number":null}}"#;
    let code = scene.code(wiki.request().with("claims", asked)).await;
    let client = scene.provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    let told = client.userinfo(&tokens.access_token).await.json();
    assert_eq!(names(&told), ["email", "name", "sub"].into());
}

#[tokio::test]
async fn a_client_asks_in_vain_for_what_it_is_not_registered_for() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").scope("openid email").await;
    let asked = r#"{"userinfo":{"name":{"essential":true},"email":null}}"#;
    let request = wiki.request().with("scope", "openid profile phone");
    let code = scene.code(request.with("claims", asked)).await;
    let client = scene.provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    assert_eq!(tokens.all["scope"], "openid");
    let told = client.userinfo(&tokens.access_token).await.json();
    assert_eq!(names(&told), ["email", "sub"].into());
}

#[tokio::test]
async fn what_is_told_is_what_is_known_now() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene
        .tokens(&wiki, "openid profile email")
        .await
        .access_token;
    let now = doorward_core::Clock::now(scene.provider.clock());
    let people = scene.provider.directory().people();
    let mut alice = people.person(scene.alice.id).await.expect("a directory");
    let profile = &mut alice.as_mut().expect("alice").profile;
    profile.name = Some("Alice Renamed".to_owned());
    profile.email = None;
    let updated = people.update_profile(scene.alice.id, profile, now).await;
    assert!(updated.expect("the directory keeps people"));

    let told = scene.userinfo(&wiki, &token).await.json();
    assert_eq!(told["name"], "Alice Renamed");
    assert!(told.get("email").is_none() && told.get("email_verified").is_none());
}
