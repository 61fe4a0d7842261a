//! ID Tokens, verified with the keys that a provider publishes and not by its own code.

use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsVerifier, PS256, RS256};
use serde_json::{Map, Value};

/// A token whose signature is right.
#[derive(Clone, Debug)]
pub struct IdToken {
    /// The header of the JWS.
    pub header: Value,
    /// The claims.
    pub claims: Map<String, Value>,
}

impl IdToken {
    /// Verifies a token with the key of `jwks` that it names. Panics when that fails.
    #[track_caller]
    pub fn verify(token: &str, jwks: &Value) -> Self {
        Self::verified(token, jwks).expect("the token names a published key")
    }

    /// The same; `None` if the token names no key of `jwks`. Panics when the signature is wrong.
    #[track_caller]
    pub fn verified(token: &str, jwks: &Value) -> Option<Self> {
        let header = josekit::jwt::decode_header(token).expect("a JWS");
        let kid = header.claim("kid").cloned();
        let keys = jwks["keys"].as_array().expect("a JWK Set has keys");
        let mut named = keys.iter().filter(|key| Some(&key["kid"]) == kid.as_ref());
        let key = named.next()?;
        let algorithm = header.claim("alg").and_then(Value::as_str);
        assert_eq!(
            key["alg"].as_str(),
            algorithm,
            "the key is for another algorithm"
        );
        let verifier = verifier(key);
        let (payload, header) = josekit::jwt::decode_with_verifier(token, &*verifier)
            .unwrap_or_else(|error| panic!("{token}: {error}"));
        Some(Self {
            header: Value::Object(header.claims_set().clone()),
            claims: payload.claims_set().clone(),
        })
    }

    /// A claim; null when it is not there.
    pub fn get(&self, name: &str) -> &Value {
        self.claims.get(name).unwrap_or(&Value::Null)
    }
}

fn verifier(key: &Value) -> Box<dyn JwsVerifier> {
    let members = key.as_object().expect("a key is an object").clone();
    let jwk = Jwk::from_map(members).expect("a key");
    let verifier: Result<Box<dyn JwsVerifier>, _> = match key["alg"].as_str() {
        Some("RS256") => RS256
            .verifier_from_jwk(&jwk)
            .map(|verifier| Box::new(verifier) as _),
        Some("PS256") => PS256
            .verifier_from_jwk(&jwk)
            .map(|verifier| Box::new(verifier) as _),
        Some("ES256") => ES256
            .verifier_from_jwk(&jwk)
            .map(|verifier| Box::new(verifier) as _),
        Some("EdDSA") => EdDSA
            .verifier_from_jwk(&jwk)
            .map(|verifier| Box::new(verifier) as _),
        other => panic!("keys are not published for {other:?}"),
    };
    verifier.expect("a public key")
}
