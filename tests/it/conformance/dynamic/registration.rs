//! Modules of what a client registers
//! ([OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)).

use doorward_tests::document_server::DocumentServer;
use doorward_tests::key_server::KeyServer;
use doorward_tests::page::Page;
use serde_json::json;

use super::{CALLBACK, Plan};

/// The first page that somebody sees who is not signed in, of a client that registered this address.
async fn first_page(member: &str, uri: &str) -> Page {
    let plan = Plan::start().await;
    let client = plan.client(&json!({ member: uri })).await;
    plan.browser.authorize(&client).await.sign_in_page()
}

#[track_caller]
fn assert_shown(page: &Page, attribute: &str, uri: &str) {
    let shown = format!("{attribute}=\"{uri}\"");
    assert!(page.body.contains(&shown), "no {shown}: {page:?}");
}

#[tokio::test]
async fn oidcc_registration_logo_uri() {
    let logo = "https://suite.example/logo.png";
    let page = first_page("logo_uri", logo).await;
    assert_shown(&page, "src", logo);
    let policy = page.header("content-security-policy");
    let images = policy.and_then(|policy| policy.split(';').find(|part| part.contains("img-src")));
    assert!(
        images.is_some_and(|images| images.contains("https://suite.example")),
        "the browser may not load it: {policy:?}"
    );
}

#[tokio::test]
async fn oidcc_registration_policy_uri() {
    let policy = "https://suite.example/policy";
    assert_shown(&first_page("policy_uri", policy).await, "href", policy);
}

#[tokio::test]
async fn oidcc_registration_tos_uri() {
    let terms = "https://suite.example/terms";
    assert_shown(&first_page("tos_uri", terms).await, "href", terms);
}

#[tokio::test]
async fn oidcc_registration_jwks_uri() {
    let plan = Plan::start().await;
    let mut keys = KeyServer::start(plan.key.jwks()).await;
    let published = json!({"jwks": null, "jwks_uri": keys.uri});
    let client = plan.client(&published).await;
    plan.signed_in(&client).await;
    keys.asked().await;
}

/// [OpenID Connect Dynamic Client Registration section 5](https://openid.net/specs/openid-connect-registration-1_0.html#SectorIdentifierValidation).
#[tokio::test]
async fn oidcc_registration_sector_uri() {
    let plan = Plan::start().await;
    let offered = plan.metadata_of_provider().await;
    let offered = offered["subject_types_supported"].as_array();
    assert!(offered.is_some_and(|offered| offered.contains(&json!("pairwise"))));
    let sector = DocumentServer::start().await;
    let uris = json!([CALLBACK, "https://another.example/callback"]);
    sector.publish("/sector.json", "application/json", &uris.to_string());
    let pairwise = json!({
        "subject_type": "pairwise",
        "sector_identifier_uri": sector.url("/sector.json"),
    });
    let client = plan.client(&pairwise).await;
    let (_, id_token) = plan.signed_in(&client).await;
    assert_ne!(id_token.get("sub"), &plan.person.sub());
}

/// [OpenID Connect Dynamic Client Registration section 5](https://openid.net/specs/openid-connect-registration-1_0.html#SectorIdentifierValidation).
#[tokio::test]
async fn oidcc_registration_sector_bad() {
    let plan = Plan::start().await;
    let sector = DocumentServer::start().await;
    let uris = r#"["https://another.example/callback"]"#;
    sector.publish("/sector.json", "application/json", uris);
    let pairwise = json!({
        "subject_type": "pairwise",
        "sector_identifier_uri": sector.url("/sector.json"),
    });
    let answer = plan.register(&pairwise).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"], "invalid_client_metadata");
    assert_eq!(sector.asked("/sector.json"), 1);
}
