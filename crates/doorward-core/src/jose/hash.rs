//! Hashes that tie one token to another.

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};

use super::{Algorithm, base64url};

/// The `at_hash` claim of an ID Token that is signed with `algorithm` and comes with `access_token`:
/// the left half of its hash
/// ([OpenID Connect Core section 3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken)).
///
/// The hash is the one inside the signature: the one that the algorithms have in their names, and SHA-512
/// in Ed25519 ([RFC 8032 section 5.1](https://www.rfc-editor.org/rfc/rfc8032#section-5.1)).
pub fn at_hash(access_token: &str, algorithm: Algorithm) -> String {
    let hash = match algorithm {
        Algorithm::Rs256 | Algorithm::Es256 | Algorithm::Ps256 => &SHA256,
        Algorithm::Es384 => &SHA384,
        Algorithm::EdDsa | Algorithm::Es512 => &SHA512,
    };
    let hash = digest(hash, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    base64url::encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of
    /// [OpenID Connect Core section A.3](https://openid.net/specs/openid-connect-core-1_0.html#id_token-tokenExample).
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(
            at_hash(access_token, Algorithm::Rs256),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    #[test]
    fn each_curve_takes_half_of_the_hash_in_its_signature() {
        for (algorithm, whole) in [
            (Algorithm::Es256, digest(&SHA256, b"token")),
            (Algorithm::Es384, digest(&SHA384, b"token")),
            (Algorithm::Es512, digest(&SHA512, b"token")),
        ] {
            let (left, _) = whole.as_ref().split_at(whole.as_ref().len() / 2);
            assert_eq!(at_hash("token", algorithm), base64url::encode(left));
        }
    }

    #[test]
    fn ed25519_takes_half_of_its_longer_hash() {
        let hash = at_hash("token", Algorithm::EdDsa);
        let whole = base64url::encode(digest(&SHA512, b"token"));
        assert_eq!(hash.len(), 43, "32 bytes");
        assert_eq!(hash[..42], whole[..42], "the left half");
    }
}
