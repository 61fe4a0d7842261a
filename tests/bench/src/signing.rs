//! What a signed token costs beside the signature itself, which OpenSSL alone makes in the same seconds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use doorward_core::jose::{Algorithm, SigningKey, Typ};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cell::median;
use crate::yardstick::{MESSAGE, processor_time};

/// What is measured: what tokens are signed with unless an operator wants more.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];

/// Tokens that one of the two signs before it is the other's turn, so that both have the same of a core whose speed changes.
const TURN: u32 = 8;

/// The processor time of one token, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct SigningCost {
    /// What signs it.
    pub(crate) algorithm: Algorithm,
    /// Ours: claims written, encoded and signed.
    pub(crate) token_us: f64,
    /// OpenSSL's signature alone.
    pub(crate) openssl_us: f64,
}

impl SigningCost {
    /// Measures each algorithm for `length`.
    pub(crate) fn measure(length: Duration) -> anyhow::Result<Vec<Self>> {
        let costs = ALGORITHMS.into_iter().map(|own| Self::of(own, length));
        costs.collect()
    }

    /// The median of several measurements, algorithm by algorithm.
    pub(crate) fn median(of: &[Self]) -> Vec<Self> {
        let cost = |algorithm| {
            let own = || of.iter().filter(|cost| cost.algorithm == algorithm);
            Some(Self {
                algorithm,
                token_us: median(own().map(|cost| cost.token_us))?,
                openssl_us: median(own().map(|cost| cost.openssl_us))?,
            })
        };
        ALGORITHMS.into_iter().filter_map(cost).collect()
    }

    fn of(algorithm: Algorithm, length: Duration) -> anyhow::Result<Self> {
        let (ours, theirs) = (SigningKey::generate(algorithm), key(algorithm)?);
        let (claims, begun) = (claims(), Instant::now());
        let (mut token, mut openssl, mut turns) = (Duration::ZERO, Duration::ZERO, 0_u32);
        while begun.elapsed() < length {
            token += time(|| {
                black_box(ours.sign(Typ::IdToken, black_box(&claims))?);
                Ok(())
            })?;
            openssl += time(|| {
                black_box(signature(&theirs, black_box(&MESSAGE))?);
                Ok(())
            })?;
            turns += 1;
        }
        let each_us = |all: Duration| all.as_secs_f64() * 1e6 / f64::from(turns * TURN);
        Ok(Self {
            algorithm,
            token_us: each_us(token),
            openssl_us: each_us(openssl),
        })
    }
}

/// The processor time of one turn.
fn time(work: impl Fn() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let before = processor_time()?;
    for _ in 0..TURN {
        work()?;
    }
    Ok(processor_time()?.saturating_sub(before))
}

/// An ID Token's, as long as they usually are.
fn claims() -> Value {
    json!({
        "iss": "https://login.example.com", "sub": "9c1e6e0c-5f0e-4f0b-93d5-1d9c5c1f8a55", "aud": "wiki", "azp": "wiki",
        "iat": 1_900_000_000, "exp": 1_900_000_600, "auth_time": 1_899_990_000, "nonce": "n-0S6_WzA2Mj",
        "sid": "08a5019c-17e1-4977-8f42-65a12843ea02", "amr": ["pwd"], "acr": "password", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ"
    })
}

fn key(algorithm: Algorithm) -> anyhow::Result<PKey<Private>> {
    Ok(match algorithm {
        Algorithm::Rs256 => PKey::from_rsa(Rsa::generate(2048)?)?,
        Algorithm::Es256 => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
            PKey::from_ec_key(EcKey::generate(&group)?)?
        }
        Algorithm::EdDsa => PKey::generate_ed25519()?,
        other => return Err(anyhow!("{other} is not measured")),
    })
}

fn signature(key: &PKey<Private>, message: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut signer = match key.id() {
        Id::ED25519 => Signer::new_without_digest(key)?,
        _ => Signer::new(MessageDigest::sha256(), key)?,
    };
    signer.sign_oneshot_to_vec(message).context("a signature")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_measured_beside_openssl() {
        let costs = SigningCost::measure(Duration::from_millis(20)).unwrap();
        assert_eq!(costs.len(), ALGORITHMS.len());
        for cost in SigningCost::median(&costs) {
            assert!(cost.token_us > 0.0 && cost.openssl_us > 0.0, "{cost:?}");
        }
    }
}
