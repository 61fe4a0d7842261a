//! The plan `oidcc-config-certification-test-plan`
//! ([OpenID Connect Discovery section 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).

use doorward_tests::provider::TestProvider;
use serde_json::json;

/// `oidcc-discovery-endpoint-verification`
/// ([OpenID Connect Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)).
#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let client = provider.token(&wiki);
    let answer = client.get("/.well-known/openid-configuration").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let metadata = answer.json();
    let issuer = provider.issuer();
    assert_eq!(metadata["issuer"], issuer);
    for (name, value) in metadata.as_object().expect("an object") {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let url = value.as_str().expect("an address");
            assert!(url.starts_with(&format!("{issuer}/")), "{name}: {url}");
        }
    }
    let lists = |name: &str, entry: &str| {
        let entries = metadata[name].as_array();
        let found = entries.is_some_and(|entries| entries.contains(&json!(entry)));
        assert!(found, "{entry} is missing in {name}");
    };
    lists("response_types_supported", "code");
    lists("response_modes_supported", "form_post");
    lists("subject_types_supported", "public");
    lists("subject_types_supported", "pairwise");
    lists("id_token_signing_alg_values_supported", "RS256");
    lists("grant_types_supported", "authorization_code");
    lists("code_challenge_methods_supported", "S256");
    for scope in ["openid", "profile", "email", "address", "phone"] {
        lists("scopes_supported", scope);
    }
    for claim in ["sub", "auth_time", "name", "email", "address"] {
        lists("claims_supported", claim);
    }
    for method in [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
    ] {
        lists("token_endpoint_auth_methods_supported", method);
    }
    lists("token_endpoint_auth_signing_alg_values_supported", "RS256");
    lists("token_endpoint_auth_signing_alg_values_supported", "ES256");
    assert!(metadata["userinfo_endpoint"].is_string());
    assert_eq!(metadata["claims_parameter_supported"], true);
    lists("request_object_signing_alg_values_supported", "RS256");
    assert_eq!(metadata["request_parameter_supported"], true);
    assert_eq!(metadata["request_uri_parameter_supported"], true);
    let iss = "authorization_response_iss_parameter_supported";
    assert_eq!(metadata[iss], true);
    for name in [
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ] {
        let algorithms = metadata[name].as_array().expect("algorithms");
        assert!(!algorithms.contains(&json!("none")), "{name}");
    }
}
