//! Private keys that were made elsewhere, so that a migration keeps what applications know.

use josekit::jwk::alg::ec::EcKeyPair;
use josekit::jwk::alg::ed::EdKeyPair;
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jwk::{Jwk, KeyPair};
use serde_json::{Map, Value};

use super::foreign_key::{self, MAX_KID_LENGTH};
use super::jwk::{PrivateJwk, PublicKey};
use super::{Algorithm, HardwareKey, PublicNumbers, SigningKey, json};

/// Bits of an RSA key that is brought in: fewer protect too little
/// ([RFC 7518 section 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)), more take too long for every sign-in.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// What is said of a key beside its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportAs {
    /// Its name in tokens; that of the JWK, or else its thumbprint, when absent.
    pub kid: Option<String>,
    /// What it signs with; that of the JWK, or else the first that it fits, when absent.
    pub algorithm: Option<Algorithm>,
}

/// Why a key is not brought in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefused {
    /// It cannot be read.
    #[error(
        "it holds no private key that can be read: PEM (PKCS#8, PKCS#1, SEC 1) or one JWK is. \
         `openssl pkey -in FILE -out NEW` writes most others as PKCS#8"
    )]
    Unreadable,
    /// It takes a password.
    #[error(
        "the key is encrypted: write it without a password with `openssl pkey -in FILE -out NEW`, import that, and remove it"
    )]
    Encrypted,
    /// There is nothing private in it.
    #[error("it holds a public key only: give the private key that belongs to it")]
    PublicOnly,
    /// There is more than one key in it.
    #[error("it holds several keys: give a file with one; of a JWK Set, one of its `keys`")]
    Several,
    /// It is for something else.
    #[error("the key is not for signatures: its use or key_ops says so")]
    OtherUse,
    /// It is of a kind that nothing here uses.
    #[error(
        "Doorward signs with no key of this kind: give RSA of 2048 to 4096 bits, P-256, P-384, P-521 or Ed25519"
    )]
    OtherKind,
    /// It is too weak.
    #[error("the RSA key has {0} bits, which is too weak: make a new one of 2048 bits or more")]
    TooShort(usize),
    /// It is too slow.
    #[error("the RSA key has {0} bits, which is too slow: make a new one of 4096 bits or fewer")]
    TooLong(usize),
    /// It cannot do what it is to do.
    #[error("the key is not for {0}: leave --algorithm out, or give a key that is for it")]
    OtherAlgorithm(String),
    /// Its name cannot be one.
    #[error("a kid has 1 to 128 bytes and no control characters: name the key with --kid")]
    Kid,
    /// Its halves do not belong together.
    #[error("the private part of the key does not belong to its public part")]
    Inconsistent,
}

impl SigningKey {
    /// Reads a private key from PEM ([RFC 5958](https://www.rfc-editor.org/rfc/rfc5958), [RFC 8017], [RFC 5915]) or from a JWK
    /// ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).
    ///
    /// [RFC 8017]: https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2
    /// [RFC 5915]: https://www.rfc-editor.org/rfc/rfc5915
    pub fn import(text: &str, import: ImportAs) -> Result<Self, ImportRefused> {
        if text.trim_start().starts_with('{') {
            let (jwk, import) = of_jwk(text, import)?;
            return finish(jwk, import);
        }
        finish(of_pem(text)?, import)
    }

    /// The key in hardware that these are the public numbers of. What signs with it is still to be found, and whether it does to be
    /// proven.
    pub fn in_hardware(
        numbers: &PublicNumbers,
        place: &HardwareKey,
        import: ImportAs,
    ) -> Result<Self, ImportRefused> {
        finish(
            numbers.to_jwk(place).ok_or(ImportRefused::OtherKind)?,
            import,
        )
    }
}

/// Names the key, and proves that it can do what it is for.
fn finish(mut jwk: Jwk, import: ImportAs) -> Result<SigningKey, ImportRefused> {
    let public = PublicKey::read(&jwk).ok_or(ImportRefused::OtherKind)?;
    let algorithm = algorithm(&public, import.algorithm)?;
    if let Some(kid) = import.kid {
        if !(1..=MAX_KID_LENGTH).contains(&kid.len()) || kid.chars().any(char::is_control) {
            return Err(ImportRefused::Kid);
        }
        jwk.set_key_id(kid);
    }
    let key = SigningKey::from_jwk(&PrivateJwk::of(jwk), algorithm);
    let key = key.map_err(|_| ImportRefused::Inconsistent)?;
    if key.hardware().is_none() && key.prove().is_err() {
        return Err(ImportRefused::Inconsistent);
    }
    Ok(key)
}

/// What the key is to sign with, once it is known to be strong enough.
fn algorithm(key: &PublicKey, wanted: Option<Algorithm>) -> Result<Algorithm, ImportRefused> {
    if let PublicKey::Rsa { n, .. } = key {
        match foreign_key::bits_of(n) {
            short if short < *RSA_BITS.start() => return Err(ImportRefused::TooShort(short)),
            long if long > *RSA_BITS.end() => return Err(ImportRefused::TooLong(long)),
            _ => {}
        }
    }
    if !foreign_key::is_strong(key) {
        return Err(ImportRefused::OtherKind);
    }
    let mut fitting = Algorithm::ALL.into_iter().filter(|own| key.fits(*own));
    match wanted {
        None => fitting.next().ok_or(ImportRefused::OtherKind),
        Some(wanted) => fitting
            .find(|own| *own == wanted)
            .ok_or_else(|| ImportRefused::OtherAlgorithm(wanted.to_string())),
    }
}

/// A JWK, which may say itself what it is called and for.
fn of_jwk(text: &str, import: ImportAs) -> Result<(Jwk, ImportAs), ImportRefused> {
    let members = json::object(text.as_bytes()).ok_or(ImportRefused::Unreadable)?;
    if members.contains_key("keys") {
        return Err(ImportRefused::Several);
    }
    if !is_for_signatures(&members) {
        return Err(ImportRefused::OtherUse);
    }
    let said = |name: &str| members.get(name).and_then(Value::as_str);
    let alg = match said("alg") {
        None => None,
        Some(alg) => Some(
            Algorithm::named(alg).ok_or_else(|| ImportRefused::OtherAlgorithm(alg.to_owned()))?,
        ),
    };
    if let (Some(wanted), Some(alg)) = (import.algorithm, alg)
        && wanted != alg
    {
        return Err(ImportRefused::OtherAlgorithm(wanted.to_string()));
    }
    let kid = import.kid.or_else(|| said("kid").map(str::to_owned));
    let algorithm = import.algorithm.or(alg);
    let jwk = pair(&members)?;
    Ok((jwk, ImportAs { kid, algorithm }))
}

/// Both halves of a JWK, without anything else that it says.
fn pair(members: &Map<String, Value>) -> Result<Jwk, ImportRefused> {
    let jwk = Jwk::from_map(members.clone()).map_err(|_| ImportRefused::Unreadable)?;
    PublicKey::read(&jwk).ok_or(ImportRefused::OtherKind)?;
    if !members.contains_key("d") {
        return Err(ImportRefused::PublicOnly);
    }
    let unreadable = |_| ImportRefused::Unreadable;
    Ok(match jwk.key_type() {
        "RSA" => RsaKeyPair::from_jwk(&jwk)
            .map_err(unreadable)?
            .to_jwk_key_pair(),
        "EC" => EcKeyPair::from_jwk(&jwk)
            .map_err(unreadable)?
            .to_jwk_key_pair(),
        _ => EdKeyPair::from_jwk(&jwk)
            .map_err(unreadable)?
            .to_jwk_key_pair(),
    })
}

/// [RFC 7517 sections 4.2 and 4.3](https://www.rfc-editor.org/rfc/rfc7517#section-4.2).
fn is_for_signatures(members: &Map<String, Value>) -> bool {
    let signs = |operations: &Value| {
        let operations = operations.as_array();
        operations.is_some_and(|operations| operations.iter().any(|operation| operation == "sign"))
    };
    members.get("use").is_none_or(|usage| usage == "sig")
        && members.get("key_ops").is_none_or(signs)
}

/// The one private key of a file in PEM ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)), which may have parameters and certificates
/// beside it.
fn of_pem(text: &str) -> Result<Jwk, ImportRefused> {
    let blocks: Vec<(&str, &str)> = blocks(text).collect();
    let private = |block: &&(&str, &str)| block.0.ends_with("PRIVATE KEY");
    let mut keys = blocks.iter().filter(private);
    let (label, pem) = match (keys.next(), keys.next()) {
        (Some(block), None) => *block,
        (Some(_), Some(_)) => return Err(ImportRefused::Several),
        (None, _) if blocks.is_empty() => return Err(ImportRefused::Unreadable),
        (None, _) => return Err(ImportRefused::PublicOnly),
    };
    if label == "ENCRYPTED PRIVATE KEY" || pem.contains("ENCRYPTED\n") {
        return Err(ImportRefused::Encrypted);
    }
    let rsa = || RsaKeyPair::from_pem(pem).map(|pair| pair.to_jwk_key_pair());
    let ec = || EcKeyPair::from_pem(pem, None).map(|pair| pair.to_jwk_key_pair());
    let ed = || EdKeyPair::from_pem(pem).map(|pair| pair.to_jwk_key_pair());
    match label {
        "RSA PRIVATE KEY" => rsa(),
        "EC PRIVATE KEY" => ec(),
        "PRIVATE KEY" => rsa().or_else(|_| ec()).or_else(|_| ed()),
        _ => return Err(ImportRefused::Unreadable),
    }
    .map_err(|_| ImportRefused::OtherKind)
}

/// The blocks of a file in PEM, each with its label.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices("-----BEGIN ").filter_map(|(at, begin)| {
        let block = text.get(at..)?;
        let (label, _) = block.get(begin.len()..)?.split_once("-----")?;
        let end = format!("-----END {label}-----");
        let length = block.find(&end)? + end.len();
        Some((label, block.get(..length)?))
    })
}

#[cfg(test)]
mod tests;
