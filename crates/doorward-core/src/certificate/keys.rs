//! The keys of certificates as a JWK Set, for whoever has certificates and no such set
//! ([RFC 8705 section 2.2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2.2)).

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Map, Value, json};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Reader as _, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::CertificateThumbprint;
use crate::jose::{JwkSet, JwkSetRefused, base64url};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Why certificates make no JWK Set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificatesRefused {
    /// They are no certificates in PEM.
    #[error("that is no certificate in PEM: {0}")]
    Pem(String),
    /// A key is of a kind that has no place here.
    #[error("certificate {0} has a key that is neither RSA nor P-256 nor Ed25519")]
    Kind(usize),
    /// The set is refused.
    #[error(transparent)]
    Set(#[from] JwkSetRefused),
}

/// The keys of certificates in PEM, each of which says which certificate it has.
pub fn of_certificates(pem: &[u8]) -> Result<JwkSet, CertificatesRefused> {
    let malformed = |error: &dyn ToString| CertificatesRefused::Pem(error.to_string());
    let mut keys = Vec::new();
    for (at, der) in (1..).zip(CertificateDer::pem_slice_iter(pem)) {
        let der = der.map_err(|error| malformed(&error))?;
        let read = Certificate::from_der(&der).map_err(|error| malformed(&error))?;
        let key = jwk(&read.tbs_certificate.subject_public_key_info);
        let mut key = key.ok_or(CertificatesRefused::Kind(at))?;
        let name = CertificateThumbprint::of(&der);
        key.insert("kid".to_owned(), json!(name));
        key.insert("x5t#S256".to_owned(), json!(name));
        keys.push(Value::Object(key));
    }
    let set = json!({ "keys": keys });
    Ok(JwkSet::parse(set.to_string().as_bytes())?)
}

/// The public members of a key ([RFC 7518 section 6](https://www.rfc-editor.org/rfc/rfc7518#section-6)).
fn jwk(key: &SubjectPublicKeyInfoOwned) -> Option<Map<String, Value>> {
    let bytes = key.subject_public_key.as_bytes()?;
    let jwk = match key.algorithm.oid {
        RSA => rsa(bytes),
        ED25519 => Some(json!({"kty": "OKP", "crv": "Ed25519", "x": base64url::encode(bytes)})),
        EC if key.algorithm.parameters.as_ref()?.decode_as() == Ok(P256) => point(bytes),
        _ => None,
    };
    match jwk? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// An uncompressed point ([SEC 1 section 2.3.3](https://www.secg.org/sec1-v2.pdf)).
fn point(bytes: &[u8]) -> Option<Value> {
    let (x, y) = bytes.strip_prefix(&[4])?.split_at_checked(32)?;
    let (x, y) = (base64url::encode(x), base64url::encode(y));
    Some(json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}))
}

/// A modulus and an exponent ([RFC 8017 section A.1.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1)).
fn rsa(bytes: &[u8]) -> Option<Value> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let numbers = reader.sequence(|inner| {
        Ok((
            inner.decode::<UintRef<'_>>()?,
            inner.decode::<UintRef<'_>>()?,
        ))
    });
    let (modulus, exponent) = numbers.ok()?;
    let text = |number: UintRef<'_>| base64url::encode(number.as_bytes());
    Some(json!({"kty": "RSA", "n": text(modulus), "e": text(exponent)}))
}

#[cfg(test)]
mod tests {
    use rcgen::{
        KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
    };

    use super::*;
    use crate::certificate::testing::params;

    #[test]
    fn the_keys_of_certificates_are_a_set_that_says_which_is_whose() {
        let (mut pem, mut names) = (String::new(), Vec::new());
        for kind in [&PKCS_ECDSA_P256_SHA256, &PKCS_ED25519, &PKCS_RSA_SHA256] {
            let key = KeyPair::generate_for(kind).unwrap();
            let certificate = params("wiki").self_signed(&key).unwrap();
            names.push(CertificateThumbprint::of(certificate.der()));
            pem += &certificate.pem();
        }
        let set = of_certificates(pem.as_bytes()).unwrap();
        assert_eq!(set.certificates().cloned().collect::<Vec<_>>(), names);
    }

    #[test]
    fn what_is_no_certificate_with_a_key_that_is_used_here_is_refused() {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        let other = params("wiki").self_signed(&key).unwrap().pem();
        let refused = |pem: &str| of_certificates(pem.as_bytes()).unwrap_err();
        assert_eq!(refused(&other), CertificatesRefused::Kind(1));
        assert_eq!(
            refused(""),
            CertificatesRefused::Set(JwkSetRefused::Count(0))
        );
        let key = refused(&key.serialize_pem());
        assert_eq!(key, CertificatesRefused::Set(JwkSetRefused::Count(0)));
    }
}
