//! Nothing that is written or answered holds a key that has to stay secret.

use std::fs;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use doorward_tests::serving::Installation;
use serde_json::Value;

use super::client::{document, redeem};
use super::visitor::{PASSWORD, USERNAME, Visitor};

/// Opens what is sealed for `purpose` beside `context`, without the provider's code.
fn open(key: &[u8], purpose: &str, context: &str, sealed: &[u8]) -> Vec<u8> {
    let prk = Salt::new(HKDF_SHA256, b"doorward").extract(key);
    let purpose = [purpose.as_bytes()];
    let derived = prk.expand(&purpose, &AES_256_GCM).expect("a key");
    let key = LessSafeKey::new(UnboundKey::from(derived));
    let (nonce, body) = sealed.split_at(NONCE_LEN);
    let nonce = Nonce::try_assume_unique_for_key(nonce).expect("a nonce");
    let mut body = body.to_vec();
    let context = Aad::from(context.as_bytes());
    let plain = key.open_in_place(nonce, context, &mut body);
    plain.expect("it opens").to_vec()
}

fn from_hexadecimal(text: &str) -> Vec<u8> {
    let digits = text.trim().as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.map(byte).collect::<Option<_>>().expect("digits")
}

/// The key-encryption key, the root key, and the private parts of the signing keys.
async fn secrets(installation: &Installation) -> Vec<Vec<u8>> {
    let key = fs::read_to_string(installation.key_file()).expect("the key");
    let key = from_hexadecimal(&key);
    let directory = installation.directory().await;
    let stored = directory.root_key().present().await.expect("it answers");
    let stored = stored.expect("a root key");
    let root = open(
        &key,
        "root-key",
        &stored.sealed_by.to_string(),
        &stored.sealed,
    );
    let mut secrets = vec![key, root.clone()];
    for stored in directory.keys().all().await.expect("it answers") {
        let jwk = open(&root, "signing-key", &stored.kid, &stored.sealed);
        let jwk: Value = serde_json::from_slice(&jwk).expect("a JWK");
        for member in ["d", "p", "q"] {
            let value = jwk[member]
                .as_str()
                .map(|text| BASE64_URL_SAFE_NO_PAD.decode(text));
            secrets.extend(value.map(|bytes| bytes.expect("base64url")));
        }
    }
    assert!(secrets.len() > 2 + 4, "RSA keys have three numbers each");
    secrets
}

/// The ways in which a secret may be written: its bytes, and its first half as text of each usual kind.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    // A multiple of three, so that what follows changes no character.
    let part = &secret[..15];
    let digits = part.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hexadecimal: String = digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    vec![
        part.to_vec(),
        hexadecimal.to_uppercase().into_bytes(),
        hexadecimal.into_bytes(),
        BASE64_URL_SAFE_NO_PAD.encode(part).into_bytes(),
        BASE64_STANDARD_NO_PAD.encode(part).into_bytes(),
    ]
}

/// Every file of a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a file")))
        .collect()
}

/// K01: private keys, the root key and the key-encryption key are in no file but the last one's own, in no log and in no answer.
#[tokio::test]
async fn no_file_log_or_answer_holds_a_secret_key() {
    let Some(installation) = Installation::new("[log]\nfilter = \"trace\"") else {
        return;
    };
    installation.add_person(USERNAME, PASSWORD).await;
    let callback = "https://shop.example/callback";
    let shop = installation.add_application("shop", callback, &[]).await;
    let node = installation.serve().await;
    let code = Visitor::new().code(&node, &shop, &[]).await;
    let tokens = redeem(&node, &shop, &code).await;
    let mut written = vec![("tokens".to_owned(), tokens.json.to_string().into_bytes())];
    for path in ["/jwks", "/.well-known/openid-configuration"] {
        let answer = document(&node, path).await.json.to_string();
        written.push((path.to_owned(), answer.into_bytes()));
    }
    for command in [
        &["keys", "list"][..],
        &["keys", "rewrap", "--dry-run"],
        &["config", "show"],
        &["client", "show", "shop"],
        &["user", "show", USERNAME],
    ] {
        let ran = installation.run(command, "").await;
        assert_eq!(ran.code, Some(0), "{command:?}: {}", ran.errors);
        written.push((command.join(" "), (ran.output + &ran.errors).into_bytes()));
    }
    for command in ["backup", "export"] {
        let file = installation.path(command);
        installation
            .ask(&[command, file.to_str().expect("a path")], "")
            .await;
    }
    let secrets = secrets(&installation).await;
    written.extend(files(&installation.path("")));
    written.extend(files(&installation.path("data")));
    written.retain(|(name, _)| Path::new(name) != installation.key_file());
    written.push(("the log".to_owned(), node.process.output().into_bytes()));
    assert!(written.len() > 12, "databases, archives, answers and a log");

    for form in secrets.iter().flat_map(|secret| forms(secret)) {
        for (name, bytes) in &written {
            let is_there = bytes.windows(form.len()).any(|part| part == form);
            assert!(!is_there, "a secret key is in {name}");
        }
    }
}
