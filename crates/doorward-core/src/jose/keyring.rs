//! All keys of the issuer.

use serde::Serialize;

use super::jwk::PublishedKeys;
use super::{Algorithm, Encrypter, KeyState, SigningFailed, SigningKey, Typ};

/// All keys of the issuer, parsed and ready: the active ones sign, and all are published and verify.
#[derive(Debug)]
pub struct Keyring {
    keys: Vec<(SigningKey, KeyState)>,
    jwks: Vec<u8>,
}

impl Keyring {
    /// The keyring of `keys`. A key that is there twice counts once; of two active keys of one algorithm the
    /// first signs.
    pub fn new(keys: Vec<(SigningKey, KeyState)>) -> Self {
        let mut distinct: Vec<(SigningKey, KeyState)> = Vec::with_capacity(keys.len());
        for (key, state) in keys {
            if distinct.iter().all(|(other, _)| other.kid() != key.kid()) {
                distinct.push((key, state));
            }
        }
        let jwks = render(&distinct);
        Self {
            keys: distinct,
            jwks,
        }
    }

    /// The key that signs with `algorithm`.
    pub fn signer(&self, algorithm: Algorithm) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|(key, state)| *state == KeyState::Active && key.algorithm() == algorithm)
            .map(|(key, _)| key)
    }

    /// Signs `claims` as a token of type `typ` with the key for `algorithm`.
    pub fn sign(
        &self,
        algorithm: Algorithm,
        typ: Typ,
        claims: &impl Serialize,
    ) -> Result<String, SigningFailed> {
        self.signer(algorithm)
            .ok_or(SigningFailed::NoKey(algorithm))?
            .sign(typ, claims)
    }

    /// The same, encrypted for its reader if there is an `encrypter`: signed first, so that whoever decrypts it knows who made it
    /// ([OpenID Connect Core section 16.14](https://openid.net/specs/openid-connect-core-1_0.html#SigningOrder)).
    pub fn sign_for(
        &self,
        encrypter: Option<&Encrypter>,
        algorithm: Algorithm,
        typ: Typ,
        claims: &impl Serialize,
    ) -> Result<String, SigningFailed> {
        let signed = self.sign(algorithm, typ, claims)?;
        match encrypter {
            None => Ok(signed),
            Some(encrypter) => encrypter.encrypt(&signed),
        }
    }

    /// The key of this name.
    pub(super) fn key(&self, kid: &str) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|(key, _)| key.kid() == kid)
            .map(|(key, _)| key)
    }

    /// The JWK Set of all keys as JSON, without anything private
    /// ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
    pub fn jwks(&self) -> &[u8] {
        &self.jwks
    }

    /// The algorithms that have a key that signs, in the order that metadata lists them.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        Algorithm::ALL
            .into_iter()
            .filter(|&algorithm| self.signer(algorithm).is_some())
            .collect()
    }
}

fn render(keys: &[(SigningKey, KeyState)]) -> Vec<u8> {
    let keys = keys.iter().map(|(key, _)| key.published()).collect();
    serde_json::to_vec(&PublishedKeys { keys })
        .unwrap_or_else(|_| unreachable!("text is always JSON"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::jose::testing::keyring;

    fn listed(keyring: &Keyring) -> Vec<Value> {
        let set: Value = serde_json::from_slice(keyring.jwks()).unwrap();
        set["keys"].as_array().unwrap().clone()
    }

    /// [RFC 7517 section 9.2](https://www.rfc-editor.org/rfc/rfc7517#section-9.2) warns of the rest.
    #[test]
    fn the_published_set_has_public_members_only() {
        let public = ["kid", "alg", "use", "kty", "crv", "x", "y", "n", "e"];
        let keys = listed(keyring());
        assert_eq!(keys.len(), Algorithm::ALL.len());
        for key in &keys {
            let members = key.as_object().unwrap();
            assert!(
                members.keys().all(|name| public.contains(&name.as_str())),
                "{key}"
            );
            assert_eq!(key["use"], "sig");
        }
        let kids: BTreeSet<&str> = keys.iter().filter_map(|key| key["kid"].as_str()).collect();
        assert_eq!(kids.len(), keys.len());
        let listed: Vec<Value> = keys
            .iter()
            .map(|key| json!([key["alg"], key["kty"], key["crv"]]))
            .collect();
        assert_eq!(
            listed,
            [
                json!(["RS256", "RSA", null]),
                json!(["ES256", "EC", "P-256"]),
                json!(["PS256", "RSA", null]),
                json!(["EdDSA", "OKP", "Ed25519"]),
                json!(["ES384", "EC", "P-384"]),
                json!(["ES512", "EC", "P-521"]),
            ]
        );
    }

    #[test]
    fn only_the_active_key_signs_and_all_are_published() {
        let keys = [KeyState::Pending, KeyState::Retired, KeyState::Active]
            .map(|state| (SigningKey::generate(Algorithm::EdDsa), state));
        let kids = keys.each_ref().map(|(key, _)| key.kid().to_owned());
        let keyring = Keyring::new(keys.into());

        assert_eq!(keyring.signer(Algorithm::EdDsa).unwrap().kid(), kids[2]);
        assert!(keyring.signer(Algorithm::Es256).is_none());
        let refused = keyring.sign(Algorithm::Es256, Typ::IdToken, &json!({}));
        assert!(matches!(
            refused,
            Err(SigningFailed::NoKey(Algorithm::Es256))
        ));
        assert_eq!(keyring.algorithms(), [Algorithm::EdDsa]);
        let published: Vec<Value> = listed(&keyring)
            .iter()
            .map(|key| key["kid"].clone())
            .collect();
        assert_eq!(published, kids);
    }

    #[test]
    fn an_empty_keyring_publishes_an_empty_set() {
        assert_eq!(Keyring::new(Vec::new()).jwks(), br#"{"keys":[]}"#);
    }
}
