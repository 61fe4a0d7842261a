//! What an API spends on a signed token with `doorward-verify`, beside the verification of a signature alone, which the same libraries
//! do in the same seconds.

use std::hint::black_box;
use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, ParsedPublicKey,
};
use axum::Json;
use axum::http::Request;
use axum::http::request::Parts;
use axum::routing::{Router, get};
use doorward_core::jose::{Algorithm, SigningKey, Typ};
use doorward_verify::Verifier;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier as OpenSslVerifier};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::cell::median;
use crate::yardstick::{MESSAGE, processor_time};

/// What is measured: what tokens are signed with unless an operator wants more.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];

/// How often one of the two is done before it is the other's turn, so that both have the same of a core whose speed changes.
const TURN: u32 = 8;

const RESOURCE: &str = "https://reports.example";

/// The processor time of one token, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct VerifyingCost {
    /// What signed it.
    pub(crate) algorithm: Algorithm,
    /// The whole decision about a request, by the API's verifier.
    pub(crate) token_us: f64,
    /// The verification of a signature alone, with a key that is held ready.
    pub(crate) signature_us: f64,
}

impl VerifyingCost {
    /// Measures each algorithm for `length`.
    pub(crate) fn measure(length: Duration) -> anyhow::Result<Vec<Self>> {
        let costs = ALGORITHMS.into_iter().map(|algorithm| {
            // On a thread of its own: the one that asks may be a runtime's already.
            let measured = thread::spawn(move || Self::on_this_thread(algorithm, length));
            measured.join().map_err(|_| anyhow!("a panic"))?
        });
        costs.collect()
    }

    /// The median of several measurements, algorithm by algorithm.
    pub(crate) fn median(of: &[Self]) -> Vec<Self> {
        let cost = |algorithm| {
            let own = || of.iter().filter(|cost| cost.algorithm == algorithm);
            Some(Self {
                algorithm,
                token_us: median(own().map(|cost| cost.token_us))?,
                signature_us: median(own().map(|cost| cost.signature_us))?,
            })
        };
        ALGORITHMS.into_iter().filter_map(cost).collect()
    }

    fn on_this_thread(algorithm: Algorithm, length: Duration) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(Self::of(algorithm, length))
    }

    async fn of(algorithm: Algorithm, length: Duration) -> anyhow::Result<Self> {
        let (verifier, parts) = prepared(algorithm).await?;
        let signature = Signed::by(algorithm)?;
        let begun = Instant::now();
        let (mut tokens, mut signatures) = (Duration::ZERO, Duration::ZERO);
        let mut turns = 0_u32;
        while begun.elapsed() < length {
            let before = processor_time()?;
            for _ in 0..TURN {
                black_box(
                    verifier
                        .authorize(black_box(&parts), "reports:read")
                        .await?,
                );
            }
            let between = processor_time()?;
            for _ in 0..TURN {
                signature.verify()?;
            }
            tokens += between.saturating_sub(before);
            signatures += processor_time()?.saturating_sub(between);
            turns += 1;
        }
        let each_us = |all: Duration| all.as_secs_f64() * 1e6 / f64::from(turns * TURN);
        Ok(Self {
            algorithm,
            token_us: each_us(tokens),
            signature_us: each_us(signatures),
        })
    }
}

/// A verifier that has its issuer's keys, and a request with a good token.
async fn prepared(algorithm: Algorithm) -> anyhow::Result<(Verifier, Parts)> {
    let key = SigningKey::generate(algorithm);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let issuer = format!("http://{}", listener.local_addr()?);
    let published = |document: Value| get(move || async move { Json(document) });
    let metadata = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/jwks")});
    let keys = json!({"keys": [serde_json::to_value(key.public_jwk())?]});
    let router = Router::new()
        .route("/.well-known/openid-configuration", published(metadata))
        .route("/jwks", published(keys));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let token = key.sign(Typ::AccessToken, &claims(&issuer)?)?;
    let request = Request::builder().header("authorization", format!("Bearer {token}"));
    let (parts, ()) = request.uri("/reports").body(())?.into_parts();
    let verifier = Verifier::builder(&issuer, RESOURCE).build()?;
    verifier.authorize(&parts, "reports:read").await?;
    Ok((verifier, parts))
}

/// A person's access token's, as long as they usually are.
fn claims(issuer: &str) -> anyhow::Result<Value> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(json!({
        "iss": issuer, "aud": RESOURCE, "sub": "9c1e6e0c-5f0e-4f0b-93d5-1d9c5c1f8a55", "client_id": "wiki",
        "iat": now, "exp": now + 600, "jti": "Y2hhcmdlZCBieSB0aGUgYnl0ZQ", "scope": "reports:read reports:write",
        "auth_time": now, "acr": "urn:doorward:acr:password", "amr": ["pwd"], "grant_id": "0190d5a4-5a0e-7c3f-8f42-65a12843ea02"
    }))
}

/// A signature, and a key that verifies it.
enum Signed {
    Rsa(PKey<Public>, Vec<u8>),
    Curve(ParsedPublicKey, Vec<u8>),
}

impl Signed {
    fn by(algorithm: Algorithm) -> anyhow::Result<Self> {
        match algorithm {
            Algorithm::Rs256 => {
                let key = PKey::from_rsa(Rsa::generate(2048)?)?;
                let signature =
                    Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(&MESSAGE)?;
                let public = PKey::public_key_from_der(&key.public_key_to_der()?)?;
                Ok(Self::Rsa(public, signature))
            }
            Algorithm::Es256 => {
                let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
                let signature = key.sign(&SystemRandom::new(), &MESSAGE)?;
                let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key())?;
                Ok(Self::Curve(public, signature.as_ref().to_vec()))
            }
            Algorithm::EdDsa => {
                let key = Ed25519KeyPair::generate()?;
                let public = ParsedPublicKey::new(&ED25519, key.public_key())?;
                Ok(Self::Curve(public, key.sign(&MESSAGE).as_ref().to_vec()))
            }
            other => Err(anyhow!("{other} is not measured")),
        }
    }

    fn verify(&self) -> anyhow::Result<()> {
        let good = match self {
            Self::Rsa(key, signature) => {
                let mut verifier = OpenSslVerifier::new(MessageDigest::sha256(), key)?;
                verifier.verify_oneshot(signature, black_box(&MESSAGE))?
            }
            Self::Curve(key, signature) => key.verify_sig(black_box(&MESSAGE), signature).is_ok(),
        };
        good.then_some(()).context("a wrong signature")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_measured_beside_its_signature() {
        let costs = VerifyingCost::measure(Duration::from_millis(20)).unwrap();
        assert_eq!(costs.len(), ALGORITHMS.len());
        for cost in VerifyingCost::median(&costs) {
            assert!(cost.token_us > 0.0 && cost.signature_us > 0.0, "{cost:?}");
        }
    }
}
