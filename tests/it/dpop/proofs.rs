//! Which proofs prove something ([RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)); rules P38 and K04.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_tests::dpop_key::{DpopKey, Draft};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::Bound;
use super::userinfo::challenges;

/// A change to a good proof, and the error that it leads to.
type Change = (&'static str, fn(Draft) -> Draft);

const HOUR: i64 = 3600;

/// Each change takes away one thing that a proof must have. `ath` is not among them, which only some need.
const BROKEN: [Change; 21] = [
    ("no typ", |draft| draft.header("typ", Value::Null)),
    ("typ JWT", |draft| draft.header("typ", json!("JWT"))),
    ("no alg", |draft| draft.header("alg", Value::Null)),
    ("alg none", |draft| draft.header("alg", json!("none"))),
    ("alg HS256", |draft| draft.header("alg", json!("HS256"))),
    ("alg RS256", |draft| draft.header("alg", json!("RS256"))),
    ("no jwk", |draft| draft.header("jwk", Value::Null)),
    ("another jwk", |draft| {
        draft.header("jwk", DpopKey::generate("ES256").jwk())
    }),
    ("jwk of another kind", |draft| {
        draft.header("jwk", json!({"kty": "oct", "k": "c2VjcmV0"}))
    }),
    ("crit", |draft| draft.header("crit", json!(["exp"]))),
    ("no jti", |draft| draft.claim("jti", Value::Null)),
    ("empty jti", |draft| draft.claim("jti", json!(""))),
    ("no htm", |draft| draft.claim("htm", Value::Null)),
    ("htm PUT", |draft| draft.claim("htm", json!("PUT"))),
    ("no htu", |draft| draft.claim("htu", Value::Null)),
    ("htu elsewhere", |draft| {
        draft.claim("htu", json!("https://evil.example/token"))
    }),
    ("htu without a path", |draft| {
        draft.claim("htu", json!("http://127.0.0.1/"))
    }),
    ("no iat", |draft| draft.claim("iat", Value::Null)),
    ("iat a text", |draft| {
        draft.claim("iat", json!("1893456000"))
    }),
    ("iat an hour ago", |draft| {
        draft.claim("iat", json!(START - HOUR))
    }),
    ("iat in an hour", |draft| {
        draft.claim("iat", json!(START + HOUR))
    }),
];

/// When the clock of a provider under test begins.
const START: i64 = 1_893_456_000;

fn broken(good: &Draft) -> Vec<(&'static str, Vec<String>)> {
    let changed = BROKEN.map(|(name, change)| (name, vec![change(good.clone()).sign()]));
    let signed = good.sign();
    let (message, _) = signed.rsplit_once('.').expect("a JWT");
    let zeros = BASE64_URL_SAFE_NO_PAD.encode([0; 64]);
    let mut broken = Vec::from(changed);
    broken.extend([
        ("no JWT", vec!["x".to_owned()]),
        ("an empty header", vec![String::new()]),
        ("another signature", vec![format!("{message}.{zeros}")]),
        ("no signature", vec![format!("{message}.")]),
        (
            "two headers",
            vec![good.sign(), good.clone().claim("jti", json!("two")).sign()],
        ),
        (
            "two proofs in one header",
            vec![format!("{signed}, {signed}")],
        ),
    ]);
    broken
}

/// P38: each part of a proof is looked at.
/// Stands for `dpop-negative-tests`.
#[tokio::test]
async fn no_broken_proof_opens_the_userinfo_endpoint() {
    let bound = Bound::new().await;
    let token = bound.tokens("openid").await.access_token;
    let good = bound.telling(&token);
    let mut broken = broken(&good);
    broken.extend([
        ("no proof", vec![]),
        (
            "no ath",
            vec![good.clone().claim("ath", Value::Null).sign()],
        ),
        ("another ath", vec![good.clone().for_token("other").sign()]),
        (
            "htm POST",
            vec![good.clone().claim("htm", json!("POST")).sign()],
        ),
    ]);
    for (name, proofs) in broken {
        let answer = bound.asks("DPoP", &token, &proofs).await;
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
        assert_eq!(answer.json()["error"], "invalid_dpop_proof", "{name}");
        let challenges = challenges(&answer);
        assert_eq!(challenges.len(), 1, "{name}: {challenges:?}");
        assert!(challenges[0].starts_with("DPoP realm=\"doorward\", algs=\"ES256"));
        assert!(challenges[0].contains("error=\"invalid_dpop_proof\""));
    }
    // A good proof of another key proves that key, and the token is not bound to it.
    let other = bound
        .scene
        .provider
        .proving(&bound.app, &DpopKey::generate("ES256"));
    let answer = other.userinfo(&token).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"], "invalid_token");
    assert_eq!(bound.asks("DPoP", &token, &[good.sign()]).await.status, 200);
    bound.scene.provider.assert_never_recorded(&[&token]).await;
}

/// Nothing is spent for a proof that proves nothing: neither the code nor the proof.
#[tokio::test]
async fn no_broken_proof_gets_tokens() {
    let bound = Bound::new().await;
    let code = bound.scene.code(&bound.app).await;
    let verifier = code.code_verifier.as_deref().expect("PKCE");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", &code.value),
        ("redirect_uri", &code.redirect_uri),
        ("code_verifier", verifier),
    ];
    let bare = bound.scene.provider.token(&bound.app);
    let good = bound.proof("POST", "/token");
    let send = async |proofs: &[String]| {
        let mut headers = HeaderMap::new();
        for proof in proofs {
            headers.append("dpop", HeaderValue::from_str(proof).expect("a header"));
        }
        bare.raw(&form, headers).await
    };
    for (name, proofs) in broken(&good) {
        let answer = send(&proofs).await;
        assert_eq!(answer.json()["error"], "invalid_dpop_proof", "{name}");
        answer.assert_error("invalid_dpop_proof");
    }
    send(&[good.sign()]).await.assert_bound();
}

#[tokio::test]
async fn a_private_key_in_a_proof_is_refused() {
    let bound = Bound::new().await;
    let token = bound.tokens("openid").await.access_token;
    let mut jwk = bound.key.jwk();
    jwk["d"] = json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    let proof = bound.telling(&token).header("jwk", jwk).sign();
    let answer = bound.asks("DPoP", &token, &[proof]).await;
    assert_eq!(answer.json()["error"], "invalid_dpop_proof");
    let description = answer.json()["error_description"].to_string();
    let (_, reference) = description.split_once("(reference ").expect("a reference");
    let reference = reference.trim_end_matches([')', '"']);
    let reason = bound.scene.provider.refusal(reference).await.reason;
    assert!(reason.contains("private or symmetric"), "{reason}");
}

/// Stands for `check-dpop-proof-nbf-exp`, `ensure-dpopproof-with-iat-10seconds-before-succeeds`,
/// `ensure-dpopproof-with-iat-10seconds-after-succeeds`, and for what `dpop-negative-tests` wants accepted.
#[tokio::test]
async fn what_is_said_besides_or_in_another_way_takes_nothing_from_a_proof() {
    let bound = Bound::new().await;
    let token = bound.tokens("openid").await.access_token;
    let good = bound.telling(&token);
    let ours = bound.scene.provider.url("/userinfo");
    for (name, draft) in [
        (
            "nbf and exp",
            good.clone()
                .claim("nbf", json!(START))
                .claim("exp", json!(START + 300)),
        ),
        (
            "10 seconds ago",
            good.clone().claim("iat", json!(START - 10)),
        ),
        (
            "in 10 seconds",
            good.clone().claim("iat", json!(START + 10)),
        ),
        (
            "a query",
            good.clone().claim("htu", json!(format!("{ours}?a=b"))),
        ),
        (
            "a fragment",
            good.clone().claim("htu", json!(format!("{ours}#a"))),
        ),
        (
            "upper case",
            good.clone()
                .claim("htu", json!(ours.replace("http", "HTTP"))),
        ),
        ("another claim", good.clone().claim("aud", json!("anybody"))),
        ("another member", good.clone().header("kid", json!("mine"))),
    ] {
        let proof = draft.claim("jti", json!(name)).sign();
        let answer = bound.asks("DPoP", &token, &[proof]).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
    }
}
