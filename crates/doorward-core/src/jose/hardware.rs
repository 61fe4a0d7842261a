//! Where a private key is that never leaves its hardware.

use josekit::jwk::Jwk;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{NoSignature, Pace, Signer, base64url};

/// The member of a stored JWK that stands in the place of the private ones.
pub(super) const MEMBER: &str = "pkcs11";

/// A private key of a token
/// ([PKCS #11 section 4.4](https://docs.oasis-open.org/pkcs11/pkcs11-spec/v3.1/os/pkcs11-spec-v3.1-os.html#_Toc111203270)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardwareKey {
    /// `CKA_LABEL`, its name for people.
    pub label: String,
    /// `CKA_ID`, which it shares with its public key, in hexadecimal digits.
    pub id: String,
}

/// A public key as hardware tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicNumbers {
    /// RSA.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The public exponent.
        exponent: Vec<u8>,
    },
    /// A point of P-256, P-384 or P-521, uncompressed ([SEC 1 section 2.3.3](https://www.secg.org/sec1-v2.pdf)).
    Point(Vec<u8>),
    /// A public key of Ed25519.
    Ed25519(Vec<u8>),
}

impl PublicNumbers {
    /// The key as a JWK with the place of its private part; `None` when that is no key.
    pub(super) fn to_jwk(&self, place: &HardwareKey) -> Option<Jwk> {
        let mut jwk = match self {
            Self::Rsa { modulus, exponent } => {
                let number = |bytes: &[u8]| {
                    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
                    base64url::encode(bytes.get(zeros..).unwrap_or_default())
                };
                json!({"kty": "RSA", "n": number(modulus), "e": number(exponent)})
            }
            Self::Point(point) => of_point(point)?,
            Self::Ed25519(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": base64url::encode(key)})
            }
        };
        let members = jwk.as_object_mut()?;
        members.insert(MEMBER.to_owned(), serde_json::to_value(place).ok()?);
        Jwk::from_map(members.clone()).ok()
    }
}

fn of_point(point: &[u8]) -> Option<Value> {
    let numbers = point.strip_prefix(&[4])?;
    let curve = match numbers.len() {
        64 => "P-256",
        96 => "P-384",
        132 => "P-521",
        _ => return None,
    };
    let (x, y) = numbers.split_at(numbers.len() / 2);
    let (x, y) = (base64url::encode(x), base64url::encode(y));
    Some(json!({"kty": "EC", "crv": curve, "x": x, "y": y}))
}

/// Signs for a key in hardware as long as nothing leads there.
pub(super) struct Unreached;

impl Signer for Unreached {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, NoSignature> {
        Err(
            "the key is in hardware, and the configuration names no pkcs11.module that leads there"
                .into(),
        )
    }

    fn pace(&self) -> Pace {
        Pace::Elsewhere
    }
}
