//! How a token is asked for the signatures of JOSE ([RFC 7518 section 3](https://www.rfc-editor.org/rfc/rfc7518#section-3)).
//!
//! The hash is made here: a token is given a few bytes whatever is signed, and every token can sign a hash.

use aws_lc_rs::digest::{Algorithm as Hash, SHA256, SHA384, SHA512, digest};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use doorward_core::jose::Algorithm;

/// What stands before a SHA-256 hash in a `DigestInfo`
/// ([RFC 8017 section 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2)).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// The mechanism that signs with `algorithm`. Tokens answer with what JOSE wants: of ECDSA the two numbers, one after the other.
pub(super) fn mechanism(algorithm: Algorithm) -> Mechanism<'static> {
    match algorithm {
        Algorithm::Rs256 => Mechanism::RsaPkcs,
        Algorithm::Ps256 => Mechanism::RsaPkcsPss(pss()),
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => Mechanism::Ecdsa,
        Algorithm::EdDsa => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure)),
    }
}

/// What it is given to sign `message`.
pub(super) fn data(algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    let hash = |hash: &'static Hash| digest(hash, message).as_ref().to_vec();
    match algorithm {
        Algorithm::Rs256 => [&SHA256_INFO, &*hash(&SHA256)].concat(),
        Algorithm::Ps256 | Algorithm::Es256 => hash(&SHA256),
        Algorithm::Es384 => hash(&SHA384),
        Algorithm::Es512 => hash(&SHA512),
        Algorithm::EdDsa => message.to_vec(),
    }
}

/// A salt as long as the hash ([RFC 7518 section 3.5](https://www.rfc-editor.org/rfc/rfc7518#section-3.5)).
fn pss() -> PkcsPssParams {
    PkcsPssParams {
        hash_alg: MechanismType::SHA256,
        mgf: PkcsMgfType::MGF1_SHA256,
        s_len: 32.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [RFC 8017 section 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2), and what each algorithm hashes with.
    #[test]
    fn a_token_is_given_the_hash_of_the_algorithm_and_ed25519_the_message() {
        let info = data(Algorithm::Rs256, b"message");
        let (prefix, hash) = info.split_at(19);
        // A sequence of 49 bytes: the name of the hash, and an octet string of 32.
        assert_eq!(prefix.get(..2), Some(&[0x30, 49][..]));
        assert_eq!(prefix.get(17..), Some(&[0x04, 32][..]));
        assert_eq!(hash, digest(&SHA256, b"message").as_ref());
        for (algorithm, length) in [
            (Algorithm::Ps256, 32),
            (Algorithm::Es256, 32),
            (Algorithm::Es384, 48),
            (Algorithm::Es512, 64),
            (Algorithm::EdDsa, 7),
        ] {
            assert_eq!(data(algorithm, b"message").len(), length, "{algorithm}");
        }
    }
}
