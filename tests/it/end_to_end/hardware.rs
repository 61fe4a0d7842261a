//! Signing keys that never leave hardware: `SoftHSM` keeps them, and Doorward asks it for signatures.

use std::time::Duration;

use doorward_tests::id_token::IdToken;
use doorward_tests::serving::{Application, Installation, Node, eventually};
use doorward_tests::softhsm::SoftHsm;
use openidconnect::core::CoreJwsSigningAlgorithm;
use reqwest::{Client, StatusCode};
use tokio::time::timeout;

use super::client::{document, redeem};
use super::relying_party::signs_in_at;
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";

const RSA: [&str; 4] = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];

/// An elliptic curve by its name.
const fn curve(parameter: &'static str) -> [&'static str; 6] {
    let named = "ec_param_enc:named_curve";
    ["-algorithm", "EC", "-pkeyopt", parameter, "-pkeyopt", named]
}

fn installation(softhsm: &SoftHsm) -> Option<Installation> {
    let installation = Installation::new(&softhsm.settings())?;
    Some(installation.with_variable(softhsm.variable()))
}

/// Lets the key of this label sign, from the first start on.
async fn import(installation: &Installation, label: &str, algorithm: &str) -> String {
    let arguments = [
        "keys",
        "import",
        "--pkcs11",
        label,
        "--algorithm",
        algorithm,
    ];
    let arguments = [&arguments[..], &["--state", "active"]].concat();
    let imported = installation.ask(&arguments, "").await;
    assert_eq!(imported["pkcs11"], label);
    imported["kid"].as_str().expect("a name").to_owned()
}

/// A relying party of others verifies what the key that openssl makes with these arguments signs in hardware.
async fn is_verified(name: &str, algorithm: CoreJwsSigningAlgorithm, key: &[&str]) {
    let Some(softhsm) = SoftHsm::new() else {
        return;
    };
    softhsm.add_key("signing", "a1", key);
    let Some(installation) = installation(&softhsm) else {
        return;
    };
    import(&installation, "signing", name).await;
    signs_in_at(installation, name, algorithm).await;
}

/// [RFC 8017 section 8.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2).
#[tokio::test]
async fn a_relying_party_of_others_verifies_rs256_of_hardware() {
    is_verified("RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, &RSA).await;
}

/// [RFC 7518 section 3.5](https://www.rfc-editor.org/rfc/rfc7518#section-3.5).
#[tokio::test]
async fn a_relying_party_of_others_verifies_ps256_of_hardware() {
    is_verified("PS256", CoreJwsSigningAlgorithm::RsaSsaPssSha256, &RSA).await;
}

/// [RFC 7518 section 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4).
#[tokio::test]
async fn a_relying_party_of_others_verifies_es256_of_hardware() {
    let key = curve("ec_paramgen_curve:P-256");
    is_verified("ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256, &key).await;
}

#[tokio::test]
async fn a_relying_party_of_others_verifies_es384_of_hardware() {
    let key = curve("ec_paramgen_curve:P-384");
    is_verified("ES384", CoreJwsSigningAlgorithm::EcdsaP384Sha384, &key).await;
}

/// [RFC 8037 section 3.1](https://www.rfc-editor.org/rfc/rfc8037#section-3.1).
#[tokio::test]
async fn a_relying_party_of_others_verifies_eddsa_of_hardware() {
    let key = ["-algorithm", "ED25519"];
    is_verified("EdDSA", CoreJwsSigningAlgorithm::EdDsa, &key).await;
}

/// Alice is signed in, and the shop's ID Tokens are signed in hardware.
struct Scene {
    softhsm: SoftHsm,
    installation: Installation,
    shop: Application,
    alice: Visitor,
}

impl Scene {
    async fn new() -> Option<Self> {
        Self::signing("RS256", &RSA).await
    }

    /// The same with the key that openssl makes with these arguments.
    async fn signing(algorithm: &str, key: &[&str]) -> Option<Self> {
        let softhsm = SoftHsm::new()?;
        softhsm.add_key("signing", "a1", key);
        let installation = installation(&softhsm)?;
        import(&installation, "signing", algorithm).await;
        installation.add_person(USERNAME, PASSWORD).await;
        let signed = ["--algorithm", algorithm];
        let shop = installation.add_application("shop", CALLBACK, &signed);
        let shop = shop.await;
        let alice = Visitor::new();
        Some(Self {
            softhsm,
            installation,
            shop,
            alice,
        })
    }

    /// What the token endpoint says to a new code.
    async fn redeemed(&self, node: &Node) -> (StatusCode, String) {
        let code = self.alice.silently(node, &self.shop).await;
        let answer = redeem(node, &self.shop, &code.expect("alice is signed in")).await;
        let error = answer.json["error"].as_str().unwrap_or_default();
        (answer.status, error.to_owned())
    }
}

async fn ready(node: &Node) -> (StatusCode, String) {
    let asked = Client::new().get(node.url("/health/ready"));
    let answer = asked.timeout(Duration::from_secs(20)).send().await;
    let answer = answer.expect("an answer in time");
    (answer.status(), answer.text().await.expect("a text"))
}

const REFUSED: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// [RFC 7518 section 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4), for the curve that the relying party of others does not know.
#[tokio::test]
async fn what_hardware_signs_with_es512_verifies_with_the_key_that_is_published() {
    let key = curve("ec_paramgen_curve:P-521");
    let Some(scene) = Scene::signing("ES512", &key).await else {
        return;
    };
    let node = scene.installation.serve().await;
    let code = scene.alice.code(&node, &scene.shop, &[]).await;
    let answer = redeem(&node, &scene.shop, &code).await;
    let id_token = answer.json["id_token"].as_str().expect("an ID Token");
    let jwks = document(&node, "/jwks").await.json;
    let id_token = IdToken::verify(id_token, &jwks);
    assert_eq!(id_token.header["alg"], "ES512");
}

/// A token that is gone is no token that hangs.
#[tokio::test]
async fn without_its_token_nothing_is_signed_until_it_is_back() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let node = scene.installation.serve().await;
    scene.alice.code(&node, &scene.shop, &[]).await;
    assert_eq!(scene.redeemed(&node).await.0, StatusCode::OK);

    scene.softhsm.take_away();
    eventually("no token is signed", async || {
        let answered = scene.redeemed(&node).await;
        (answered == (REFUSED, "temporarily_unavailable".to_owned())).then_some(())
    })
    .await;
    let (status, said) = ready(&node).await;
    assert_eq!(status, REFUSED);
    assert!(said.contains("hardware"), "{said}");
    let log = node.process.output();
    assert!(log.contains("no token has the label"), "{log}");
    assert_eq!(document(&node, "/jwks").await.status, StatusCode::OK);

    scene.softhsm.bring_back();
    eventually("tokens are signed again", async || {
        let answered = scene.redeemed(&node).await;
        (answered.0 == StatusCode::OK).then_some(())
    })
    .await;
    assert_eq!(ready(&node).await, (StatusCode::OK, "ready\n".to_owned()));
}

/// A node that starts without the token serves what needs none, and is ready once the token is there.
#[tokio::test]
async fn a_node_that_starts_without_the_token_waits_for_it() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    scene.softhsm.take_away();
    let node = scene.installation.serve_unready().await;
    let (status, said) = ready(&node).await;
    assert_eq!(status, REFUSED);
    assert!(said.contains("hardware"), "{said}");
    assert_eq!(document(&node, "/jwks").await.status, StatusCode::OK);

    scene.softhsm.bring_back();
    eventually("the node is ready", async || {
        let answered = ready(&node).await;
        (answered == (StatusCode::OK, "ready\n".to_owned())).then_some(())
    })
    .await;
    scene.alice.code(&node, &scene.shop, &[]).await;
    assert_eq!(scene.redeemed(&node).await.0, StatusCode::OK);
}

/// The PIN may come from a command, and what that says when it fails is no secret.
#[tokio::test]
async fn a_command_may_tell_the_pin() {
    let Some(softhsm) = SoftHsm::new() else {
        return;
    };
    softhsm.add_key("signing", "a1", &curve("ec_paramgen_curve:P-256"));
    let installation = |command: &str| {
        let installation = Installation::new(&softhsm.settings_with(command));
        installation.map(|one| one.with_variable(softhsm.variable()))
    };
    let Some(good) = installation(&softhsm.tells_pin()) else {
        return;
    };
    import(&good, "signing", "ES256").await;
    signs_in_at(good, "ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256).await;
    for (command, reason) in [("exit 3", "exit status: 3"), ("true", "there is none")] {
        let bad = installation(command).expect("the binary is there");
        let ran = bad
            .run(&["keys", "import", "--pkcs11", "signing"], "")
            .await;
        assert_eq!(ran.code, Some(1), "{}", ran.output);
        assert!(ran.errors.contains(reason), "{}", ran.errors);
    }
}

/// A token that does not answer holds up nobody but those who wait for it, and those not for long.
#[tokio::test]
async fn a_token_that_does_not_answer_is_waited_for_in_vain_and_not_for_ever() {
    let Some(scene) = Scene::new().await else {
        return;
    };
    let node = scene.installation.serve().await;
    scene.alice.code(&node, &scene.shop, &[]).await;
    assert_eq!(scene.redeemed(&node).await.0, StatusCode::OK);

    let held = scene.softhsm.hold();
    let refused = (REFUSED, "temporarily_unavailable".to_owned());
    let waiting = async {
        let waiting = (scene.redeemed(&node), scene.redeemed(&node));
        tokio::join!(waiting.0, waiting.1)
    };
    let both = timeout(Duration::from_secs(20), waiting).await;
    assert_eq!(
        both.expect("nobody waits for ever"),
        (refused.clone(), refused)
    );
    assert_eq!(document(&node, "/jwks").await.status, StatusCode::OK);
    let log = node.process.output();
    assert!(
        log.contains("did not answer within") || log.contains("in time"),
        "{log}"
    );

    drop(held);
    eventually("tokens are signed again", async || {
        let answered = scene.redeemed(&node).await;
        (answered.0 == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_hardware_cannot_do_is_refused_when_a_key_is_imported() {
    let Some(softhsm) = SoftHsm::new() else {
        return;
    };
    softhsm.add_key("signing", "a1", &RSA);
    let Some(installation) = installation(&softhsm) else {
        return;
    };
    let refused = async |arguments: &[&str]| {
        let import = [&["keys", "import", "--pkcs11"], arguments].concat();
        let ran = installation.run(&import, "").await;
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.output);
        ran.errors
    };
    let absent = refused(&["other"]).await;
    assert!(absent.contains("no private key \"other\""), "{absent}");
    let elsewhere = refused(&["signing", "--algorithm", "ES256"]).await;
    assert!(elsewhere.contains("not for ES256"), "{elsewhere}");
    softhsm.tell_pin("000000");
    let locked_out = refused(&["signing"]).await;
    assert!(locked_out.contains("refused the PIN"), "{locked_out}");
    assert!(!locked_out.contains("000000"), "{locked_out}");
    softhsm.take_away();
    let gone = refused(&["signing"]).await;
    assert!(gone.contains("no token has the label"), "{gone}");
}
