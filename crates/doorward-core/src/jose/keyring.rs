//! All keys of the issuer.

use std::sync::Arc;

use serde::Serialize;

use super::jwk::PublishedKeys;
use super::{Algorithm, Encrypter, SigningFailed, SigningKey, Typ};
use crate::keys::{Life, Stage};
use crate::time::Timestamp;

/// All keys of the issuer as of one moment, parsed and ready: the active ones sign, those that are published are in the key set, and all
/// that are not gone verify.
#[derive(Debug)]
pub struct Keyring {
    keys: Vec<(Arc<SigningKey>, Stage)>,
    jwks: Vec<u8>,
    newest: Timestamp,
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Keyring {
    /// The keyring that `keys` make at `now`. A key that is there twice counts once; of two active keys of one algorithm the
    /// first signs.
    pub fn at(now: Timestamp, keys: &[(Arc<SigningKey>, Life)]) -> Self {
        let mut staged: Vec<(Arc<SigningKey>, Stage)> = Vec::with_capacity(keys.len());
        for (key, life) in keys {
            let stage = life.stage(now);
            let is_there = staged.iter().any(|(other, _)| other.kid() == key.kid());
            if !is_there && stage != Stage::Gone {
                staged.push((Arc::clone(key), stage));
            }
        }
        let published = keys.iter().filter(|(_, life)| life.is_published(now));
        let newest = published.map(|(_, life)| life.moments().published_at);
        Self {
            jwks: render(&staged),
            keys: staged,
            newest: newest.max().unwrap_or(Timestamp::from_millis(0)),
            since: now,
            until: keys
                .iter()
                .filter_map(|(_, life)| life.next_change(now))
                .min(),
        }
    }

    /// Whether it is still the keyring at `now`: no key has come to its next stage.
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.since <= now && self.until.is_none_or(|until| now < until)
    }

    /// When the newest key of the set was published.
    pub const fn newest(&self) -> Timestamp {
        self.newest
    }

    /// The key that signs with `algorithm`.
    pub fn signer(&self, algorithm: Algorithm) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|(key, stage)| *stage == Stage::Active && key.algorithm() == algorithm)
            .map(|(key, _)| &**key)
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
            .map(|(key, _)| &**key)
    }

    /// The JWK Set of all published keys as JSON, without anything private
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

fn render(keys: &[(Arc<SigningKey>, Stage)]) -> Vec<u8> {
    let published = keys.iter().filter(|(_, stage)| *stage != Stage::Announced);
    let keys = published.map(|(key, _)| key.published()).collect();
    serde_json::to_vec(&PublishedKeys { keys })
        .unwrap_or_else(|_| unreachable!("text is always JSON"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::jose::testing::keyring;
    use crate::keys::Schedule;

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
            ]
        );
    }

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    /// K02: of an announced, a pending, an active, a retired and a gone key.
    #[test]
    fn only_the_active_key_signs_those_published_are_listed_and_those_not_gone_verify() {
        let schedule = Schedule::default();
        let lives = [
            Life::pending(at(99)),
            Life::pending(at(1)),
            Life::at_once(at(2)),
            Life::at_once(at(0)).retired(at(2), &schedule).unwrap(),
            Life::at_once(at(0)).revoked(at(2)).unwrap(),
        ];
        let keys = lives.map(|life| (Arc::new(SigningKey::generate(Algorithm::EdDsa)), life));
        let kids = keys.each_ref().map(|(key, _)| key.kid().to_owned());
        let keyring = Keyring::at(at(10), &keys);

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
        assert_eq!(published, kids[1..4]);
        let verifies = kids.map(|kid| keyring.key(&kid).is_some());
        assert_eq!(verifies, [true, true, true, true, false]);
        assert_eq!(keyring.newest(), at(2));
    }

    #[test]
    fn a_keyring_is_good_until_a_key_comes_to_its_next_stage() {
        let key = Arc::new(SigningKey::generate(Algorithm::EdDsa));
        let life = Life::pending(at(5)).activated(at(8)).unwrap();
        let keys = [(key, life)];
        let good = |made: i64, now: i64| Keyring::at(at(made), &keys).is_good_at(at(now));
        assert!(good(0, 4) && !good(0, 5));
        assert!(good(5, 7) && !good(5, 8) && !good(5, 4));
        assert!(good(8, 1_000_000));
    }

    #[test]
    fn an_empty_keyring_publishes_an_empty_set() {
        assert_eq!(Keyring::at(at(0), &[]).jwks(), br#"{"keys":[]}"#);
    }
}
