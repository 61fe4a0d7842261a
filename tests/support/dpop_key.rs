//! Keys that clients prove to hold, and the proofs ([RFC 9449 section 4](https://www.rfc-editor.org/rfc/rfc9449#section-4)),
//! made without the provider's code.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::assertion_key::AssertionKey;
use crate::clock::{TestClock, random_text};

/// The members of each kind of key that its thumbprint covers, in their order
/// ([RFC 7638 section 3.2](https://www.rfc-editor.org/rfc/rfc7638#section-3.2)).
const REQUIRED: [&str; 6] = ["crv", "e", "kty", "n", "x", "y"];

/// A private key of a client.
#[derive(Clone, Debug)]
pub struct DpopKey {
    algorithm: &'static str,
    key: AssertionKey,
}

/// A proof that is not signed yet.
#[derive(Clone, Debug)]
pub struct Draft {
    key: AssertionKey,
    header: Value,
    claims: Value,
}

/// A client that proves to hold a key with every request that it sends.
#[derive(Clone, Debug)]
pub(crate) struct Prover {
    pub(crate) key: DpopKey,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) nonce: Option<String>,
}

impl Prover {
    pub(crate) fn proof(&self, method: &str, address: &str) -> Draft {
        let draft = self.key.proof(method, address, self.clock.seconds());
        draft.claim("nonce", json!(self.nonce))
    }
}

impl DpopKey {
    /// A new key for this `alg`.
    pub fn generate(algorithm: &'static str) -> Self {
        Self {
            algorithm,
            key: AssertionKey::generate(algorithm, "unused"),
        }
    }

    /// The public key, with no member that a proof does not need.
    pub fn jwk(&self) -> Value {
        let mut jwk = self.key.public();
        let members = jwk.as_object_mut().expect("an object");
        members.retain(|name, _| REQUIRED.contains(&name.as_str()));
        jwk
    }

    /// The thumbprint of the key ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
    pub fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let members = REQUIRED.iter().filter_map(|name| {
            let value = jwk.get(*name)?;
            Some(format!("\"{name}\":{value}"))
        });
        let canonical = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        encode(digest(&SHA256, canonical.as_bytes()).as_ref())
    }

    /// A proof for a request by `method` to `address`, made at `seconds`.
    pub fn proof(&self, method: &str, address: &str, seconds: i64) -> Draft {
        Draft {
            key: self.key.clone(),
            header: json!({"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk()}),
            claims: json!({
                "jti": random_text(),
                "htm": method,
                "htu": address,
                "iat": seconds,
            }),
        }
    }
}

impl Draft {
    /// The same with another claim, or without one by `null`.
    #[must_use]
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, value);
        self
    }

    /// The same with another member of the header, or without one by `null`.
    #[must_use]
    pub fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, value);
        self
    }

    /// The same for a request that brings this access token.
    #[must_use]
    pub fn for_token(self, access_token: &str) -> Self {
        let hash = digest(&SHA256, access_token.as_bytes());
        self.claim("ath", json!(encode(hash.as_ref())))
    }

    /// The proof.
    pub fn sign(&self) -> String {
        self.key.sign_with(&self.header, &self.claims)
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    let members = object.as_object_mut().expect("an object");
    members.insert(name.to_owned(), value);
    members.retain(|_, value| !value.is_null());
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
