//! The key-encryption key is changed while people and applications go on, and what came of the old one stays.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use doorward::ambient::SystemClock;
use doorward_core::Clock as _;
use doorward_core::seal::KeyEncryptionKey;
use doorward_tests::assertion_key::by_secret;
use doorward_tests::clock::{SystemRandom, random_text};
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::serving::{Application, Installation, Node, eventually};
use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::{Value, json};

use super::client::{basic, document, post, redeem, refresh, userinfo};
use super::cluster::Cluster;
use super::visitor::{PASSWORD, USERNAME, Visitor};

const OFFLINE: [(&str, &str); 1] = [("scope", "openid offline_access")];

/// A request that fails for its token alone once the client is known.
const GARBAGE: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "x")];

on_every_directory![no_request_is_lost_while_the_key_is_changed_and_nodes_start_with_the_new_one];

/// A key that nobody has had before, and its name.
fn new_key() -> (String, String) {
    let key = KeyEncryptionKey::generate(&SystemRandom);
    (key.to_text().to_string(), key.fingerprint().to_string())
}

fn put_key(installation: &Installation, keys: &[&str]) {
    fs::write(installation.key_file(), keys.join("\n")).expect("the file is there");
}

fn present_key(installation: &Installation) -> String {
    let text = fs::read_to_string(installation.key_file()).expect("the file is there");
    text.trim().to_owned()
}

/// Changes the key as `doorward keys rewrap --help` says, and returns the new one and the fingerprints of both.
async fn change_key(installation: &Installation) -> (String, [String; 2]) {
    let (old, (new, fingerprint)) = (present_key(installation), new_key());
    put_key(installation, &[&new, &old]);
    let changed = installation.ask(&["keys", "rewrap"], "").await;
    assert_eq!(
        (&changed["stage"], &changed["sealed_by"]),
        (&json!("done"), &json!(fingerprint))
    );
    put_key(installation, &[&new]);
    let before = changed["sealed_by_before"].as_str().expect("a fingerprint");
    (new, [fingerprint, before.to_owned()])
}

/// Somebody who goes on signing in, asking and refreshing, on either node. Whatever fails, fails the test.
async fn work(cluster: &Cluster, turns: &AtomicUsize) {
    let nodes = [&cluster.one, &cluster.other];
    let alice = Visitor::new();
    let code = alice.code(&cluster.one, &cluster.shop, &OFFLINE).await;
    let mut tokens = redeem(&cluster.other, &cluster.shop, &code).await;
    for node in nodes.into_iter().cycle() {
        tokens = refresh(node, &cluster.shop, &tokens.text("refresh_token")).await;
        let about = userinfo(node, &tokens.text("access_token")).await;
        assert_eq!(about.status, 200, "{about:?}");
        let code = alice
            .silently(node, &cluster.shop)
            .await
            .expect("signed in");
        assert_eq!(redeem(node, &cluster.shop, &code).await.status, 200);
        assert_eq!(document(node, "/jwks").await.status, 200);
        turns.fetch_add(1, Ordering::Relaxed);
    }
}

/// Changes the key three times, each while so much work is done that none of it can have come to pass before or after.
async fn changes(cluster: &Cluster, turns: &AtomicUsize) -> (String, [String; 2]) {
    let mut last = Default::default();
    for _ in 0..3 {
        let done = turns.load(Ordering::Relaxed);
        last = change_key(&cluster.installation).await;
        eventually("work goes on", async || {
            (turns.load(Ordering::Relaxed) > done + 4).then_some(())
        })
        .await;
    }
    last
}

/// K01: running nodes notice nothing; the next start takes the new key and no other.
async fn no_request_is_lost_while_the_key_is_changed_and_nodes_start_with_the_new_one(
    cluster: Cluster,
) {
    let first = present_key(&cluster.installation);
    let turns = AtomicUsize::new(0);
    let working = async {
        tokio::join!(work(&cluster, &turns), work(&cluster, &turns));
    };
    let (new, fingerprints) = tokio::select! {
        () = working => unreachable!("work never ends"),
        last = changes(&cluster, &turns) => last,
    };
    let alice = Visitor::new();
    alice.code(&cluster.one, &cluster.shop, &[]).await;
    let Cluster {
        installation,
        one,
        other,
        shop,
        _redis,
    } = cluster;
    let places = [one.place.clone(), other.place.clone()];
    one.process.terminate().await;
    other.process.terminate().await;

    put_key(&installation, &[&first]);
    let refused = installation
        .run(&["serve", "--listen", "127.0.0.1:0"], "")
        .await;
    assert_eq!(refused.code, Some(1), "{}", refused.errors);
    let (_, error) = refused.errors.rsplit_once("error: ").expect("an error");
    assert!(error.contains(&fingerprints[0]), "{error}");
    assert!(error.contains("key-encryption-key holds"), "{error}");

    put_key(&installation, &[&new]);
    for place in places {
        let node = installation.serve_again(&place).await;
        alice
            .silently(&node, &shop)
            .await
            .expect("signed in as before");
        node.process.terminate().await;
    }
}

/// What comes of the root key, as applications see it.
#[derive(Debug, PartialEq)]
struct Derived {
    jwks: Value,
    pairwise: String,
    /// Whether the secret that is made again was.
    proven: String,
}

/// An installation with an application of each kind for which something is derived.
struct Derivation {
    installation: Installation,
    shop: Application,
    survey: Application,
    till: Application,
    alice: Visitor,
    key: DpopKey,
}

impl Derivation {
    async fn new() -> Option<Self> {
        let installation = Installation::new("[dpop]\nnonce = \"required\"")?;
        installation.add_person(USERNAME, PASSWORD).await;
        let add = async |id: &str, more: &[&str]| {
            let callback = format!("https://{id}.example/callback");
            installation.add_application(id, &callback, more).await
        };
        Some(Self {
            shop: add("shop", &[]).await,
            survey: add("survey", &["--subject-type", "pairwise"]).await,
            till: add("till", &["--auth-method", "client_secret_jwt"]).await,
            installation,
            alice: Visitor::new(),
            key: DpopKey::generate("ES256"),
        })
    }

    async fn derived(&self, node: &Node) -> Derived {
        let code = self
            .alice
            .silently(node, &self.survey)
            .await
            .expect("signed in");
        let tokens = redeem(node, &self.survey, &code).await;
        let about = userinfo(node, &tokens.text("access_token")).await;
        Derived {
            jwks: document(node, "/jwks").await.json,
            pairwise: about.text("sub"),
            proven: self.proven(node).await,
        }
    }

    /// What the application is told that proves its secret without sending it.
    async fn proven(&self, node: &Node) -> String {
        let claims = json!({
            "iss": self.till.id,
            "sub": self.till.id,
            "aud": node.place.issuer,
            "jti": random_text(),
            "exp": SystemClock.now().as_seconds() + 60,
        });
        let assertion = by_secret("HS256", &claims, self.till.secret.as_bytes());
        let proof = [
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion.as_str()),
        ];
        post(node, &[], &[proof, GARBAGE].concat())
            .await
            .text("error")
    }

    /// What the application is told that proves its key with this nonce, and the nonce that it is given.
    async fn nonce(&self, node: &Node, nonce: Option<&str>) -> (String, String) {
        let address = format!("{}/token", node.place.issuer);
        let proof = self
            .key
            .proof("POST", &address, SystemClock.now().as_seconds());
        let proof = proof.claim("nonce", json!(nonce)).sign();
        let headers = [
            (AUTHORIZATION, basic(&self.shop)),
            (HeaderName::from_static("dpop"), proof),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (name.clone(), value.as_str()));
        let answer = post(node, &headers, &GARBAGE).await;
        let given = answer
            .headers
            .get("dpop-nonce")
            .and_then(|nonce| nonce.to_str().ok());
        (answer.text("error"), given.unwrap_or_default().to_owned())
    }
}

/// K01, P45: signing keys, pairwise subjects, secrets that are made again, nonces and sessions come of the root key, which stays.
#[tokio::test]
async fn what_comes_of_the_root_key_is_the_same_after_the_key_was_changed() {
    let Some(scene) = Derivation::new().await else {
        return;
    };
    let node = scene.installation.serve().await;
    scene.alice.code(&node, &scene.shop, &[]).await;
    let before = scene.derived(&node).await;
    assert_eq!(
        before.proven, "invalid_grant",
        "it is who it says, and its token is none"
    );
    let (sent_back, nonce) = scene.nonce(&node, None).await;
    assert_eq!(sent_back, "use_dpop_nonce");

    change_key(&scene.installation).await;
    assert_eq!(scene.derived(&node).await, before, "the node goes on");
    let place = node.place.clone();
    node.process.terminate().await;
    let node = scene.installation.serve_again(&place).await;
    assert_eq!(scene.derived(&node).await, before);
    let (answer, _) = scene.nonce(&node, Some(&nonce)).await;
    assert_eq!(answer, "invalid_grant", "the nonce is known");
}
