//! Keys that sign: one key, one algorithm, one name.

use std::fmt;

use josekit::jws::JwsVerifier;
use serde::Serialize;
use zeroize::Zeroizing;

use super::hardware::Unreached;
use super::jwk::{PrivateJwk, PublicKey, PublishedKey};
use super::{
    Algorithm, HardwareKey, NoSignature, Pace, RsaSize, Signer, StoredKey, Typ, base64url,
    signature, spki,
};
use crate::keys::Life;
use crate::random::Random;
use crate::seal::{Sealer, Unsealable};
use crate::time::Timestamp;

/// A key that signs with one algorithm, ready for use.
///
/// Its name is its thumbprint ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)), or the one that it had where it was made.
pub struct SigningKey {
    algorithm: Algorithm,
    kid: String,
    public: PublicKey,
    /// The private JWK, for [`SigningKey::seal`], or the public one with the place of the private part.
    private: Zeroizing<Vec<u8>>,
    hardware: Option<HardwareKey>,
    signer: Box<dyn Signer>,
    verifier: Box<dyn JwsVerifier>,
    headers: Headers,
}

/// A stored key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyUnusable {
    /// It does not open.
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
    /// It opens, and what comes out is no private key for its algorithm.
    #[error("what was sealed is not a private JWK for the key's algorithm")]
    Malformed,
    /// It is another key than the one it is stored as.
    #[error("neither the key's own name nor its thumbprint is the one it is stored under")]
    Misnamed,
}

/// A token that could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningFailed {
    /// No active key has the algorithm that the client is registered with.
    #[error("no active key signs with {0}")]
    NoKey(Algorithm),
    /// The claims cannot be written as JSON.
    #[error("the claims are no JSON: {0}")]
    Claims(#[from] serde_json::Error),
    /// What holds the private key made no signature.
    #[error("the signature could not be made: {0}")]
    Signer(#[source] NoSignature),
    /// It failed to encrypt what was signed.
    #[error("what was signed could not be encrypted: {0}")]
    Encryption(#[source] NoSignature),
}

impl SigningKey {
    /// A new key for `algorithm`, with the shortest that is allowed of RSA.
    pub fn generate(algorithm: Algorithm) -> Self {
        Self::generate_sized(algorithm, RsaSize::default())
    }

    /// A new key for `algorithm`, of this size if that is RSA.
    ///
    /// The cryptographic library draws the key itself, as it does what a signature or an encryption needs; nothing else in this crate has
    /// randomness of its own.
    pub fn generate_sized(algorithm: Algorithm, rsa: RsaSize) -> Self {
        PrivateJwk::generate(algorithm, rsa)
            .map_err(|_| KeyUnusable::Malformed)
            .and_then(|jwk| Self::from_jwk(&jwk, algorithm))
            .unwrap_or_else(|_| unreachable!("OpenSSL makes keys as long as there is memory"))
    }

    /// The key as it is stored: sealed beside its name, so that it opens under no other.
    pub fn seal(
        &self,
        sealer: &Sealer,
        random: &dyn Random,
        created_at: Timestamp,
        life: Life,
    ) -> StoredKey {
        StoredKey {
            kid: self.kid.clone(),
            algorithm: self.algorithm,
            life,
            created_at,
            sealed: sealer.seal(random, self.kid.as_bytes(), &self.private),
        }
    }

    /// The key that was stored.
    pub fn unseal(stored: &StoredKey, sealer: &Sealer) -> Result<Self, KeyUnusable> {
        let private = sealer.open(stored.kid.as_bytes(), &stored.sealed)?;
        let jwk = PrivateJwk::parse(&private).map_err(|_| KeyUnusable::Malformed)?;
        let key = Self::from_jwk(&jwk, stored.algorithm)?;
        if key.kid == stored.kid {
            Ok(key)
        } else {
            Err(KeyUnusable::Misnamed)
        }
    }

    pub(super) fn from_jwk(jwk: &PrivateJwk, algorithm: Algorithm) -> Result<Self, KeyUnusable> {
        let unusable = KeyUnusable::Malformed;
        let public = PublicKey::of(jwk.as_jwk(), algorithm).ok_or(unusable)?;
        let kid = match jwk.kid() {
            Some(kid) => kid.to_owned(),
            None => public.thumbprint().map_err(|_| unusable)?,
        };
        let hardware = jwk.hardware();
        Ok(Self {
            algorithm,
            private: jwk.to_json().map_err(|_| unusable)?,
            signer: match hardware {
                Some(_) => Box::new(Unreached),
                None => signature::signer(algorithm, jwk).ok_or(unusable)?,
            },
            hardware,
            verifier: signature::verifier(algorithm, &public).ok_or(unusable)?,
            headers: Headers::of(algorithm, &kid).map_err(|_| unusable)?,
            public,
            kid,
        })
    }

    /// The one algorithm it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How long a signature takes.
    pub fn pace(&self) -> Pace {
        self.signer.pace()
    }

    /// Its name in tokens and in the JWK Set.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The place of its private part, if that is in hardware.
    pub const fn hardware(&self) -> Option<&HardwareKey> {
        self.hardware.as_ref()
    }

    /// The same key, whose private part `signer` reaches.
    #[must_use]
    pub fn signing_by(self, signer: Box<dyn Signer>) -> Self {
        Self { signer, ..self }
    }

    /// Proves that what it signs is what its public part verifies.
    pub fn prove(&self) -> Result<(), NoSignature> {
        let proof = "a message that is no token";
        let signature = self.signer.sign(proof.as_bytes())?;
        if self.signed(proof, &signature) {
            Ok(())
        } else {
            Err("what was signed is not what the public key verifies".into())
        }
    }

    /// The public key as a JWK ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).
    pub fn public_jwk(&self) -> impl Serialize {
        self.published()
    }

    /// The public key as PEM ([RFC 7468 section 13](https://www.rfc-editor.org/rfc/rfc7468#section-13)).
    pub fn public_pem(&self) -> Option<String> {
        spki::pem(&self.public)
    }

    /// Signs `claims` as a token of type `typ`, in the compact serialization
    /// ([RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
    pub fn sign(&self, typ: Typ, claims: &impl Serialize) -> Result<String, SigningFailed> {
        let claims = serde_json::to_vec(claims)?;
        let header = self.headers.of_typ(typ);
        let signature_length = base64url::encoded_len(self.public.signature_length());
        let length = header.len() + base64url::encoded_len(claims.len()) + signature_length + 2;
        let mut token = String::with_capacity(length);
        token.push_str(header);
        token.push('.');
        base64url::encode_onto(&claims, &mut token);
        let signature = self
            .signer
            .sign(token.as_bytes())
            .map_err(SigningFailed::Signer)?;
        token.push('.');
        base64url::encode_onto(signature, &mut token);
        Ok(token)
    }

    /// Whether `signature` is this key's of `message`.
    pub(super) fn signed(&self, message: &str, signature: &[u8]) -> bool {
        self.verifier.verify(message.as_bytes(), signature).is_ok()
    }

    /// The key as the JWK Set lists it.
    pub(crate) fn published(&self) -> PublishedKey<'_> {
        PublishedKey {
            kid: Some(&self.kid),
            alg: Some(self.algorithm.as_str()),
            usage: Some("sig"),
            certificate: None,
            key: &self.public,
        }
    }

    /// Signs whatever it is given, so that tests can make tokens that nobody should accept.
    #[cfg(test)]
    pub(super) fn sign_message(&self, message: &str) -> String {
        let signature = self.signer.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", base64url::encode(signature))
    }

    /// Signs any header and claims.
    #[cfg(test)]
    pub(crate) fn sign_anything(&self, header: &str, claims: &str) -> String {
        let (header, claims) = (base64url::encode(header), base64url::encode(claims));
        self.sign_message(&format!("{header}.{claims}"))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The encoded headers of the tokens that a key signs: they never change, so they are made once.
struct Headers {
    jwt: String,
    access_token: String,
    logout_token: String,
    introspection: String,
    status_list: String,
}

/// A JOSE header ([RFC 7515 section 4](https://www.rfc-editor.org/rfc/rfc7515#section-4)).
#[derive(Serialize)]
struct Header<'a> {
    alg: Algorithm,
    typ: &'static str,
    kid: &'a str,
}

impl Headers {
    fn of(alg: Algorithm, kid: &str) -> Result<Self, serde_json::Error> {
        let header = |typ: Typ| {
            let typ = typ.as_str();
            serde_json::to_vec(&Header { alg, typ, kid }).map(base64url::encode)
        };
        Ok(Self {
            jwt: header(Typ::IdToken)?,
            access_token: header(Typ::AccessToken)?,
            logout_token: header(Typ::LogoutToken)?,
            introspection: header(Typ::Introspection)?,
            status_list: header(Typ::StatusList)?,
        })
    }

    fn of_typ(&self, typ: Typ) -> &str {
        match typ {
            Typ::IdToken | Typ::UserInfo | Typ::AuthorizationResponse => &self.jwt,
            Typ::AccessToken => &self.access_token,
            Typ::LogoutToken => &self.logout_token,
            Typ::Introspection => &self.introspection,
            Typ::StatusList => &self.status_list,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jose::testing::key;
    use crate::seal::RootKey;
    use crate::testing::FixedRandom;

    fn sealer() -> Sealer {
        RootKey::generate(&FixedRandom::default()).sealer("signing-key")
    }

    fn sealed(algorithm: Algorithm) -> StoredKey {
        let now = Timestamp::from_seconds(1_700_000_000);
        key(algorithm).seal(&sealer(), &FixedRandom::default(), now, Life::at_once(now))
    }

    #[test]
    fn a_stored_key_signs_like_the_one_that_was_sealed() {
        for algorithm in Algorithm::ALL {
            let original = key(algorithm);
            let stored = sealed(algorithm);
            let unsealed = SigningKey::unseal(&stored, &sealer()).unwrap();
            assert_eq!(unsealed.kid(), original.kid());
            assert_eq!(unsealed.kid(), stored.kid);

            let token = unsealed.sign(Typ::IdToken, &json!({"sub": "x"})).unwrap();
            let (message, signature) = token.rsplit_once('.').unwrap();
            let signature = base64url::decode(signature).unwrap();
            assert!(original.signed(message, &signature), "{algorithm}");
        }
    }

    #[test]
    fn a_key_stored_as_another_is_refused() {
        let stored = sealed(Algorithm::Es256);
        let (random, own) = (FixedRandom::default(), sealer());
        for (change, changed, reason) in [
            (
                "another name",
                StoredKey {
                    kid: "x".to_owned(),
                    ..stored.clone()
                },
                KeyUnusable::Unsealable(Unsealable),
            ),
            (
                "another algorithm",
                StoredKey {
                    algorithm: Algorithm::EdDsa,
                    ..stored.clone()
                },
                KeyUnusable::Malformed,
            ),
            (
                "another key under this name",
                StoredKey {
                    sealed: own.seal(
                        &random,
                        stored.kid.as_bytes(),
                        &SigningKey::generate(Algorithm::Es256).private,
                    ),
                    ..stored.clone()
                },
                KeyUnusable::Misnamed,
            ),
            (
                "no JWK",
                StoredKey {
                    sealed: own.seal(&random, stored.kid.as_bytes(), b"{}"),
                    ..stored.clone()
                },
                KeyUnusable::Malformed,
            ),
        ] {
            let refused = SigningKey::unseal(&changed, &own).map(|_| ());
            assert_eq!(refused, Err(reason), "{change}");
        }
    }

    #[test]
    fn a_token_says_its_algorithm_type_and_key() {
        for (typ, name) in [
            (Typ::IdToken, "JWT"),
            (Typ::UserInfo, "JWT"),
            (Typ::AuthorizationResponse, "JWT"),
            (Typ::AccessToken, "at+jwt"),
            (Typ::LogoutToken, "logout+jwt"),
        ] {
            let key = key(Algorithm::EdDsa);
            let token = key.sign(typ, &json!({})).unwrap();
            let header = base64url::decode(token.split('.').next().unwrap()).unwrap();
            let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
            assert_eq!(
                header,
                json!({"alg": "EdDSA", "typ": name, "kid": key.kid()})
            );
        }
    }

    #[test]
    fn claims_that_are_no_json_are_not_signed() {
        let no_json = std::collections::BTreeMap::from([(vec![1], 1)]);
        assert!(key(Algorithm::EdDsa).sign(Typ::IdToken, &no_json).is_err());
    }

    #[test]
    fn nothing_private_is_printed() {
        for algorithm in Algorithm::ALL {
            let key = key(algorithm);
            let printed = format!("{key:?}");
            let jwk = PrivateJwk::parse(&key.private).unwrap();
            let private = jwk.as_jwk().parameter("d").unwrap();
            let private = private.as_str().unwrap();
            assert!(printed.contains(key.kid()));
            assert!(!printed.contains(private), "{printed}");
        }
    }
}
