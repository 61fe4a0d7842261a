use std::collections::BTreeSet;

use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::Answer;
use serde_json::Value;

use crate::scene::http;

async fn keys(provider: &TestProvider) -> Vec<Value> {
    let answer = Answer::of(http().get(provider.url("/jwks"))).await;
    let set = answer.json();
    set["keys"].as_array().expect("keys").clone()
}

/// [RFC 7518 section 6](https://www.rfc-editor.org/rfc/rfc7518#section-6).
#[tokio::test]
async fn no_private_or_symmetric_member_is_published() {
    let provider = TestProvider::start().await;
    let keys = keys(&provider).await;
    assert!(keys.len() >= 4, "a key for each algorithm: {keys:?}");
    for key in keys {
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(member).is_none(), "{member}");
        }
        assert_ne!(key["kty"], "oct");
    }
}

/// K03: one key has one algorithm, and no RSA key is shorter than 2048 bits.
#[tokio::test]
async fn each_key_has_a_name_of_its_own_one_algorithm_and_is_for_signatures() {
    let provider = TestProvider::start().await;
    let keys = keys(&provider).await;
    let text = |key: &Value, member: &str| key[member].as_str().map(str::to_owned);
    let names: BTreeSet<_> = keys.iter().map(|key| text(key, "kid")).collect();
    assert_eq!(names.len(), keys.len());
    assert!(!names.contains(&None));
    let algorithms: BTreeSet<_> = keys.iter().filter_map(|key| text(key, "alg")).collect();
    let all = ["ES256", "ES384", "ES512", "EdDSA", "PS256", "RS256"].map(str::to_owned);
    assert_eq!(algorithms, all.into());
    for key in &keys {
        assert_eq!(key["use"], "sig");
        // 2048 bits are 342 characters of base64url.
        if let Some(modulus) = text(key, "n") {
            assert!(modulus.len() >= 342, "{}", modulus.len());
        }
    }
}
