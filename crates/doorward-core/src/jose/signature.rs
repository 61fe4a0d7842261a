//! Who signs and verifies with which algorithm: josekit's OpenSSL for RSA; aws-lc-rs, which makes
//! signatures of elliptic curves several times faster, for the rest.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, ParsedPublicKey, VerificationAlgorithm,
};
use josekit::JoseError;
use josekit::jws::{ES256, EdDSA, JwsAlgorithm, JwsSigner, JwsVerifier, PS256, RS256};

use super::jwk::{PrivateJwk, PublicKey};
use super::{Algorithm, base64url};

/// What signs with `jwk`; `None` when it is no key for `algorithm`.
pub(super) fn signer(algorithm: Algorithm, jwk: &PrivateJwk) -> Option<Box<dyn JwsSigner>> {
    match algorithm {
        Algorithm::Rs256 => Some(Box::new(RS256.signer_from_jwk(jwk.as_jwk()).ok()?)),
        Algorithm::Ps256 => Some(Box::new(PS256.signer_from_jwk(jwk.as_jwk()).ok()?)),
        Algorithm::Es256 => Some(Box::new(CurveSigner::p256(jwk)?)),
        Algorithm::EdDsa => Some(Box::new(CurveSigner::ed25519(jwk)?)),
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
        (Algorithm::Es256, PublicKey::Ec { x, y, .. }) => {
            let point = uncompressed(&base64url::decode(x)?, &base64url::decode(y)?);
            CurveVerifier::boxed(&ES256, &ECDSA_P256_SHA256_FIXED, &point)
        }
        (Algorithm::EdDsa, PublicKey::Okp { x, .. }) => {
            CurveVerifier::boxed(&EdDSA, &ED25519, &base64url::decode(x)?)
        }
        _ => None,
    }
}

/// Signs on an elliptic curve.
#[derive(Clone, Debug)]
struct CurveSigner(Arc<CurveKey>);

#[derive(Debug)]
enum CurveKey {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl CurveSigner {
    fn p256(jwk: &PrivateJwk) -> Option<Self> {
        let point = uncompressed(&jwk.bytes("x")?, &jwk.bytes("y")?);
        let key = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &jwk.bytes("d")?,
            &point,
        );
        Some(Self(Arc::new(CurveKey::P256(key.ok()?))))
    }

    fn ed25519(jwk: &PrivateJwk) -> Option<Self> {
        let key = Ed25519KeyPair::from_seed_and_public_key(&jwk.bytes("d")?, &jwk.bytes("x")?);
        Some(Self(Arc::new(CurveKey::Ed25519(key.ok()?))))
    }
}

impl JwsSigner for CurveSigner {
    fn algorithm(&self) -> &dyn JwsAlgorithm {
        match &*self.0 {
            CurveKey::P256(_) => &ES256,
            CurveKey::Ed25519(_) => &EdDSA,
        }
    }

    fn key_id(&self) -> Option<&str> {
        None
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        let signature = match &*self.0 {
            // The library draws the nonce itself, whatever source it is given.
            CurveKey::P256(key) => key.sign(&SystemRandom::new(), message),
            CurveKey::Ed25519(key) => key.try_sign(message),
        };
        match signature {
            Ok(signature) => Ok(signature.as_ref().to_vec()),
            Err(unspecified) => Err(JoseError::InvalidSignature(unspecified.into())),
        }
    }

    fn box_clone(&self) -> Box<dyn JwsSigner> {
        Box::new(self.clone())
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
            crv: "P-256".to_owned(),
            kty: "EC",
            x: base64url::encode([1; 32]),
            y: base64url::encode([1; 32]),
        };
        assert!(verifier(Algorithm::Es256, &key).is_none());
    }
}
