//! The signatures of tokens, made as fast as we know how: by aws-lc-rs, with keys that are held ready.

use std::fmt;

use anyhow::{Context, anyhow};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
        VerificationAlgorithm,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_tests::load::relying_party::Tokens;
use serde::{Deserialize, Serialize};

/// An algorithm that a client can ask for ([RFC 7518 section 3.1], [RFC 8037 section 3.1]).
///
/// [RFC 7518 section 3.1]: https://www.rfc-editor.org/rfc/rfc7518#section-3.1
/// [RFC 8037 section 3.1]: https://www.rfc-editor.org/rfc/rfc8037#section-3.1
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Algorithm {
    /// RSA of 2048 bits with SHA-256, PKCS #1 v1.5.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// All of them, the cheapest first.
    pub(crate) const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// The name in a JWT's header.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm that signed a JWT, as its header says.
    pub(crate) fn of_jwt(token: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Header {
            alg: Algorithm,
        }
        let header = BASE64_URL_SAFE_NO_PAD
            .decode(token.split('.').next()?)
            .ok()?;
        let header: Header = serde_json::from_slice(&header).ok()?;
        Some(header.alg)
    }

    /// The algorithms of all signatures that these tokens cost.
    pub(crate) fn of_tokens(tokens: &Tokens) -> Vec<Self> {
        let tokens = [Some(&tokens.access_token), tokens.id_token.as_ref()];
        tokens
            .into_iter()
            .flatten()
            .filter_map(|token| Self::of_jwt(token))
            .collect()
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A private key, ready to sign.
pub(crate) enum SigningKey {
    /// For [`Algorithm::Rs256`].
    Rsa(Box<RsaKeyPair>),
    /// For [`Algorithm::Es256`].
    Ec(Box<EcdsaKeyPair>),
    /// For [`Algorithm::EdDsa`].
    Ed(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// A new key.
    pub(crate) fn generate(algorithm: Algorithm) -> anyhow::Result<Self> {
        let key = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .map(Box::new)
                .map(Self::Rsa),
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .map(Box::new)
                .map(Self::Ec),
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Box::new).map(Self::Ed),
        };
        key.with_context(|| format!("cannot generate a key for {algorithm}"))
    }

    /// What this key signs with.
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa(_) => Algorithm::Rs256,
            Self::Ec(_) => Algorithm::Es256,
            Self::Ed(_) => Algorithm::EdDsa,
        }
    }

    /// The signature of a message.
    pub(crate) fn sign(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let random = SystemRandom::new();
        let failed = |_| anyhow!("cannot sign with {}", self.algorithm());
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            Self::Ec(key) => Ok(key
                .sign(&random, message)
                .map_err(failed)?
                .as_ref()
                .to_vec()),
            Self::Ed(key) => Ok(key.sign(message).as_ref().to_vec()),
        }
    }

    /// Checks a signature that this key made, as whoever has its public half would.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> anyhow::Result<()> {
        let (algorithm, public): (&dyn VerificationAlgorithm, &[u8]) = match self {
            Self::Rsa(key) => (&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref()),
            Self::Ec(key) => (&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref()),
            Self::Ed(key) => (&ED25519, key.public_key().as_ref()),
        };
        algorithm
            .verify_sig(public, message, signature)
            .map_err(|_| anyhow!("a wrong signature by {}", self.algorithm()))
    }

    /// A signed access token ([RFC 9068]).
    ///
    /// [RFC 9068]: https://www.rfc-editor.org/rfc/rfc9068
    pub(crate) fn access_token(&self, claims: &impl Serialize) -> anyhow::Result<String> {
        let header = format!(
            r#"{{"alg":"{}","typ":"at+jwt","kid":"reference"}}"#,
            self.algorithm()
        );
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
        let signature = self.sign(token.as_bytes())?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_token_names_the_algorithm_that_signed_it() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(algorithm).unwrap();
            let token = key
                .access_token(&serde_json::json!({ "sub": "alice" }))
                .unwrap();
            assert_eq!(Algorithm::of_jwt(&token), Some(algorithm));
            assert_eq!(token.split('.').count(), 3);
        }
        assert_eq!(Algorithm::of_jwt("opaque"), None);
    }
}
