//! Keys of clients that read what is encrypted for them ([RFC 7516](https://www.rfc-editor.org/rfc/rfc7516)), used without the provider's
//! code.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use josekit::JoseError;
use josekit::jwe::{
    ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW, JweDecrypter, RSA_OAEP_256, deserialize_compact,
};
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use serde_json::{Map, Value, json};

/// A private key that decrypts with one algorithm.
#[derive(Clone, Debug)]
pub struct DecryptionKey {
    algorithm: String,
    kid: String,
    jwk: Jwk,
}

/// What was inside, and what was said outside.
#[derive(Clone, Debug)]
pub struct Decrypted {
    /// The header of the encryption.
    pub header: Map<String, Value>,
    /// The signed token.
    pub token: String,
}

impl DecryptionKey {
    /// A new key for this `alg`, of this name.
    pub fn generate(algorithm: &str, kid: &str) -> Self {
        let jwk = match algorithm {
            "RSA-OAEP-256" => Jwk::generate_rsa_key(2048),
            _ => Jwk::generate_ec_key(EcCurve::P256),
        };
        Self {
            algorithm: algorithm.to_owned(),
            kid: kid.to_owned(),
            jwk: jwk.expect("a key"),
        }
    }

    /// The public key, which says what it is for.
    pub fn public(&self) -> Value {
        let mut public = self.jwk.to_public_key().expect("a public key");
        public.set_key_id(&self.kid);
        public.set_key_use("enc");
        public.set_algorithm(&self.algorithm);
        serde_json::to_value(public).expect("JSON")
    }

    /// The private key, for a program of others that decrypts with it.
    pub fn private(&self) -> Value {
        let mut private = self.jwk.clone();
        private.set_key_id(&self.kid);
        private.set_key_use("enc");
        private.set_algorithm(&self.algorithm);
        serde_json::to_value(private).expect("JSON")
    }

    /// The set of this one key.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.public()] })
    }

    /// Reads what is encrypted. Panics when this key does not open it.
    pub fn decrypt(&self, encrypted: &str) -> Decrypted {
        let header = encrypted.split('.').next().expect("a header");
        let header = BASE64_URL_SAFE_NO_PAD.decode(header);
        let decrypter = self.decrypter().expect("a private key");
        let opened = deserialize_compact(encrypted, &*decrypter);
        let (token, _) = opened.unwrap_or_else(|error| panic!("{encrypted}: {error}"));
        Decrypted {
            header: serde_json::from_slice(&header.expect("base64url")).expect("JSON"),
            token: String::from_utf8(token).expect("a token"),
        }
    }

    fn decrypter(&self) -> Result<Box<dyn JweDecrypter>, JoseError> {
        Ok(match self.algorithm.as_str() {
            "RSA-OAEP-256" => Box::new(RSA_OAEP_256.decrypter_from_jwk(&self.jwk)?),
            "ECDH-ES" => Box::new(ECDH_ES.decrypter_from_jwk(&self.jwk)?),
            "ECDH-ES+A128KW" => Box::new(ECDH_ES_A128KW.decrypter_from_jwk(&self.jwk)?),
            _ => Box::new(ECDH_ES_A256KW.decrypter_from_jwk(&self.jwk)?),
        })
    }
}
