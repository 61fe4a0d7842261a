//! Who signs and verifies with which algorithm: josekit's OpenSSL for RSA; aws-lc-rs, which makes
//! signatures of elliptic curves several times faster, for the rest.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING,
    ED25519, EcdsaKeyPair, Ed25519KeyPair, ParsedPublicKey, VerificationAlgorithm,
};
use josekit::JoseError;
use josekit::jws::{
    ES256, ES384, ES512, EdDSA, JwsAlgorithm, JwsSigner, JwsVerifier, PS256, RS256,
};

use super::jwk::{Curve, PrivateJwk, PublicKey};
use super::{Algorithm, NoSignature, Pace, Signer, base64url};

/// What signs with `jwk`; `None` when it is no key for `algorithm`.
pub(super) fn signer(algorithm: Algorithm, jwk: &PrivateJwk) -> Option<Box<dyn Signer>> {
    match algorithm {
        Algorithm::Rs256 => RsaSigner::boxed(RS256.signer_from_jwk(jwk.as_jwk())),
        Algorithm::Ps256 => RsaSigner::boxed(PS256.signer_from_jwk(jwk.as_jwk())),
        Algorithm::Es256 => CurveSigner::boxed(jwk, Curve::P256),
        Algorithm::Es384 => CurveSigner::boxed(jwk, Curve::P384),
        Algorithm::Es512 => CurveSigner::boxed(jwk, Curve::P521),
        Algorithm::EdDsa => {
            let key = Ed25519KeyPair::from_seed_and_public_key(&jwk.bytes("d")?, &jwk.bytes("x")?);
            Some(Box::new(EdwardsSigner(key.ok()?)))
        }
    }
}

/// What verifies the signatures of `key`; `None` when it is no key for `algorithm`.
pub(super) fn verifier(algorithm: Algorithm, key: &PublicKey) -> Option<Box<dyn JwsVerifier>> {
    match (algorithm, key) {
        (Algorithm::Rs256, PublicKey::Rsa { .. }) => {
            Some(Box::new(RS256.verifier_from_jwk(&key.to_jwk()?).ok()?))
        }
        (Algorithm::Ps256, PublicKey::Rsa { .. }) => {
            Some(Box::new(PS256.verifier_from_jwk(&key.to_jwk()?).ok()?))
        }
        (_, PublicKey::Ec { crv, x, y, .. }) if algorithm == crv.algorithm() => {
            let point = uncompressed(&base64url::decode(x)?, &base64url::decode(y)?);
            let (name, verification): (&dyn JwsAlgorithm, _) = match crv {
                Curve::P256 => (&ES256, &ECDSA_P256_SHA256_FIXED),
                Curve::P384 => (&ES384, &ECDSA_P384_SHA384_FIXED),
                Curve::P521 => (&ES512, &ECDSA_P521_SHA512_FIXED),
            };
            CurveVerifier::boxed(name, verification, &point)
        }
        (Algorithm::EdDsa, PublicKey::Okp { x, .. }) => {
            CurveVerifier::boxed(&EdDSA, &ED25519, &base64url::decode(x)?)
        }
        _ => None,
    }
}

/// Signs with RSA, by OpenSSL.
struct RsaSigner(Box<dyn JwsSigner>);

impl RsaSigner {
    fn boxed(signer: Result<impl JwsSigner + 'static, JoseError>) -> Option<Box<dyn Signer>> {
        Some(Box::new(Self(Box::new(signer.ok()?))))
    }
}

impl Signer for RsaSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NoSignature> {
        Ok(self.0.sign(message)?)
    }

    /// Most of a millisecond with the shortest keys.
    fn pace(&self) -> Pace {
        Pace::Slow
    }
}

/// Signs on a curve of NIST's.
struct CurveSigner {
    key: EcdsaKeyPair,
    curve: Curve,
}

impl CurveSigner {
    fn boxed(jwk: &PrivateJwk, curve: Curve) -> Option<Box<dyn Signer>> {
        let point = uncompressed(&jwk.bytes("x")?, &jwk.bytes("y")?);
        let scheme = match curve {
            Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
        };
        let key = EcdsaKeyPair::from_private_key_and_public_key(scheme, &jwk.bytes("d")?, &point);
        let key = key.ok()?;
        Some(Box::new(Self { key, curve }))
    }
}

impl Signer for CurveSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NoSignature> {
        // The library draws the nonce itself, whatever source it is given.
        let signature = self.key.sign(&SystemRandom::new(), message)?;
        Ok(signature.as_ref().to_vec())
    }

    fn pace(&self) -> Pace {
        match self.curve {
            Curve::P256 => Pace::Fast,
            Curve::P384 | Curve::P521 => Pace::Slow,
        }
    }
}

/// Signs with Ed25519.
struct EdwardsSigner(Ed25519KeyPair);

impl Signer for EdwardsSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NoSignature> {
        Ok(self.0.try_sign(message)?.as_ref().to_vec())
    }

    fn pace(&self) -> Pace {
        Pace::Fast
    }
}

/// Verifies signatures of an elliptic curve. aws-lc-rs refuses points beside the curve, and numbers of
/// a signature that are zero or not below the group's order.
#[derive(Clone, Debug)]
struct CurveVerifier {
    algorithm: &'static dyn JwsAlgorithm,
    key: Arc<ParsedPublicKey>,
}

impl CurveVerifier {
    fn boxed(
        algorithm: &'static dyn JwsAlgorithm,
        verification: &'static dyn VerificationAlgorithm,
        key: &[u8],
    ) -> Option<Box<dyn JwsVerifier>> {
        let key = Arc::new(ParsedPublicKey::new(verification, key).ok()?);
        Some(Box::new(Self { algorithm, key }))
    }
}

impl JwsVerifier for CurveVerifier {
    fn algorithm(&self) -> &dyn JwsAlgorithm {
        self.algorithm
    }

    fn key_id(&self) -> Option<&str> {
        None
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        self.key
            .verify_sig(message, signature)
            .map_err(|unspecified| JoseError::InvalidSignature(unspecified.into()))
    }

    fn box_clone(&self) -> Box<dyn JwsVerifier> {
        Box::new(self.clone())
    }
}

/// A point in the uncompressed form of SEC 1, section 2.3.3.
fn uncompressed(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

#[cfg(test)]
mod tests {
    use josekit::jwk::Jwk;

    use super::*;
    use crate::jose::RsaSize;

    fn verifies(jwk: &str, algorithm: Algorithm, jws: &str) -> bool {
        let key = PublicKey::of(&Jwk::from_bytes(jwk).unwrap(), algorithm).unwrap();
        let (message, signature) = jws.rsplit_once('.').unwrap();
        verifier(algorithm, &key)
            .unwrap()
            .verify(message.as_bytes(), &base64url::decode(signature).unwrap())
            .is_ok()
    }

    const RS256_KEY: &str = r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#;
    const RS256_JWS: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const ES256_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    const ES256_JWS: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const ES512_KEY: &str = r#"{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}"#;
    const ES512_JWS: &str = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
    const ED25519_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    const ED25519_JWS: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    /// [RFC 7515 sections A.2 and A.3](https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2),
    /// [RFC 8037 section A.4](https://www.rfc-editor.org/rfc/rfc8037#appendix-A.4).
    #[test]
    fn the_examples_of_the_standards_verify() {
        assert!(verifies(RS256_KEY, Algorithm::Rs256, RS256_JWS));
        assert!(verifies(ES256_KEY, Algorithm::Es256, ES256_JWS));
        assert!(verifies(ED25519_KEY, Algorithm::EdDsa, ED25519_JWS));
    }

    #[test]
    fn a_signature_fits_neither_another_message_nor_another_scheme() {
        let other_message = |jws: &str| jws.replacen('.', "x.", 1);
        assert!(!verifies(
            RS256_KEY,
            Algorithm::Rs256,
            &other_message(RS256_JWS)
        ));
        assert!(!verifies(
            ES256_KEY,
            Algorithm::Es256,
            &other_message(ES256_JWS)
        ));
        assert!(!verifies(
            ED25519_KEY,
            Algorithm::EdDsa,
            &other_message(ED25519_JWS)
        ));
        assert!(!verifies(RS256_KEY, Algorithm::Ps256, RS256_JWS));
    }

    /// [RFC 8037 section A.4](https://www.rfc-editor.org/rfc/rfc8037#appendix-A.4); Ed25519 has one
    /// signature for a message and a key.
    #[test]
    fn the_ed25519_example_is_signed_as_in_the_standard() {
        let jwk = PrivateJwk::parse(ED25519_KEY.as_bytes()).unwrap();
        let (message, signature) = ED25519_JWS.rsplit_once('.').unwrap();
        let signed = signer(Algorithm::EdDsa, &jwk)
            .unwrap()
            .sign(message.as_bytes())
            .unwrap();
        assert_eq!(base64url::encode(signed), signature);
    }

    /// [RFC 7515 section A.4](https://www.rfc-editor.org/rfc/rfc7515#appendix-A.4).
    #[test]
    fn the_example_on_the_longest_curve_verifies() {
        assert!(verifies(ES512_KEY, Algorithm::Es512, ES512_JWS));
        assert!(!verifies(
            ES512_KEY,
            Algorithm::Es512,
            &ES512_JWS.replacen('.', "x.", 1)
        ));
    }

    /// [RFC 7518 section 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4): two numbers of a coordinate's length each.
    #[test]
    fn a_signature_on_a_curve_has_the_length_of_two_coordinates() {
        for (algorithm, length) in [
            (Algorithm::Es256, 64),
            (Algorithm::Es384, 96),
            (Algorithm::Es512, 132),
        ] {
            let jwk = PrivateJwk::generate(algorithm, RsaSize::default()).unwrap();
            let key = PublicKey::of(jwk.as_jwk(), algorithm).unwrap();
            let signature = signer(algorithm, &jwk).unwrap().sign(b"message").unwrap();
            assert_eq!(signature.len(), length, "{algorithm}");
            let verifier = verifier(algorithm, &key).unwrap();
            assert!(verifier.verify(b"message", &signature).is_ok());
            assert!(verifier.verify(b"massage", &signature).is_err());
        }
    }

    /// K04: a key of one curve verifies nothing that was signed on another.
    #[test]
    fn a_key_verifies_with_the_algorithm_of_its_curve_alone() {
        let curves = [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512];
        for own in curves {
            let jwk = PrivateJwk::generate(own, RsaSize::default()).unwrap();
            let key = PublicKey::read(jwk.as_jwk()).unwrap();
            for algorithm in Algorithm::ALL {
                let fits = verifier(algorithm, &key).is_some();
                assert_eq!(fits, algorithm == own, "{own}, {algorithm}");
            }
        }
    }

    /// K05: zero is no number of a signature.
    /// Zero fits every message to a verifier that does not look
    /// ([FIPS 186-5 section 6.4.2](https://csrc.nist.gov/pubs/fips/186-5/final)).
    #[test]
    fn ecdsa_numbers_outside_their_range_are_refused() {
        let key = PublicKey::of(&Jwk::from_bytes(ES256_KEY).unwrap(), Algorithm::Es256).unwrap();
        let verifier = verifier(Algorithm::Es256, &key).unwrap();
        let (zero, high, one) = ([0_u8; 32], [0xff_u8; 32], {
            let mut one = [0_u8; 32];
            one[31] = 1;
            one
        });
        for (r, s) in [
            (zero, zero),
            (zero, one),
            (one, zero),
            (high, one),
            (one, high),
        ] {
            assert!(verifier.verify(b"message", &[r, s].concat()).is_err());
        }
        for length in [0, 1, 63, 65, 70] {
            assert!(verifier.verify(b"message", &vec![1; length]).is_err());
        }
    }

    /// K05: a key is a point of its curve.
    #[test]
    fn a_point_beside_the_curve_is_no_key() {
        let key = PublicKey::Ec {
            crv: Curve::P256,
            kty: "EC",
            x: base64url::encode([1; 32]),
            y: base64url::encode([1; 32]),
        };
        assert!(verifier(Algorithm::Es256, &key).is_none());
    }
}
