//! Encryption for one reader ([RFC 7516](https://www.rfc-editor.org/rfc/rfc7516)).
//!
//! The library draws the content's key, the initialization vector and the key pair of Diffie-Hellman itself, from OpenSSL: beside the making
//! of keys and the nonces of signatures, this is the one place of the crate with randomness of its own.

use josekit::jwe::enc::{A128CBC_HS256, A128GCM, A256CBC_HS512, A256GCM};
use josekit::jwe::{
    ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW, JweContentEncryption, JweEncrypter, JweHeader,
    RSA_OAEP_256, serialize_compact,
};

use super::jwk::PublicKey;
use super::{ContentEncryption, KeyManagement, SigningFailed};

/// Encrypts for whoever has the private half of one key.
#[derive(Clone)]
pub struct Encrypter {
    header: JweHeader,
    key: Box<dyn JweEncrypter>,
}

/// What brings the keys of contents to the owner of `key` by `alg`; `None` when it is no key for that.
pub(super) fn for_owner(alg: KeyManagement, key: &PublicKey) -> Option<Box<dyn JweEncrypter>> {
    let jwk = key.to_jwk()?;
    let curve = match (alg, key) {
        (KeyManagement::RsaOaep256, PublicKey::Rsa { .. }) => {
            return Some(Box::new(RSA_OAEP_256.encrypter_from_jwk(&jwk).ok()?));
        }
        (KeyManagement::EcdhEs, PublicKey::Ec { .. }) => ECDH_ES,
        (KeyManagement::EcdhEsA128Kw, PublicKey::Ec { .. }) => ECDH_ES_A128KW,
        (KeyManagement::EcdhEsA256Kw, PublicKey::Ec { .. }) => ECDH_ES_A256KW,
        _ => return None,
    };
    Some(Box::new(curve.encrypter_from_jwk(&jwk).ok()?))
}

impl Encrypter {
    /// Encrypts by `key`, which its owner knows by the name `kid` if it has one.
    pub(super) fn new(
        key: Box<dyn JweEncrypter>,
        kid: Option<&str>,
        enc: ContentEncryption,
    ) -> Self {
        let mut header = JweHeader::new();
        header.set_content_encryption(library(enc).name());
        // What is inside is a signed token (RFC 7519 section 5.2).
        header.set_content_type("JWT");
        if let Some(kid) = kid {
            header.set_key_id(kid);
        }
        Self { header, key }
    }

    /// The same, which says outside as well who the `issuer` is
    /// ([RFC 7519 section 5.3](https://www.rfc-editor.org/rfc/rfc7519#section-5.3)).
    #[must_use]
    pub fn naming(mut self, issuer: &str) -> Self {
        self.header.set_issuer(issuer);
        self
    }

    /// Encrypts a signed token ([RFC 7519 section 5.2](https://www.rfc-editor.org/rfc/rfc7519#section-5.2)), in the compact
    /// serialization ([RFC 7516 section 7.1](https://www.rfc-editor.org/rfc/rfc7516#section-7.1)).
    pub fn encrypt(&self, token: &str) -> Result<String, SigningFailed> {
        serialize_compact(token.as_bytes(), &self.header, &*self.key)
            .map_err(|error| SigningFailed::Encryption(error.into()))
    }
}

impl std::fmt::Debug for Encrypter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Encrypter({})", self.key.algorithm().name())
    }
}

fn library(enc: ContentEncryption) -> &'static dyn JweContentEncryption {
    match enc {
        ContentEncryption::A128CbcHs256 => &A128CBC_HS256,
        ContentEncryption::A256CbcHs512 => &A256CBC_HS512,
        ContentEncryption::A128Gcm => &A128GCM,
        ContentEncryption::A256Gcm => &A256GCM,
    }
}

#[cfg(test)]
mod tests {
    use josekit::jwe::{JweDecrypter, deserialize_compact};
    use josekit::jwk::Jwk;
    use josekit::jwk::alg::ec::EcCurve;
    use serde_json::{Value, json};

    use super::*;
    use crate::jose::testing::{key, keyring};
    use crate::jose::{Algorithm, Encryption, JwkSet, Typ};

    /// The private key of somebody who reads what is encrypted with `alg`.
    fn reader(alg: KeyManagement) -> Jwk {
        let jwk = match alg {
            KeyManagement::RsaOaep256 => Jwk::generate_rsa_key(2048),
            _ => Jwk::generate_ec_key(EcCurve::P256),
        };
        let mut jwk = jwk.unwrap();
        jwk.set_key_id("reader");
        jwk
    }

    fn published(reader: &Jwk) -> JwkSet {
        let mut public = reader.to_public_key().unwrap();
        public.set_key_id("reader");
        JwkSet::parse(public.to_string().as_bytes()).unwrap()
    }

    fn decrypter(alg: KeyManagement, jwk: &Jwk) -> Box<dyn JweDecrypter> {
        let curve = match alg {
            KeyManagement::RsaOaep256 => {
                return Box::new(RSA_OAEP_256.decrypter_from_jwk(jwk).unwrap());
            }
            KeyManagement::EcdhEs => ECDH_ES,
            KeyManagement::EcdhEsA128Kw => ECDH_ES_A128KW,
            KeyManagement::EcdhEsA256Kw => ECDH_ES_A256KW,
        };
        Box::new(curve.decrypter_from_jwk(jwk).unwrap())
    }

    /// [RFC 7519 section 5.2](https://www.rfc-editor.org/rfc/rfc7519#section-5.2).
    #[test]
    fn every_pair_of_algorithms_is_read_by_whoever_has_the_key_and_by_nobody_else() {
        for alg in KeyManagement::ALL {
            let (own, other) = (reader(alg), reader(alg));
            for enc in ContentEncryption::ALL {
                let encrypter = published(&own).encrypter(Encryption { alg, enc }).unwrap();
                let sealed = encrypter.encrypt("a.b.c").unwrap();
                let read = deserialize_compact(&sealed, &*decrypter(alg, &own));
                let (payload, header) = read.unwrap();
                assert_eq!(payload, b"a.b.c", "{alg} {enc}");
                for (name, value) in [
                    ("alg", alg.as_str()),
                    ("enc", enc.as_str()),
                    ("kid", "reader"),
                    ("cty", "JWT"),
                ] {
                    assert_eq!(header.claim(name), Some(&json!(value)), "{alg} {enc}");
                }
                assert_eq!(header.claim("iss"), None);
                let stranger = deserialize_compact(&sealed, &*decrypter(alg, &other));
                assert!(stranger.is_err(), "{alg} {enc}");
            }
        }
    }

    #[test]
    fn no_two_encryptions_of_the_same_are_alike_and_a_changed_one_is_not_read() {
        let alg = KeyManagement::EcdhEs;
        let own = reader(alg);
        let encryption = Encryption {
            alg,
            enc: ContentEncryption::A256Gcm,
        };
        let encrypter = published(&own).encrypter(encryption).unwrap();
        let encrypter = encrypter.naming("https://login.example.com");
        let (one, two) = (
            encrypter.encrypt("x").unwrap(),
            encrypter.encrypt("x").unwrap(),
        );
        for (one, two) in one.split('.').zip(two.split('.')) {
            assert!(one.is_empty() || one != two, "{one}");
        }
        let (_, header) = deserialize_compact(&one, &*decrypter(alg, &own)).unwrap();
        let issuer = json!("https://login.example.com");
        assert_eq!(header.claim("iss"), Some(&issuer));
        let (start, tag) = one.rsplit_once('.').unwrap();
        let changed = format!("{start}.{}", tag.chars().rev().collect::<String>());
        assert!(deserialize_compact(&changed, &*decrypter(alg, &own)).is_err());
    }

    /// [OpenID Connect Core section 16.14](https://openid.net/specs/openid-connect-core-1_0.html#SigningOrder).
    #[test]
    fn what_is_encrypted_was_signed_before() {
        let alg = KeyManagement::EcdhEs;
        let own = reader(alg);
        let enc = ContentEncryption::default();
        let encrypter = published(&own).encrypter(Encryption { alg, enc });
        let claims = json!({"sub": "alice"});
        let sealed = keyring()
            .sign_for(encrypter.as_ref(), Algorithm::EdDsa, Typ::IdToken, &claims)
            .unwrap();
        let (inner, _) = deserialize_compact(&sealed, &*decrypter(alg, &own)).unwrap();
        let expected = key(Algorithm::EdDsa).sign(Typ::IdToken, &claims).unwrap();
        assert_eq!(String::from_utf8(inner).unwrap(), expected);
        let plain = keyring().sign_for(None, Algorithm::EdDsa, Typ::IdToken, &claims);
        assert_eq!(plain.unwrap(), expected);
    }

    /// K05: a key is a point of its curve.
    #[test]
    fn a_point_beside_the_curve_is_no_key_to_encrypt_with() {
        let public = reader(KeyManagement::EcdhEs).to_public_key().unwrap();
        let mut beside: Value = serde_json::to_value(public).unwrap();
        beside["x"] = beside["y"].clone();
        assert!(JwkSet::parse(beside.to_string().as_bytes()).is_err());
    }
}
