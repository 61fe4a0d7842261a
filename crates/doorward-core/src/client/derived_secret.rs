//! Secrets that are known again without being kept
//! ([OpenID Connect Core section 10.1](https://openid.net/specs/openid-connect-core-1_0.html#Signing)).
//!
//! Whoever verifies an assertion that a secret authenticates needs the secret itself, and no store may hold it. So the secret is
//! derived: from a salt, which is stored beside the hash, by a key that all nodes have and no store does.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{AuthMethod, ClientSecret};
use crate::random::Random;
use crate::seal::{Authenticator, RootKey};
use crate::secret::{Secret, SecretKind};
use crate::time::Timestamp;

/// 32 random bytes that one secret is derived from: worth nothing without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Salt([u8; 32]);

/// A text that is no salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not 32 bytes in base64url without padding")]
pub struct NoSalt;

impl TryFrom<String> for Salt {
    type Error = NoSalt;

    fn try_from(text: String) -> Result<Self, NoSalt> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| NoSalt)?;
        bytes.try_into().map(Self).map_err(|_| NoSalt)
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        BASE64_URL_SAFE_NO_PAD.encode(salt.0)
    }
}

/// What makes the secrets that assertions are authenticated with.
#[derive(Debug)]
pub struct ClientSecrets(Authenticator);

impl ClientSecrets {
    /// Secrets that come from this key. They are the same wherever the key is.
    pub fn of(root: &RootKey) -> Self {
        Self(root.authenticator("client-secret"))
    }

    /// A new secret for a client that authenticates by `method`, derived if it must be known again.
    pub fn make(
        &self,
        method: AuthMethod,
        random: &dyn Random,
        now: Timestamp,
    ) -> (Secret, ClientSecret) {
        if method != AuthMethod::ClientSecretJwt {
            return ClientSecret::random(random, now);
        }
        let salt = Salt(random.bytes());
        let secret = self.derive(&salt);
        let stored = ClientSecret::of(&secret, Some(salt), now);
        (secret, stored)
    }

    /// A secret again; `None` when it never was derived, or from another key.
    pub fn again(&self, stored: &ClientSecret) -> Option<Secret> {
        let secret = self.derive(stored.salt.as_ref()?);
        (secret.hash() == stored.hash).then_some(secret)
    }

    fn derive(&self, salt: &Salt) -> Secret {
        Secret::from_bytes(SecretKind::ClientSecret, &self.0.mark(&salt.0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::client::Client;
    use crate::testing::{FixedRandom, NOW, client, client_secrets};

    fn made() -> (Secret, ClientSecret) {
        client_secrets().make(AuthMethod::ClientSecretJwt, &FixedRandom::default(), NOW)
    }

    /// P29: what is stored is a hash and a salt, and neither leads to the secret without the key.
    #[test]
    fn a_secret_is_known_again_from_its_salt_by_whoever_has_the_key_alone() {
        let (secret, stored) = made();
        let read = Secret::parse(SecretKind::ClientSecret, secret.reveal());
        assert_eq!(read.as_ref(), Some(&secret), "it looks like any other");
        assert_eq!(client_secrets().again(&stored), Some(secret.clone()));
        let another = RootKey::generate(&FixedRandom::default());
        assert_eq!(ClientSecrets::of(&another).again(&stored), None);
        let written = serde_json::to_string(&stored).unwrap();
        assert!(!written.contains(secret.reveal()), "{written}");
        let read: ClientSecret = serde_json::from_str(&written).unwrap();
        assert_eq!(read, stored);
    }

    #[test]
    fn no_two_secrets_are_the_same() {
        let random = FixedRandom::default();
        let make = || client_secrets().make(AuthMethod::ClientSecretJwt, &random, NOW);
        let (one, other) = (make(), make());
        assert_ne!(one.0, other.0);
        assert_ne!(one.1.salt, other.1.salt);
    }

    #[test]
    fn a_secret_that_is_shown_by_itself_has_no_salt_and_is_never_known_again() {
        for method in [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost] {
            let (_, stored) = client_secrets().make(method, &FixedRandom::default(), NOW);
            assert_eq!(client_secrets().again(&stored), None);
            let written = serde_json::to_value(&stored).unwrap();
            assert_eq!(written.get("salt"), None, "{method:?}");
        }
    }

    #[test]
    fn a_client_keeps_the_secrets_that_fit_how_it_authenticates() {
        let derived = made().1;
        let plain = client().secrets;
        let both = Client {
            secrets: [plain.as_slice(), std::slice::from_ref(&derived)].concat(),
            ..client()
        };
        for method in AuthMethod::ALL {
            let expected = match method {
                AuthMethod::ClientSecretJwt => vec![derived.clone()],
                method if method.needs_secret() => plain.clone(),
                _ => Vec::new(),
            };
            assert_eq!(both.secrets_kept_for(method), expected, "{method:?}");
        }
    }

    #[test]
    fn what_is_no_salt_is_refused() {
        let (_, stored) = made();
        let written = serde_json::to_value(&stored).unwrap();
        let text = written["salt"].as_str().unwrap();
        let read = |salt: Value| {
            let mut changed = written.clone();
            changed["salt"] = salt;
            serde_json::from_value::<ClientSecret>(changed)
        };
        assert!(read(json!(text)).is_ok());
        for salt in [
            json!(""),
            json!(text[1..]),
            json!(format!("{text}=")),
            json!(1),
        ] {
            assert!(read(salt.clone()).is_err(), "{salt}");
        }
    }
}
