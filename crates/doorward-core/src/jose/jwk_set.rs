//! Public keys of others: a client's JWK Set ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use josekit::jws::JwsVerifier;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::foreign_key::ForeignKey;
use super::jwk::PublishedKeys;
use super::{Algorithm, Encrypter, Encryption, NeededKey, json};
use crate::certificate::CertificateThumbprint;

/// The longest text of a set, in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The most keys of a set.
const MAX_KEYS: usize = 50;

/// Public keys that verify signatures or encrypt, each parsed and fit for use: having a set is the proof
/// ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
///
/// It is written as it is published. Members that no use of a key needs are not kept. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct JwkSet(Arc<[ForeignKey]>);

/// Why a JWK Set was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkSetRefused {
    /// It is longer than a set of fifty keys needs to be.
    #[error("the JWK Set has more than 64 KiB")]
    TooLong,
    /// It is neither a JWK Set nor a JWK.
    #[error("that is neither a JWK Set nor a JWK: one JSON object whose members are distinct")]
    Malformed,
    /// There is no key in it, or there are too many.
    #[error("a JWK Set has 1 to 50 keys, and this one has {0}")]
    Count(usize),
    /// A key has members that nobody else may know.
    #[error("key {0} is private or symmetric: it has the member {1:?}. Give the public key only")]
    Secret(usize, &'static str),
    /// A key is for something else than signatures and encryption.
    #[error(
        "key {0} is neither for signatures nor for encryption: its use is neither \"sig\" nor \"enc\", or key_ops does not go with it"
    )]
    OtherUse(usize),
    /// The name of a key is no text, or too long.
    #[error("the kid of key {0} is not a text of 1 to 128 bytes")]
    Kid(usize),
    /// Two keys have one name.
    #[error("two keys have the kid {0:?}")]
    SameKid(String),
    /// There are several keys, and one without a name.
    #[error("key {0} has no kid: in a set of several, each key needs one")]
    Unnamed(usize),
    /// A key fits none of our algorithms.
    #[error(
        "key {0} is none that Doorward uses: RSA of 2048 to 8192 bits, P-256, P-384, P-521 or Ed25519, with an alg that fits if any"
    )]
    Unusable(usize),
}

impl JwkSet {
    /// Reads the JSON of a JWK Set, or of a single JWK.
    pub fn parse(text: &[u8]) -> Result<Self, JwkSetRefused> {
        if text.len() > MAX_LENGTH {
            return Err(JwkSetRefused::TooLong);
        }
        json::object(text)
            .ok_or(JwkSetRefused::Malformed)
            .and_then(Self::of)
    }

    fn of(mut document: Map<String, Value>) -> Result<Self, JwkSetRefused> {
        let keys = match document.remove("keys") {
            Some(Value::Array(keys)) => keys,
            None if document.contains_key("kty") => vec![Value::Object(document)],
            _ => return Err(JwkSetRefused::Malformed),
        };
        if !(1..=MAX_KEYS).contains(&keys.len()) {
            return Err(JwkSetRefused::Count(keys.len()));
        }
        let keys = (1..).zip(keys).map(|(at, key)| ForeignKey::of(at, key));
        let keys: Vec<ForeignKey> = keys.collect::<Result<_, _>>()?;
        tell_apart(&keys)?;
        Ok(Self(keys.into()))
    }

    /// Reads the JSON of a JWK Set that somebody publishes for us and for others: keys that none of our algorithms can use are left out
    /// ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)), and those of one name told apart by what they are for.
    ///
    /// Whoever publishes a private key is not believed at all.
    pub fn published(text: &[u8]) -> Result<Self, JwkSetRefused> {
        if text.len() > MAX_LENGTH {
            return Err(JwkSetRefused::TooLong);
        }
        let mut document = json::object(text).ok_or(JwkSetRefused::Malformed)?;
        let Some(Value::Array(keys)) = document.remove("keys") else {
            return Err(JwkSetRefused::Malformed);
        };
        if keys.len() > MAX_KEYS {
            return Err(JwkSetRefused::Count(keys.len()));
        }
        let keys = (1..).zip(keys).map(|(at, key)| ForeignKey::of(at, key));
        let usable = keys.filter_map(|key| match key {
            Ok(key) => Some(Ok(key)),
            Err(secret @ JwkSetRefused::Secret(..)) => Some(Err(secret)),
            Err(_) => None,
        });
        let usable: Vec<ForeignKey> = usable.collect::<Result<_, _>>()?;
        if usable.is_empty() {
            return Err(JwkSetRefused::Count(0));
        }
        Ok(Self(usable.into()))
    }

    /// Whether the key that is needed is here: exactly one of this name that verifies, any of this certificate, or any that encrypts.
    pub fn has(&self, needed: &NeededKey) -> bool {
        match needed {
            NeededKey::Verifies(name) => {
                self.verifier(name.algorithm, name.kid.as_deref()).is_some()
            }
            NeededKey::Certified(certificate) => {
                let mut certificates = self.certificates();
                certificates.any(|known| known == certificate)
            }
            NeededKey::Encrypts(encryption) => {
                let mut keys = self.0.iter();
                keys.any(|key| key.encrypts_with(encryption.alg))
            }
        }
    }

    /// The certificates of those keys that say which is theirs.
    pub fn certificates(&self) -> impl Iterator<Item = &CertificateThumbprint> {
        self.0.iter().filter_map(|key| key.certificate.as_ref())
    }

    /// What encrypts for the owner of the keys: the first key that fits of those that say so, or else of those that do not say what
    /// they are for ([OpenID Connect Core section 10.2](https://openid.net/specs/openid-connect-core-1_0.html#Encryption)).
    pub fn encrypter(&self, encryption: Encryption) -> Option<Encrypter> {
        let (say_so, others): (Vec<_>, Vec<_>) =
            self.0.iter().partition(|key| key.says_it_encrypts());
        let mut keys = say_so.into_iter().chain(others);
        keys.find_map(|key| key.encrypter(encryption))
    }

    /// The one verifier for `algorithm` that `kid` names. A token may leave the name out where one key alone fits
    /// ([OpenID Connect Core section 10.1](https://openid.net/specs/openid-connect-core-1_0.html#Signing)).
    pub(super) fn verifier(
        &self,
        algorithm: Algorithm,
        kid: Option<&str>,
    ) -> Option<&dyn JwsVerifier> {
        let named = |key: &&ForeignKey| match (kid, key.kid.as_deref()) {
            (Some(kid), Some(own)) => kid == own,
            _ => true,
        };
        let mut fitting = self
            .0
            .iter()
            .filter(named)
            .filter_map(|key| key.verifier(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(verifier), None) => Some(verifier),
            _ => None,
        }
    }
}

/// Refuses keys that no `kid` could tell apart.
fn tell_apart(keys: &[ForeignKey]) -> Result<(), JwkSetRefused> {
    let mut kids = BTreeSet::new();
    for (at, key) in (1..).zip(keys) {
        match &key.kid {
            Some(kid) if !kids.insert(kid) => return Err(JwkSetRefused::SameKid(kid.clone())),
            None if keys.len() > 1 => return Err(JwkSetRefused::Unnamed(at)),
            _ => {}
        }
    }
    Ok(())
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

impl Serialize for JwkSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys = self.0.iter().map(ForeignKey::published).collect();
        PublishedKeys { keys }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JwkSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Map::deserialize(deserializer)?;
        Self::of(document).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::jose::testing::{key, keyring};
    use crate::jose::{KeyManagement, KeyName, base64url};

    fn published(algorithm: Algorithm) -> Value {
        serde_json::to_value(key(algorithm).published()).unwrap()
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    fn parse(document: &Value) -> Result<JwkSet, JwkSetRefused> {
        JwkSet::parse(document.to_string().as_bytes())
    }

    #[test]
    fn a_set_or_a_single_key_is_read_and_written_as_a_set() {
        let own = JwkSet::parse(keyring().jwks()).unwrap();
        let written = serde_json::to_vec(&own).unwrap();
        assert_eq!(written, keyring().jwks());
        let read: JwkSet = serde_json::from_slice(&written).unwrap();
        assert_eq!(read, own);

        let single = published(Algorithm::Es256);
        let set = parse(&with(single.clone(), "comment", json!("kept by nobody"))).unwrap();
        assert_eq!(
            serde_json::to_value(&set).unwrap(),
            json!({"keys": [single]})
        );
    }

    #[test]
    fn a_key_verifies_the_algorithms_that_it_fits_and_says_it_is_for() {
        let bare = |algorithm| {
            let mut key = published(algorithm);
            key.as_object_mut().unwrap().remove("alg");
            key
        };
        let rsa = [Algorithm::Rs256, Algorithm::Ps256];
        for (key, fitting) in [
            (published(Algorithm::Rs256), &rsa[..1]),
            (bare(Algorithm::Rs256), &rsa[..]),
            (bare(Algorithm::Es256), &[Algorithm::Es256]),
            (bare(Algorithm::EdDsa), &[Algorithm::EdDsa]),
            (bare(Algorithm::Es384), &[Algorithm::Es384]),
            (bare(Algorithm::Es512), &[Algorithm::Es512]),
        ] {
            let set = parse(&key).unwrap();
            for algorithm in Algorithm::ALL {
                let found = set.verifier(algorithm, None).is_some();
                assert_eq!(found, fitting.contains(&algorithm), "{algorithm}: {key}");
            }
        }
    }

    /// [RFC 7517 sections 4.7 and 4.9](https://www.rfc-editor.org/rfc/rfc7517#section-4.7).
    #[test]
    fn a_key_may_say_which_certificate_it_has_and_keeps_its_thumbprint() {
        let der = BASE64_STANDARD.encode(b"a certificate");
        let name = CertificateThumbprint::of(b"a certificate");
        let other = CertificateThumbprint::of(b"another");
        let key = published(Algorithm::EdDsa);
        let certificate = |key: &Value| {
            let set = parse(key).unwrap();
            set.certificates().next().cloned()
        };
        let with_chain = with(key.clone(), "x5c", json!([der, "of others"]));
        let with_name = with(key.clone(), "x5t#S256", json!(name));
        let with_both = with(with_chain.clone(), "x5t#S256", json!(name));
        for key in [&with_chain, &with_name, &with_both] {
            assert_eq!(certificate(key), Some(name.clone()), "{key}");
            let written = serde_json::to_value(parse(key).unwrap()).unwrap();
            assert_eq!(written, json!({"keys": [with_name]}));
        }
        let of_two = with(with_chain, "x5t#S256", json!(other));
        let unreadable = with(key.clone(), "x5c", json!(["%"]));
        for key in [&key, &of_two, &unreadable] {
            assert_eq!(certificate(key), None, "{key}");
        }
    }

    #[test]
    fn a_key_is_found_by_its_name_or_where_it_alone_fits() {
        let set = JwkSet::parse(keyring().jwks()).unwrap();
        let kid = key(Algorithm::Es256).kid();
        let found = |algorithm, kid| set.verifier(algorithm, kid).is_some();
        assert!(found(Algorithm::Es256, Some(kid)));
        assert!(found(Algorithm::Es256, None));
        assert!(!found(Algorithm::Es256, Some("another")));
        assert!(!found(Algorithm::EdDsa, Some(kid)));
        let (one, two) = (published(Algorithm::EdDsa), published(Algorithm::EdDsa));
        let two = with(two, "kid", json!("two"));
        let set = parse(&json!({"keys": [one, two]})).unwrap();
        assert!(set.verifier(Algorithm::EdDsa, None).is_none(), "two fit");
        assert!(set.verifier(Algorithm::EdDsa, Some("two")).is_some());
    }

    /// [RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5).
    /// K06: at most 64 KiB and 50 keys, and no private one among them.
    #[test]
    fn of_a_set_that_is_published_for_others_too_what_fits_is_taken() {
        let es256 = with(published(Algorithm::Es256), "kid", json!("one"));
        let rs256 = with(published(Algorithm::Rs256), "kid", json!("one"));
        let encrypts = with(
            with(rs256.clone(), "use", json!("enc")),
            "alg",
            json!("RSA-OAEP"),
        );
        let unheard = json!({"kty": "LMS", "kid": "one"});
        let read = |keys: Value| JwkSet::published(json!({"keys": keys}).to_string().as_bytes());
        let set = read(json!([unheard, es256, encrypts, rs256])).unwrap();
        for algorithm in Algorithm::ALL {
            let kid = Some("one".to_owned());
            let fits = [Algorithm::Es256, Algorithm::Rs256].contains(&algorithm);
            let needed = NeededKey::from(KeyName { algorithm, kid });
            assert_eq!(set.has(&needed), fits, "{algorithm}");
        }
        assert_eq!(read(json!([unheard])), Err(JwkSetRefused::Count(0)));
        let many = vec![es256.clone(); 51];
        assert_eq!(read(json!(many)), Err(JwkSetRefused::Count(51)));
        assert_eq!(JwkSet::published(b"{}"), Err(JwkSetRefused::Malformed));
        let long = vec![b' '; MAX_LENGTH + 1];
        assert_eq!(JwkSet::published(&long), Err(JwkSetRefused::TooLong));
        // P44.
        let private = with(es256, "d", json!("AA"));
        assert_eq!(
            read(json!([rs256, private])),
            Err(JwkSetRefused::Secret(2, "d"))
        );
    }

    const OAEP: Encryption = Encryption {
        alg: KeyManagement::RsaOaep256,
        enc: crate::jose::ContentEncryption::A128Gcm,
    };

    /// A key of RSA of this name, with `use` and `alg` if they are there.
    fn rsa(kid: &str, usage: Option<&str>, alg: Option<&str>) -> Value {
        let mut key = published(Algorithm::Rs256);
        let members = key.as_object_mut().unwrap();
        for (name, value) in [("kid", Some(kid)), ("use", usage), ("alg", alg)] {
            match value {
                Some(value) => members.insert(name.to_owned(), json!(value)),
                None => members.remove(name),
            };
        }
        key
    }

    /// [OpenID Connect Core section 10.2](https://openid.net/specs/openid-connect-core-1_0.html#Encryption).
    #[test]
    fn a_key_encrypts_with_the_algorithms_that_it_fits_and_does_not_say_it_is_not_for() {
        let bare = with(rsa("r", None, None), "key_ops", json!([]));
        for (key, encrypts, verifies) in [
            (rsa("r", Some("enc"), Some("RSA-OAEP-256")), true, false),
            (rsa("r", Some("enc"), None), true, false),
            (rsa("r", None, Some("RSA-OAEP-256")), true, false),
            (rsa("r", None, None), true, true),
            (rsa("r", None, Some("RS256")), false, true),
            (rsa("r", Some("sig"), None), false, true),
            (
                with(bare.clone(), "key_ops", json!(["wrapKey"])),
                true,
                false,
            ),
            (
                with(bare.clone(), "key_ops", json!(["verify"])),
                false,
                true,
            ),
            (bare, true, false),
        ] {
            let set = parse(&key).unwrap();
            assert_eq!(set.has(&NeededKey::Encrypts(OAEP)), encrypts, "{key}");
            let found = set.verifier(Algorithm::Rs256, None).is_some();
            assert_eq!(found, verifies, "{key}");
            let written = serde_json::to_vec(&set).unwrap();
            assert_eq!(JwkSet::parse(&written).unwrap(), set, "{key}");
        }
        let ec = with(published(Algorithm::Es256), "use", json!("enc"));
        for alg in KeyManagement::ALL {
            let set = parse(&with(ec.clone(), "alg", json!(alg))).ok();
            let fits = alg != KeyManagement::RsaOaep256;
            assert_eq!(set.is_some(), fits, "{alg}");
        }
    }

    /// A key that says that it is for encryption goes before one that does not say, and an earlier one before a later.
    #[test]
    fn of_several_keys_that_fit_the_first_that_says_so_encrypts() {
        let keys = [
            rsa("signs", Some("sig"), None),
            rsa("both", None, None),
            rsa("one", Some("enc"), None),
            rsa("two", Some("enc"), None),
        ];
        for (taken_away, chosen) in [(0, Some("one")), (2, Some("both")), (3, None)] {
            let left = [&keys[..2], &keys[2..]].concat();
            let left: Vec<_> = left
                .into_iter()
                .filter(|key| match taken_away {
                    0 => true,
                    2 => key["use"] != "enc",
                    _ => key["use"] == "sig",
                })
                .collect();
            let set = parse(&json!({ "keys": left })).unwrap();
            let encrypter = set.encrypter(OAEP);
            let sealed = encrypter.map(|encrypter| encrypter.encrypt("x").unwrap());
            let header = sealed.as_deref().and_then(|text| text.split('.').next());
            let header = header.map(|header| base64url::decode(header).unwrap());
            let header: Option<Value> = header.map(|text| serde_json::from_slice(&text).unwrap());
            let kid = header.as_ref().and_then(|header| header["kid"].as_str());
            assert_eq!(kid, chosen, "{left:?}");
        }
    }

    /// P44, K03: no private or symmetric key, none that is weak, and not too many.
    #[test]
    fn each_set_that_is_refused_has_its_reason() {
        let (rsa, ec, ed) = (
            published(Algorithm::Rs256),
            published(Algorithm::Es256),
            published(Algorithm::EdDsa),
        );
        let short = base64url::encode([0xff; 255]);
        let long = base64url::encode([0xff; 1025]);
        let nameless = with(ed.clone(), "kid", Value::Null);
        let mut unnamed = ed.clone();
        unnamed.as_object_mut().unwrap().remove("kid");
        let (other, unusable) = (JwkSetRefused::OtherUse(1), JwkSetRefused::Unusable(1));
        let same = JwkSetRefused::SameKid(key(Algorithm::EdDsa).kid().to_owned());
        for (document, reason) in [
            (json!({}), JwkSetRefused::Malformed),
            (json!({"keys": {}}), JwkSetRefused::Malformed),
            (json!({"keys": ["x"]}), JwkSetRefused::Malformed),
            (json!({"keys": []}), JwkSetRefused::Count(0)),
            (json!({"keys": vec![&ed; 51]}), JwkSetRefused::Count(51)),
            (json!({"keys": [ed, ed]}), same),
            (json!({"keys": [ec, unnamed]}), JwkSetRefused::Unnamed(2)),
            (nameless, JwkSetRefused::Kid(1)),
            (with(ed.clone(), "kid", json!("")), JwkSetRefused::Kid(1)),
            (with(ed.clone(), "use", json!("enc")), unusable.clone()),
            (with(ed.clone(), "use", json!("both")), other.clone()),
            (with(ed.clone(), "use", json!(1)), other.clone()),
            (with(ed.clone(), "key_ops", json!(["sign"])), other),
            (with(ec.clone(), "use", json!("enc")), unusable.clone()),
            (with(rsa.clone(), "alg", json!("ECDH-ES")), unusable.clone()),
            (
                with(rsa.clone(), "alg", json!("RSA-OAEP-256")),
                unusable.clone(),
            ),
            (with(ed.clone(), "alg", json!("HS256")), unusable.clone()),
            (with(ed.clone(), "alg", json!("ES256")), unusable.clone()),
            (with(ed, "x", json!("AAAA")), unusable.clone()),
            (with(ec.clone(), "crv", json!("P-384")), unusable.clone()),
            (with(ec.clone(), "alg", json!("ES384")), unusable.clone()),
            (with(ec.clone(), "x", ec["y"].clone()), unusable.clone()),
            (with(rsa.clone(), "n", json!(short)), unusable.clone()),
            (with(rsa.clone(), "n", json!(long)), unusable.clone()),
            (with(rsa.clone(), "e", json!("AQ")), unusable.clone()),
            (with(rsa, "e", json!("Ag")), unusable.clone()),
            (json!({"kty": "DSA"}), unusable),
            (
                json!({"kty": "oct", "k": "AQ"}),
                JwkSetRefused::Secret(1, "k"),
            ),
            (with(ec, "d", json!("AQ")), JwkSetRefused::Secret(1, "d")),
        ] {
            assert_eq!(parse(&document), Err(reason), "{document}");
        }
        let twice = br#"{"keys":[],"keys":[]}"#;
        assert_eq!(JwkSet::parse(twice), Err(JwkSetRefused::Malformed));
        let endless = vec![b' '; MAX_LENGTH + 1];
        assert_eq!(JwkSet::parse(&endless), Err(JwkSetRefused::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}", x in "\\PC{0,50}") {
            let _ = JwkSet::parse(text.as_bytes());
            let _ = parse(&with(published(Algorithm::EdDsa), "x", json!(x)));
        }
    }
}
