//! How long RSA keys are.

/// The length of a new RSA key. The shortest is what [RFC 7518 section 3.3] admits, and each step costs about three times as much per
/// signature.
///
/// [RFC 7518 section 3.3]: https://www.rfc-editor.org/rfc/rfc7518#section-3.3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RsaSize {
    /// 2048 bits: 112 bits of strength.
    #[default]
    Bits2048,
    /// 3072 bits: 128 bits of strength, as P-256 and Ed25519 have.
    Bits3072,
    /// 4096 bits.
    Bits4096,
}

impl RsaSize {
    /// Every length.
    pub const ALL: [Self; 3] = [Self::Bits2048, Self::Bits3072, Self::Bits4096];

    /// The number of bits.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bits2048 => 2048,
            Self::Bits3072 => 3072,
            Self::Bits4096 => 4096,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::foreign_key::bits_of;
    use crate::jose::jwk::PublicKey;
    use crate::jose::{Algorithm, SigningKey};

    /// K03: no key that is made is shorter than 2048 bits.
    #[test]
    fn a_key_has_the_size_that_was_asked_for() {
        for size in [RsaSize::Bits2048, RsaSize::Bits3072] {
            let key = SigningKey::generate_sized(Algorithm::Ps256, size);
            let jwk = serde_json::to_vec(&key.public_jwk()).unwrap();
            let jwk = josekit::jwk::Jwk::from_bytes(jwk).unwrap();
            let Some(PublicKey::Rsa { n, .. }) = PublicKey::read(&jwk) else {
                panic!("it is RSA");
            };
            assert_eq!(u32::try_from(bits_of(&n)), Ok(size.bits()));
        }
    }
}
