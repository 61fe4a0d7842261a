use josekit::jwk::alg::ec::EcCurve;
use josekit::jwk::alg::ed::EdCurve;
use serde_json::json;

use super::*;
use crate::jose::{Pace, StoredKey, Typ};
use crate::keys::Life;
use crate::seal::{RootKey, Sealer};
use crate::testing::{FixedRandom, NOW};

fn text(pem: Vec<u8>) -> String {
    String::from_utf8(pem).unwrap()
}

fn rsa() -> RsaKeyPair {
    RsaKeyPair::generate(2048).unwrap()
}

fn import(text: &str) -> Result<SigningKey, ImportRefused> {
    SigningKey::import(text, ImportAs::default())
}

fn named(kid: &str) -> ImportAs {
    ImportAs {
        kid: Some(kid.to_owned()),
        algorithm: None,
    }
}

fn sealer() -> Sealer {
    RootKey::generate(&FixedRandom::default()).sealer("signing-key")
}

fn stored(key: &SigningKey) -> StoredKey {
    key.seal(&sealer(), &FixedRandom::default(), NOW, Life::at_once(NOW))
}

/// [RFC 5958](https://www.rfc-editor.org/rfc/rfc5958), [RFC 8017 section A.1.2](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2),
/// [RFC 5915 section 3](https://www.rfc-editor.org/rfc/rfc5915#section-3).
#[test]
fn every_usual_form_of_a_private_key_is_read() {
    let (rsa, p256) = (rsa(), EcKeyPair::generate(EcCurve::P256).unwrap());
    let p384 = EcKeyPair::generate(EcCurve::P384).unwrap();
    let p521 = EcKeyPair::generate(EcCurve::P521).unwrap();
    let ed25519 = EdKeyPair::generate(EdCurve::Ed25519).unwrap();
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    for (form, algorithm) in [
        (text(rsa.to_pem_private_key()), Algorithm::Rs256),
        (text(rsa.to_traditional_pem_private_key()), Algorithm::Rs256),
        (rsa.to_jwk_key_pair().to_string(), Algorithm::Rs256),
        (text(p256.to_pem_private_key()), Algorithm::Es256),
        (
            parameters.to_owned() + &text(p256.to_traditional_pem_private_key()),
            Algorithm::Es256,
        ),
        (
            text(p384.to_traditional_pem_private_key()),
            Algorithm::Es384,
        ),
        (text(p521.to_pem_private_key()), Algorithm::Es512),
        (p521.to_jwk_key_pair().to_string(), Algorithm::Es512),
        (text(ed25519.to_pem_private_key()), Algorithm::EdDsa),
        (ed25519.to_jwk_key_pair().to_string(), Algorithm::EdDsa),
    ] {
        let key = import(&form).unwrap_or_else(|refused| panic!("{refused}: {form}"));
        assert_eq!(key.algorithm(), algorithm, "{form}");
        assert_eq!(key.kid().len(), 43, "its thumbprint");
    }
}

/// A migration keeps its `kid`, and what was signed before it verifies.
#[test]
fn a_key_keeps_the_name_that_it_had() {
    let pem = text(rsa().to_pem_private_key());
    let key = SigningKey::import(&pem, named("2019-key/1")).unwrap();
    let stored = stored(&key);
    assert_eq!(stored.kid, "2019-key/1");
    let opened = SigningKey::unseal(&stored, &sealer()).unwrap();
    assert_eq!(opened.kid(), "2019-key/1");
    let token = opened.sign(Typ::IdToken, &json!({})).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = crate::jose::base64url::decode(signature).unwrap();
    assert!(key.signed(message, &signature));

    let mut jwk = rsa().to_jwk_key_pair();
    jwk.set_key_id("of the set");
    jwk.set_algorithm("PS256");
    let own = import(&jwk.to_string()).unwrap();
    assert_eq!(
        (own.kid(), own.algorithm()),
        ("of the set", Algorithm::Ps256)
    );
    let renamed = SigningKey::import(&jwk.to_string(), named("another")).unwrap();
    assert_eq!(renamed.kid(), "another");
    let moved = StoredKey {
        kid: "another".to_owned(),
        ..stored
    };
    assert!(SigningKey::unseal(&moved, &sealer()).is_err());
}

/// K03: nor is a key brought in that is too weak.
#[test]
fn each_key_that_cannot_be_used_is_refused_with_its_reason() {
    let rsa = rsa();
    let pem = text(rsa.to_pem_private_key());
    let jwk = rsa.to_jwk_key_pair();
    let with = |name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk.set_parameter(name, Some(value)).unwrap();
        jwk.to_string()
    };
    let other_private = RsaKeyPair::generate(2048).unwrap().to_jwk_key_pair();
    let (p256, other) = (
        EcKeyPair::generate(EcCurve::P256).unwrap(),
        EcKeyPair::generate(EcCurve::P256).unwrap(),
    );
    let mut mixed = p256.to_jwk_key_pair();
    let d = other.to_jwk_private_key().parameter("d").cloned();
    mixed.set_parameter("d", d).unwrap();
    let secp256k1 = EcKeyPair::generate(EcCurve::Secp256k1).unwrap();
    let ed448 = EdKeyPair::generate(EdCurve::Ed448).unwrap();
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let traditional = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AA\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let short = RsaKeyPair::generate(1024).unwrap();
    let long = with("n", json!(super::super::base64url::encode([0xff; 513])));
    for (file, reason) in [
        (String::new(), ImportRefused::Unreadable),
        ("{".to_owned(), ImportRefused::Unreadable),
        ("ssh-ed25519 AAAA".to_owned(), ImportRefused::Unreadable),
        (encrypted.to_owned(), ImportRefused::Encrypted),
        (traditional.to_owned(), ImportRefused::Encrypted),
        (text(rsa.to_pem_public_key()), ImportRefused::PublicOnly),
        (
            rsa.to_jwk_public_key().to_string(),
            ImportRefused::PublicOnly,
        ),
        (format!("{pem}{pem}"), ImportRefused::Several),
        (r#"{"keys":[]}"#.to_owned(), ImportRefused::Several),
        (with("use", json!("enc")), ImportRefused::OtherUse),
        (with("key_ops", json!(["verify"])), ImportRefused::OtherUse),
        (
            with("alg", json!("RSA-OAEP-256")),
            ImportRefused::OtherAlgorithm("RSA-OAEP-256".to_owned()),
        ),
        (
            with("alg", json!("ES256")),
            ImportRefused::OtherAlgorithm("ES256".to_owned()),
        ),
        (with("kid", json!("")), ImportRefused::Kid),
        (with("kid", json!("a\nb")), ImportRefused::Kid),
        (
            text(short.to_pem_private_key()),
            ImportRefused::TooShort(1024),
        ),
        (long, ImportRefused::TooLong(4104)),
        (
            text(secp256k1.to_pem_private_key()),
            ImportRefused::OtherKind,
        ),
        (text(ed448.to_pem_private_key()), ImportRefused::OtherKind),
        (
            r#"{"kty":"oct","k":"AQ"}"#.to_owned(),
            ImportRefused::OtherKind,
        ),
        (
            with("n", other_private.parameter("n").unwrap().clone()),
            ImportRefused::Inconsistent,
        ),
    ] {
        let refused = import(&file).map(|key| key.kid().to_owned());
        assert_eq!(refused, Err(reason), "{file}");
    }
    let mixed = import(&mixed.to_string()).map(|_| ());
    assert!(mixed.is_err(), "{mixed:?}");
    let wanted = ImportAs {
        kid: None,
        algorithm: Some(Algorithm::Es256),
    };
    let refused = SigningKey::import(&pem, wanted).map(|_| ());
    let reason = ImportRefused::OtherAlgorithm("ES256".to_owned());
    assert_eq!(refused, Err(reason));
}

/// What is stored of a key in hardware is sealed as well, so that nobody puts in another.
#[test]
fn a_key_in_hardware_is_stored_with_its_place_and_signs_when_something_leads_there() {
    let pair = EcKeyPair::generate(EcCurve::P256).unwrap();
    let own = import(&text(pair.to_pem_private_key())).unwrap();
    let jwk = PrivateJwk::of(pair.to_jwk_public_key());
    let point = [&[4], &**jwk.bytes("x").unwrap(), &**jwk.bytes("y").unwrap()].concat();
    let place = HardwareKey {
        label: "signing".to_owned(),
        id: "a1".to_owned(),
    };
    let key =
        SigningKey::in_hardware(&PublicNumbers::Point(point), &place, ImportAs::default()).unwrap();
    let opened = SigningKey::unseal(&stored(&key), &sealer()).unwrap();
    assert_eq!(opened.hardware(), Some(&place));
    assert_eq!(opened.kid(), own.kid());
    assert_eq!(opened.pace(), Pace::Elsewhere);
    let refused = opened.sign(Typ::IdToken, &json!({})).unwrap_err();
    assert!(refused.to_string().contains("pkcs11.module"), "{refused}");
    assert!(opened.prove().is_err());

    let jwk = serde_json::to_string(&opened.public_jwk()).unwrap();
    assert!(!jwk.contains("pkcs11"), "{jwk}");
    let reached = opened.signing_by(Box::new(Own(own)));
    assert!(reached.prove().is_ok());
}

struct Own(SigningKey);

impl crate::jose::Signer for Own {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, crate::jose::NoSignature> {
        let signed = self.0.sign_message(std::str::from_utf8(message)?);
        let (_, signature) = signed.rsplit_once('.').unwrap_or_default();
        crate::jose::base64url::decode(signature).ok_or_else(|| "no signature".into())
    }

    fn pace(&self) -> Pace {
        Pace::Elsewhere
    }
}

/// [RFC 7468 section 13](https://www.rfc-editor.org/rfc/rfc7468#section-13): what other programs read.
#[test]
fn a_public_key_is_written_as_openssl_writes_it() {
    let ec = |curve| EcKeyPair::generate(curve).unwrap();
    let (rsa, ed25519) = (rsa(), EdKeyPair::generate(EdCurve::Ed25519).unwrap());
    let pairs: [&dyn KeyPair; 5] = [
        &rsa,
        &ec(EcCurve::P256),
        &ec(EcCurve::P384),
        &ec(EcCurve::P521),
        &ed25519,
    ];
    for pair in pairs {
        let key = import(&text(pair.to_pem_private_key())).unwrap();
        assert_eq!(key.public_pem(), Some(text(pair.to_pem_public_key())));
    }
}
