//! Modules that end with tokens.

use std::time::Duration;

use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::id_token::IdToken;
use doorward_tests::key_server::{KeyServer, Publication};
use serde_json::{Value, json};

use super::Plan;

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication): the assertion is for the
/// token endpoint.
#[tokio::test]
async fn oidcc_server() {
    let plan = Plan::start().await;
    let client = plan.client(&json!({})).await;
    let (tokens, id_token) = plan.signed_in(&client).await;
    assert_eq!(id_token.get("sub"), &plan.person.sub());
    let token = plan.provider.token(&client);
    let answer = token.userinfo(&tokens.access_token).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["sub"], plan.person.sub());
}

/// [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3).
#[tokio::test]
async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    let plan = Plan::start().await;
    let client = plan.client(&json!({})).await;
    let code = plan.code(client.request().without_pkce()).await;
    let assertion = plan.assertion(&client, plan.provider.issuer());
    plan.exchange(&client, &code, &assertion).await;
}

/// [OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata).
#[tokio::test]
async fn oidcc_idtoken_rs256() {
    let plan = Plan::start().await;
    let asked = json!({"id_token_signed_response_alg": "RS256"});
    let client = plan.client(&asked).await;
    let (_, id_token) = plan.signed_in(&client).await;
    assert!(id_token.header["kid"].is_string());
}

/// [OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse).
#[tokio::test]
async fn oidcc_userinfo_rs256() {
    let plan = Plan::start().await;
    let offered = plan.metadata_of_provider().await;
    let offered = offered["userinfo_signing_alg_values_supported"].as_array();
    assert!(offered.is_some_and(|offered| offered.contains(&json!("RS256"))));
    let asked = json!({"userinfo_signed_response_alg": "RS256"});
    let client = plan.client(&asked).await;
    let (tokens, id_token) = plan.signed_in(&client).await;
    let token = plan.provider.token(&client);

    let answer = token.userinfo(&tokens.access_token).await;

    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/jwt"));
    let claims = IdToken::verify(&answer.text, &token.get("/jwks").await.json());
    assert_eq!(claims.header["alg"], "RS256");
    for same in ["iss", "aud", "sub"] {
        assert_eq!(claims.get(same), id_token.get(same), "{same}");
    }
    assert_eq!(claims.get("nonce"), &Value::Null);
}

/// [OpenID Connect Core section 10.1.1](https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys): a minute after its keys
/// changed, the client signs with one of another name.
#[tokio::test]
async fn oidcc_refresh_token_rp_key_rotation() {
    let plan = Plan::start().await;
    let old = AssertionKey::generate("RS256", "one");
    let keys = KeyServer::start(old.jwks()).await;
    let published = json!({"jwks": null, "jwks_uri": keys.uri});
    let client = plan.client(&published).await;
    let endpoint = plan.provider.url("/token");
    let signed = |key: &AssertionKey| key.sign(&plan.assertion_claims(&client, &endpoint));
    let request = client
        .request()
        .without_pkce()
        .with("scope", "openid offline_access")
        .with("prompt", "consent");
    let code = plan.code(request).await;
    let tokens = plan.exchange(&client, &code, &signed(&old)).await;
    let refresh_token = tokens.refresh_token.expect("a refresh token");

    let new = AssertionKey::generate("RS256", "two");
    keys.publish(Publication::Keys(new.jwks()));
    plan.provider.clock().advance(Duration::from_mins(1));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &refresh_token),
    ];
    let refreshed = plan.send(&client, &signed(&new), &form).await.assert_ok();

    assert_ne!(refreshed.access_token, tokens.access_token);
}
