//! Public keys as others than JOSE write them ([RFC 5280 section 4.1.2.7](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7)).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use x509_cert::der::asn1::{Any, BitString, Null, ObjectIdentifier, UintRef};
use x509_cert::der::{Encode as _, Result};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::base64url;
use super::jwk::{Curve, PublicKey};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The key in PEM; `None` when its numbers are none.
pub(super) fn pem(key: &PublicKey) -> Option<String> {
    let der = info(key)?.ok()?.to_der().ok()?;
    let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    let mut rest = BASE64_STANDARD.encode(der);
    while !rest.is_empty() {
        let next = rest.split_off(rest.len().min(64));
        pem += &rest;
        pem.push('\n');
        rest = next;
    }
    Some(pem + "-----END PUBLIC KEY-----\n")
}

fn info(key: &PublicKey) -> Option<Result<SubjectPublicKeyInfoOwned>> {
    Some(match key {
        PublicKey::Rsa { e, n, .. } => rsa(&base64url::decode(n)?, &base64url::decode(e)?),
        PublicKey::Ec { crv, x, y, .. } => {
            let point = [&[4], &*base64url::decode(x)?, &*base64url::decode(y)?].concat();
            with(EC, Any::encode_from(&oid(*crv)).map(Some), &point)
        }
        PublicKey::Okp { x, .. } => with(ED25519, Ok(None), &base64url::decode(x)?),
    })
}

/// [RFC 8017 section A.1.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1).
fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<SubjectPublicKeyInfoOwned> {
    let numbers = [UintRef::new(modulus)?, UintRef::new(exponent)?];
    with(RSA, Any::encode_from(&Null).map(Some), &numbers.to_der()?)
}

fn with(
    oid: ObjectIdentifier,
    parameters: Result<Option<Any>>,
    key: &[u8],
) -> Result<SubjectPublicKeyInfoOwned> {
    Ok(SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid,
            parameters: parameters?,
        },
        subject_public_key: BitString::from_bytes(key)?,
    })
}

/// [RFC 5480 section 2.1.1.1](https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1.1).
const fn oid(curve: Curve) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(match curve {
        Curve::P256 => "1.2.840.10045.3.1.7",
        Curve::P384 => "1.3.132.0.34",
        Curve::P521 => "1.3.132.0.35",
    })
}
