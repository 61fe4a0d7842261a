//! What is given for an assertion.

use doorward_core::client::GrantType;
use doorward_core::event::Event;
use doorward_core::resource_server::AccessTokenFormat;
use doorward_directory::Failure;
use doorward_directory::clients::Updated;
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::Answer;
use serde_json::json;

use super::{REPORTS, Stage, present, reports};

/// [RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1). The token speaks for the client itself, and neither a
/// refresh token nor an ID Token comes with it ([RFC 7521 section 4.1](https://www.rfc-editor.org/rfc/rfc7521#section-4.1)).
#[tokio::test]
async fn a_program_gets_a_token_for_what_its_platform_says_of_it() {
    let stage = Stage::new().await;
    let tokens = stage.good().await.assert_ok();
    assert_eq!(tokens.all["scope"], "reports:read");
    assert_eq!((tokens.refresh_token, tokens.id_token), (None, None));
    let told = stage.told(&tokens.access_token).await;
    for (member, value) in [
        ("active", json!(true)),
        ("sub", json!("nightly")),
        ("client_id", json!("nightly")),
        ("aud", json!(REPORTS)),
        ("scope", json!("reports:read")),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    let life = told["exp"].as_i64().zip(told["iat"].as_i64());
    assert_eq!(
        life.map(|(exp, iat)| exp - iat),
        Some(300),
        "no longer than the assertion"
    );
    let at_home = stage
        .scene
        .userinfo(&stage.nightly, &tokens.access_token)
        .await;
    assert_eq!(at_home.status, 401, "it opens nothing of ours");
    let events = stage.scene.provider.recent_events().await;
    let noted = events.iter().any(|record| {
        matches!(&record.event, Event::AssertionAccepted { issuer, subject, .. }
            if issuer.as_str() == "cluster" && subject == "nightly")
    });
    assert!(noted);
}

/// [RFC 7009 section 2](https://www.rfc-editor.org/rfc/rfc7009#section-2), [RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5):
/// a token is a token, opaque or not.
#[tokio::test]
async fn its_tokens_are_opaque_bound_and_given_back_like_any_other() {
    let stage = Stage::new().await;
    let servers = stage.scene.provider.directory().resource_servers();
    let opaque = reports(AccessTokenFormat::Opaque);
    let changed = servers.update(&opaque.resource, |_| Ok::<_, Failure>(opaque.clone()));
    assert!(matches!(changed.await, Ok(Updated::Updated(_))));
    let proving = stage
        .scene
        .provider
        .proving(&stage.nightly, &DpopKey::generate("ES256"));
    let assertion = stage.key.sign(&stage.claims());
    let tokens = present(&proving, &assertion, &[]).await.assert_bound();
    assert!(tokens.access_token.starts_with("dw_"));
    let told = stage.told(&tokens.access_token).await;
    assert_eq!(told["token_type"], "DPoP");
    stage.client().revoke(&tokens.access_token).await;
    assert!(!stage.is_active(&tokens.access_token).await);
}

#[tokio::test]
async fn metadata_names_the_grant_type() {
    let provider = TestProvider::start().await;
    let document = crate::scene::http().get(provider.url("/.well-known/openid-configuration"));
    let metadata = Answer::of(document).await.json();
    let types = metadata["grant_types_supported"]
        .as_array()
        .expect("a list");
    assert!(types.contains(&json!(GrantType::JwtBearer.as_str())));
}

/// [RFC 9396 section 5](https://www.rfc-editor.org/rfc/rfc9396#section-5): whoever vouches for somebody vouches for no details.
#[tokio::test]
async fn no_details_are_given_for_an_assertion() {
    let stage = Stage::new().await;
    let assertion = stage.key.sign(&stage.claims());
    let details = ("authorization_details", "[]");
    let answer = present(&stage.client(), &assertion, &[details]).await;
    let reason = stage.reason(&answer, "invalid_authorization_details").await;
    assert!(reason.contains("assertion"), "{reason}");
    // Nothing was used up.
    present(&stage.client(), &assertion, &[]).await.assert_ok();
}
