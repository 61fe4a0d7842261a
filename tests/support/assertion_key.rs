//! Keys of clients, and the assertions that they sign
//! ([RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)), made without the provider's code.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use josekit::JoseError;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jwk::alg::ed::EdCurve;
use josekit::jws::{ES256, EdDSA, JwsSigner, PS256, RS256};
use serde_json::{Value, json};

/// A private key that signs with one algorithm.
#[derive(Clone, Debug)]
pub struct AssertionKey {
    algorithm: &'static str,
    kid: String,
    jwk: Jwk,
}

impl AssertionKey {
    /// A new key for this `alg`, of this name.
    pub fn generate(algorithm: &'static str, kid: &str) -> Self {
        let jwk = match algorithm {
            "RS256" | "PS256" => Jwk::generate_rsa_key(2048),
            "ES256" => Jwk::generate_ec_key(EcCurve::P256),
            "EdDSA" | "Ed25519" => Jwk::generate_ed_key(EdCurve::Ed25519),
            other => panic!("no keys are made for {other}"),
        };
        Self {
            algorithm,
            kid: kid.to_owned(),
            jwk: jwk.expect("a key"),
        }
    }

    /// The public key ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
    pub fn public(&self) -> Value {
        let mut public = self.jwk.to_public_key().expect("a public key");
        public.set_key_id(&self.kid);
        public.set_algorithm(self.algorithm);
        serde_json::to_value(public).expect("JSON")
    }

    /// The private key, for a program of others that signs with it.
    pub fn private(&self) -> Value {
        let mut private = self.jwk.clone();
        private.set_key_id(&self.kid);
        private.set_algorithm(self.algorithm);
        serde_json::to_value(private).expect("JSON")
    }

    /// The set of this one key.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.public()] })
    }

    /// The header of what it signs.
    pub fn header(&self) -> Value {
        json!({"alg": self.algorithm, "kid": self.kid})
    }

    /// Signs claims with the usual header.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&self.header(), claims)
    }

    /// Signs claims with any header.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signer = self.signer().expect("a private key");
        let signature = signer.sign(message.as_bytes()).expect("a signature");
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    fn signer(&self) -> Result<Box<dyn JwsSigner>, JoseError> {
        Ok(match self.algorithm {
            "RS256" => Box::new(RS256.signer_from_jwk(&self.jwk)?),
            "PS256" => Box::new(PS256.signer_from_jwk(&self.jwk)?),
            "ES256" => Box::new(ES256.signer_from_jwk(&self.jwk)?),
            _ => Box::new(EdDSA.signer_from_jwk(&self.jwk)?),
        })
    }
}

/// An assertion that names `alg`, with an HMAC by `secret`.
pub fn by_secret(alg: &str, claims: &Value, secret: &[u8]) -> String {
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(json!({ "alg": alg })), part(claims.clone()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let mac = BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
    format!("{message}.{mac}")
}
