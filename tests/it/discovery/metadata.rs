use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::Answer;
use reqwest::header::{IF_NONE_MATCH, ORIGIN};
use serde_json::Value;

use crate::scene::http;

const DOCUMENTS: [&str; 3] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/jwks",
];

async fn get(provider: &TestProvider, path: &str) -> Answer {
    Answer::of(http().get(provider.url(path))).await
}

async fn metadata(provider: &TestProvider) -> Value {
    get(provider, "/.well-known/openid-configuration")
        .await
        .json()
}

/// Every member that [OpenID Connect Discovery section 3], [RFC 8414 section 2], [RFC 8628 section 4], [RFC 9126 section 5],
/// [RFC 9207 section 3], [RFC 9101 section 10.5], [RFC 8705 sections 3.3 and 5], [JARM section 4] and the
/// specifications of `prompt=create` and of RP-Initiated Logout define and that says something of this provider.
///
/// [OpenID Connect Discovery section 3]: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
/// [RFC 8414 section 2]: https://www.rfc-editor.org/rfc/rfc8414#section-2
/// [RFC 8628 section 4]: https://www.rfc-editor.org/rfc/rfc8628#section-4
/// [RFC 9126 section 5]: https://www.rfc-editor.org/rfc/rfc9126#section-5
/// [JARM section 4]: https://openid.net/specs/oauth-v2-jarm-final.html#section-4
/// [RFC 8705 sections 3.3 and 5]: https://www.rfc-editor.org/rfc/rfc8705#section-3.3
/// [RFC 9101 section 10.5]: https://www.rfc-editor.org/rfc/rfc9101#section-10.5
/// [RFC 9207 section 3]: https://www.rfc-editor.org/rfc/rfc9207#section-3
const KNOWN: [&str; 61] = [
    "issuer",
    "authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "require_pushed_authorization_requests",
    "status_list_aggregation_endpoint",
    "device_authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "acr_values_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "authorization_signing_alg_values_supported",
    "id_token_encryption_alg_values_supported",
    "id_token_encryption_enc_values_supported",
    "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported",
    "authorization_encryption_alg_values_supported",
    "authorization_encryption_enc_values_supported",
    "introspection_encryption_alg_values_supported",
    "introspection_encryption_enc_values_supported",
    "token_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_methods_supported",
    "introspection_signing_alg_values_supported",
    "revocation_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "dpop_signing_alg_values_supported",
    "tls_client_certificate_bound_access_tokens",
    "mtls_endpoint_aliases",
    "code_challenge_methods_supported",
    "display_values_supported",
    "prompt_values_supported",
    "claim_types_supported",
    "claims_supported",
    "claims_locales_supported",
    "ui_locales_supported",
    "service_documentation",
    "op_policy_uri",
    "op_tos_uri",
    "claims_parameter_supported",
    "request_object_signing_alg_values_supported",
    "require_signed_request_object",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "authorization_response_iss_parameter_supported",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
    "client_id_metadata_document_supported",
];

#[tokio::test]
async fn the_issuer_is_where_the_metadata_is() {
    let provider = TestProvider::start().await;
    assert_eq!(metadata(&provider).await["issuer"], provider.issuer());
}

#[tokio::test]
async fn both_addresses_have_the_same_document() {
    let provider = TestProvider::start().await;
    let oauth = get(&provider, "/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata(&provider).await, oauth.json());
}

#[tokio::test]
async fn only_members_that_standards_define_are_there() {
    let provider = TestProvider::start().await;
    let metadata = metadata(&provider).await;
    for (name, value) in metadata.as_object().expect("an object") {
        assert!(KNOWN.contains(&name.as_str()), "{name}");
        assert!(!value.is_null(), "{name}");
    }
}

/// P48: each endpoint is there.
#[tokio::test]
async fn every_endpoint_that_is_named_answers() {
    let provider = TestProvider::start().await;
    let metadata = metadata(&provider).await;
    let mut endpoints = 0;
    for (name, value) in metadata.as_object().expect("an object") {
        if !name.ends_with("_endpoint") && name != "jwks_uri" {
            continue;
        }
        endpoints += 1;
        let address = value.as_str().expect("an address");
        assert!(address.starts_with(provider.issuer()), "{name}: {address}");
        let answer = Answer::of(http().get(address)).await;
        assert_ne!(answer.status, 404, "{name}");
        assert!(answer.status.as_u16() < 500, "{name}: {answer:?}");
    }
    assert!(endpoints >= 5, "{metadata}");
}

#[tokio::test]
async fn no_algorithm_is_none_and_rs256_is_there() {
    let provider = TestProvider::start().await;
    let metadata = metadata(&provider).await;
    for member in [
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "authorization_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ] {
        let algorithms = metadata[member].as_array().expect(member);
        assert!(algorithms.contains(&"RS256".into()), "{member}");
        assert!(!algorithms.contains(&"none".into()), "{member}");
        let symmetric = |value: &Value| value.as_str().is_some_and(|alg| alg.starts_with("HS"));
        assert!(!algorithms.iter().any(symmetric), "{member}");
    }
    assert_eq!(
        metadata["response_types_supported"],
        serde_json::json!(["code"])
    );
}

/// K05: neither `RSA1_5` nor passwords.
/// [IANA's registry](https://www.iana.org/assignments/jose) has algorithms that it discourages.
#[tokio::test]
async fn no_algorithm_is_named_that_others_were_broken_by() {
    let provider = TestProvider::start().await;
    let metadata = metadata(&provider).await;
    let lists = metadata.as_object().expect("an object").iter();
    let lists = lists.filter(|(name, _)| {
        name.ends_with("_alg_values_supported") || name.ends_with("_enc_values_supported")
    });
    let mut seen = 0;
    for (name, algorithms) in lists {
        for algorithm in algorithms.as_array().expect("a list") {
            let algorithm = algorithm.as_str().expect("a name");
            let bad = ["none", "RSA1_5", "PBES2", "RS1", "dir"];
            assert!(
                !bad.iter().any(|bad| algorithm.starts_with(bad)),
                "{name}: {algorithm}"
            );
            seen += 1;
        }
    }
    assert!(seen > 0, "{metadata}");
}

/// Every grant type that [OAuth's registries](https://www.iana.org/assignments/oauth-parameters) and OpenID Connect know.
const GRANT_TYPES: [&str; 10] = [
    "authorization_code",
    "implicit",
    "password",
    "client_credentials",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:openid:params:grant-type:ciba",
];

/// P48: each grant type is, and there is no other.
#[tokio::test]
async fn the_grant_types_that_are_named_are_those_that_the_token_endpoint_knows() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let named = metadata(&provider).await["grant_types_supported"].clone();
    let named = named.as_array().expect("a list");
    let client = provider.token(&wiki);
    for grant_type in GRANT_TYPES {
        let answer = client.send(&[("grant_type", grant_type)]).await;
        let known = answer.json()["error"] != "unsupported_grant_type";
        assert_eq!(named.contains(&grant_type.into()), known, "{grant_type}");
    }
    let listed = |named: &&Value| GRANT_TYPES.iter().any(|known| *known == **named);
    assert_eq!(named.iter().filter(listed).count(), named.len());
}

#[tokio::test]
async fn the_documents_are_json_that_every_site_may_read_and_caches_may_keep_for_five_minutes() {
    let provider = TestProvider::start().await;
    for path in DOCUMENTS {
        let request = http().get(provider.url(path));
        let answer = Answer::of(request.header(ORIGIN, "https://any.example")).await;
        assert_eq!(answer.status, 200, "{path}");
        for (name, value) in [
            ("content-type", "application/json"),
            ("cache-control", "public, max-age=300"),
            ("access-control-allow-origin", "*"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("set-cookie"), None, "{path}");
    }
}

/// [RFC 9110 section 13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2).
#[tokio::test]
async fn whoever_has_a_document_is_not_sent_it_again() {
    let provider = TestProvider::start().await;
    for path in DOCUMENTS {
        let first = get(&provider, path).await;
        let etag = first.header("etag").expect("a validator").to_owned();
        for (known, status) in [
            (etag.clone(), 304),
            ("\"another\"".to_owned(), 200),
            (format!("W/{etag}"), 304),
            (format!("\"another\", {etag}"), 304),
            ("*".to_owned(), 304),
        ] {
            let request = http().get(provider.url(path));
            let again = Answer::of(request.header(IF_NONE_MATCH, &known)).await;
            assert_eq!(again.status, status, "{path} {known}");
            assert_eq!(again.header("etag"), Some(etag.as_str()), "{path}");
            assert_eq!(again.text.is_empty(), status == 304, "{path} {known}");
        }
    }
}

/// P48: no header of a request is in it.
/// The issuer is configured; no header of a request changes it.
#[tokio::test]
async fn a_request_for_another_host_gets_the_same_document() {
    let provider = TestProvider::start().await;
    let good = metadata(&provider).await;
    for (name, value) in [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example;proto=https"),
    ] {
        let request = http().get(provider.url("/.well-known/openid-configuration"));
        let told = Answer::of(request.header(name, value)).await.json();
        assert_eq!(told, good, "{name}");
    }
}
