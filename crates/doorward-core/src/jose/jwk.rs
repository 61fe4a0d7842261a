//! JSON Web Keys ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)): our private ones, and what is published of them.

use std::mem;

use aws_lc_rs::digest::{SHA256, digest};
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jwk::alg::ed::EdCurve;
use josekit::{JoseError, Map, Value};
use serde::Serialize;
use zeroize::{Zeroize, Zeroizing};

use super::{Algorithm, HardwareKey, RsaSize, base64url, hardware};
use crate::certificate::CertificateThumbprint;

/// A private key; its members are wiped when it goes.
pub(super) struct PrivateJwk(Jwk);

impl PrivateJwk {
    /// A new key that signs with `algorithm`, of this size if that is RSA.
    pub(super) fn generate(algorithm: Algorithm, rsa: RsaSize) -> Result<Self, JoseError> {
        match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => Jwk::generate_rsa_key(rsa.bits()),
            Algorithm::Es256 => Jwk::generate_ec_key(EcCurve::P256),
            Algorithm::EdDsa => Jwk::generate_ed_key(EdCurve::Ed25519),
            Algorithm::Es384 => Jwk::generate_ec_key(EcCurve::P384),
            Algorithm::Es512 => Jwk::generate_ec_key(EcCurve::P521),
        }
        .map(Self)
    }

    /// A key that was made elsewhere.
    pub(super) const fn of(jwk: Jwk) -> Self {
        Self(jwk)
    }

    /// Its name, if it has one of its own.
    pub(super) fn kid(&self) -> Option<&str> {
        self.0.key_id()
    }

    /// The place of its private part, if that is in hardware.
    pub(super) fn hardware(&self) -> Option<HardwareKey> {
        let place = self.0.parameter(hardware::MEMBER)?;
        serde_json::from_value(place.clone()).ok()
    }

    /// Reads what [`PrivateJwk::to_json`] wrote.
    pub(super) fn parse(json: &[u8]) -> Result<Self, JoseError> {
        Jwk::from_bytes(json).map(Self)
    }

    /// The JSON text.
    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        // Room for the longest key, so that no part of it stays behind in an outgrown buffer.
        let mut json = Zeroizing::new(Vec::with_capacity(4096));
        serde_json::to_writer(&mut *json, &self.0)?;
        Ok(json)
    }

    /// The josekit form.
    pub(super) const fn as_jwk(&self) -> &Jwk {
        &self.0
    }

    /// One member, decoded from base64url.
    pub(super) fn bytes(&self, member: &str) -> Option<Zeroizing<Vec<u8>>> {
        base64url::decode(text(&self.0, member)?).map(Zeroizing::new)
    }
}

impl Drop for PrivateJwk {
    fn drop(&mut self) {
        let members: Map<String, Value> = mem::replace(&mut self.0, Jwk::new("")).into();
        for (_, member) in members {
            if let Value::String(mut text) = member {
                text.zeroize();
            }
        }
    }
}

/// The public members of a key, no more than its thumbprint covers and in that order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum PublicKey {
    /// On a curve of NIST's ([RFC 7518 section 6.2](https://www.rfc-editor.org/rfc/rfc7518#section-6.2)).
    Ec {
        crv: Curve,
        kty: &'static str,
        x: String,
        y: String,
    },
    /// Ed25519 ([RFC 8037 section 2](https://www.rfc-editor.org/rfc/rfc8037#section-2)).
    Okp {
        crv: String,
        kty: &'static str,
        x: String,
    },
    /// RSA ([RFC 7518 section 6.3](https://www.rfc-editor.org/rfc/rfc7518#section-6.3)).
    Rsa {
        e: String,
        kty: &'static str,
        n: String,
    },
}

impl PublicKey {
    /// The public members of `jwk` if it is a key for `algorithm`.
    pub(super) fn of(jwk: &Jwk, algorithm: Algorithm) -> Option<Self> {
        let key = Self::read(jwk)?;
        key.fits(algorithm).then_some(key)
    }

    /// Whether it is a key for `algorithm`.
    pub(super) fn fits(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Self::Ec { crv, .. } => algorithm == crv.algorithm(),
            Self::Okp { .. } => algorithm == Algorithm::EdDsa,
        }
    }

    /// The public members of `jwk` if it is any key that we use.
    pub(super) fn read(jwk: &Jwk) -> Option<Self> {
        let member = |name| text(jwk, name).map(str::to_owned);
        match (jwk.key_type(), jwk.curve()) {
            ("RSA", None) => Some(Self::Rsa {
                e: member("e")?,
                kty: "RSA",
                n: member("n")?,
            }),
            ("EC", Some(curve)) => Some(Self::Ec {
                crv: Curve::named(curve)?,
                kty: "EC",
                x: member("x")?,
                y: member("y")?,
            }),
            ("OKP", Some("Ed25519")) => Some(Self::Okp {
                crv: "Ed25519".to_owned(),
                kty: "OKP",
                x: member("x")?,
            }),
            _ => None,
        }
    }

    /// Bytes of a signature that its private half makes.
    pub(super) fn signature_length(&self) -> usize {
        match self {
            Self::Rsa { n, .. } => n.len() * 3 / 4,
            Self::Ec { crv, .. } => 2 * crv.length(),
            Self::Okp { .. } => 64,
        }
    }

    /// The josekit form.
    pub(super) fn to_jwk(&self) -> Option<Jwk> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => Jwk::from_map(members).ok(),
            _ => None,
        }
    }

    /// The JWK thumbprint ([RFC 7638 section 3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
    pub(super) fn thumbprint(&self) -> Result<String, serde_json::Error> {
        let canonical = serde_json::to_vec(self)?;
        Ok(base64url::encode(digest(&SHA256, &canonical)))
    }
}

/// A curve that ECDSA signs on ([RFC 7518 section 6.2.1.1](https://www.rfc-editor.org/rfc/rfc7518#section-6.2.1.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Curve {
    #[serde(rename = "P-256")]
    P256,
    #[serde(rename = "P-384")]
    P384,
    #[serde(rename = "P-521")]
    P521,
}

impl Curve {
    fn named(name: &str) -> Option<Self> {
        match name {
            "P-256" => Some(Self::P256),
            "P-384" => Some(Self::P384),
            "P-521" => Some(Self::P521),
            _ => None,
        }
    }

    /// The one algorithm that its keys are for.
    pub(super) const fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::Es256,
            Self::P384 => Algorithm::Es384,
            Self::P521 => Algorithm::Es512,
        }
    }

    /// Bytes of a coordinate, and of each of a signature's two numbers.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// A public key as the JWK Set lists it ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
#[derive(Serialize)]
pub(crate) struct PublishedKey<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alg: Option<&'static str>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<&'static str>,
    /// [RFC 7517 section 4.9](https://www.rfc-editor.org/rfc/rfc7517#section-4.9).
    #[serde(rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    pub(super) certificate: Option<&'a CertificateThumbprint>,
    #[serde(flatten)]
    pub(super) key: &'a PublicKey,
}

/// A JWK Set ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
#[derive(Serialize)]
pub(super) struct PublishedKeys<'a> {
    pub(super) keys: Vec<PublishedKey<'a>>,
}

fn text<'a>(jwk: &'a Jwk, member: &str) -> Option<&'a str> {
    jwk.parameter(member).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thumbprint(jwk: &str, algorithm: Algorithm) -> String {
        let jwk = Jwk::from_bytes(jwk).unwrap();
        PublicKey::of(&jwk, algorithm)
            .unwrap()
            .thumbprint()
            .unwrap()
    }

    /// [RFC 7638 section 3.1](https://www.rfc-editor.org/rfc/rfc7638#section-3.1).
    #[test]
    fn the_thumbprint_of_the_rsa_example_comes_out() {
        let jwk = r#"{
            "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        }"#;
        assert_eq!(
            thumbprint(jwk, Algorithm::Rs256),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    /// [RFC 8037 section A.3](https://www.rfc-editor.org/rfc/rfc8037#appendix-A.3).
    #[test]
    fn the_thumbprint_of_the_ed25519_example_comes_out() {
        let jwk =
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        assert_eq!(
            thumbprint(jwk, Algorithm::EdDsa),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn a_key_serves_no_other_algorithm() {
        for (jwk, wrong) in [
            (r#"{"kty":"RSA","n":"AQ","e":"AQAB"}"#, Algorithm::Es256),
            (
                r#"{"kty":"EC","crv":"P-384","x":"AQ","y":"AQ"}"#,
                Algorithm::Es256,
            ),
            (
                r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#,
                Algorithm::Es384,
            ),
            (
                r#"{"kty":"EC","crv":"P-384","x":"AQ","y":"AQ"}"#,
                Algorithm::Es512,
            ),
            (
                r#"{"kty":"EC","crv":"secp256k1","x":"AQ","y":"AQ"}"#,
                Algorithm::Es256,
            ),
            (r#"{"kty":"OKP","crv":"Ed448","x":"AQ"}"#, Algorithm::EdDsa),
            (r#"{"kty":"oct","k":"AQ"}"#, Algorithm::Rs256),
            (r#"{"kty":"RSA","e":"AQAB"}"#, Algorithm::Rs256),
        ] {
            let jwk = Jwk::from_bytes(jwk).unwrap();
            assert_eq!(PublicKey::of(&jwk, wrong), None, "{jwk}");
        }
    }
}
