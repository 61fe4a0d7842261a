//! The signing key of another provider, which applications know already.

use std::process::{Command, Stdio};

use doorward_core::jose::{ImportAs, SigningKey, Typ};
use doorward_tests::id_token::IdToken;
use doorward_tests::serving::{Installation, Node, eventually};
use reqwest::{Client, StatusCode};
use serde_json::json;

use super::client::{document, redeem};
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";
const KID: &str = "2021-key";

/// Writes the key that openssl makes with these arguments, and returns it.
fn key_file(installation: &Installation, name: &str, arguments: &[&str]) -> String {
    let file = installation.path(name);
    let mut openssl = Command::new("openssl");
    let (command, options) = arguments.split_first().expect("a command of openssl");
    openssl.arg(command).arg("-out").arg(&file).args(options);
    let made = openssl.stderr(Stdio::null()).status();
    assert!(made.expect("openssl runs").success(), "{arguments:?}");
    std::fs::read_to_string(file).expect("openssl wrote it")
}

/// What becomes of somebody who signs out with this hint.
async fn signs_out(node: &Node, hint: &str) -> StatusCode {
    // A signed token has no character that a query would have to escape.
    let address = node.url(&format!("/logout?id_token_hint={hint}"));
    let answer = Client::new().get(address).send().await;
    answer.expect("an answer").status()
}

/// An ID Token that says the same and was signed long before.
fn old_token(key: &SigningKey, now: &IdToken) -> String {
    let mut claims = now.claims.clone();
    claims.insert("iat".to_owned(), json!(1_600_000_000));
    claims.insert("exp".to_owned(), json!(1_600_000_600));
    key.sign(Typ::IdToken, &claims).expect("a signature")
}

#[tokio::test]
async fn a_key_of_another_provider_keeps_its_name_and_its_tokens_are_known() {
    let Some(installation) = Installation::new("") else {
        return;
    };
    let pem = key_file(&installation, "old.pem", &["genrsa", "3072"]);
    let file = installation.path("old.pem");
    let file = file.to_str().expect("a readable path");
    let import = ["keys", "import", file, "--kid", KID, "--state", "active"];
    let dry_run = [&import[..], &["--dry-run"]].concat();
    assert_eq!(installation.ask(&dry_run, "").await["kid"], KID);
    assert_eq!(installation.ask(&["keys", "list"], "").await, json!([]));
    let imported = installation.ask(&import, "").await;
    let expected = json!({
        "kid": KID, "algorithm": "RS256", "state": "active", "pkcs11": null, "dry_run": false
    });
    assert_eq!(imported, expected);

    installation.add_person(USERNAME, PASSWORD).await;
    let shop = installation.add_application("shop", CALLBACK, &[]).await;
    let node = installation.serve().await;
    let code = Visitor::new()
        .code(&node, &shop, &[("scope", "openid")])
        .await;
    let id_token = redeem(&node, &shop, &code).await.text("id_token");
    let jwks = document(&node, "/jwks").await.json;
    let id_token = IdToken::verify(&id_token, &jwks);
    assert_eq!(id_token.header["kid"], KID);

    let named = ImportAs {
        kid: Some(KID.to_owned()),
        algorithm: None,
    };
    let old = SigningKey::import(&pem, named.clone()).expect("the key can be used");
    let other = key_file(&installation, "other.pem", &["genrsa", "2048"]);
    let other = SigningKey::import(&other, named).expect("the key can be used");
    let known = signs_out(&node, &old_token(&old, &id_token)).await;
    assert_eq!(known, StatusCode::OK);
    let forged = signs_out(&node, &old_token(&other, &id_token)).await;
    assert_eq!(forged, StatusCode::BAD_REQUEST);
}

/// K03: a weak key is not brought in.
#[tokio::test]
async fn what_cannot_be_imported_is_refused_with_what_to_do() {
    let Some(installation) = Installation::new("") else {
        return;
    };
    key_file(&installation, "good.pem", &["genrsa", "2048"]);
    key_file(&installation, "short.pem", &["genrsa", "1024"]);
    let locked = ["genrsa", "-aes256", "-passout", "pass:hush", "2048"];
    key_file(&installation, "locked.pem", &locked);
    let curve = ["ecparam", "-name", "secp256k1", "-genkey", "-noout"];
    key_file(&installation, "curve.pem", &curve);
    let good = installation.path("good.pem");
    let good = good.to_str().expect("a readable path");
    let public = ["pkey", "-pubout", "-in", good];
    key_file(&installation, "public.pem", &public);
    let refused = async |name: &str, arguments: &[&str]| {
        let file = installation.path(name);
        let file = file.to_str().expect("a readable path");
        let import = [&["keys", "import", file], arguments].concat();
        let ran = installation.run(&import, "").await;
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.output);
        ran.errors
    };
    for (name, advice) in [
        ("short.pem", "1024 bits"),
        ("locked.pem", "without a password"),
        ("curve.pem", "P-256"),
        ("public.pem", "public key only"),
        ("absent.pem", "No such file"),
    ] {
        let said = refused(name, &[]).await;
        assert!(said.contains(advice), "{name}: {said}");
    }
    let import = ["keys", "import", good, "--kid", "a"];
    installation.ask(&import, "").await;
    let taken = refused("good.pem", &["--kid", "a"]).await;
    assert!(taken.contains("another --kid"), "{taken}");
    let elsewhere = refused("good.pem", &["--algorithm", "ES256"]).await;
    assert!(elsewhere.contains("--algorithm"), "{elsewhere}");
}

/// Whoever reads no JWK gets the same keys.
#[tokio::test]
async fn public_keys_are_printed_as_they_are_published() {
    let Some(installation) = Installation::new("") else {
        return;
    };
    key_file(&installation, "old.pem", &["genrsa", "2048"]);
    let file = installation.path("old.pem");
    let file = file.to_str().expect("a readable path");
    installation
        .ask(&["keys", "import", file, "--kid", KID], "")
        .await;
    let node = installation.serve().await;
    let export = ["keys", "export-public"];
    let printed = installation.ask(&export, "").await;
    eventually("what is printed is published", async || {
        let published = document(&node, "/jwks").await.json;
        (printed == published).then_some(())
    })
    .await;
    let one = [&export[..], &["--kid", KID]].concat();
    let one = installation.ask(&one, "").await;
    assert_eq!(one["kid"], KID);
    assert!(one.get("d").is_none());

    let written = key_file(
        &installation,
        "public.pem",
        &["pkey", "-pubout", "-in", file],
    );
    let pem = [&export[..], &["--kid", KID, "--format", "pem"]].concat();
    let ran = installation.run(&pem, "").await;
    assert_eq!(ran.output.trim(), written.trim());
    let all = [&export[..], &["--format", "pem"]].concat();
    let all = installation.run(&all, "").await.output;
    assert_eq!(all.matches("BEGIN PUBLIC KEY").count(), 5, "{all}");
}
