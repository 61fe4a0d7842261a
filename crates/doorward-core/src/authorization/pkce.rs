//! Proof Key for Code Exchange ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)), with S256 only.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::parameters::Parameters;

/// What binds a code to the one who asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofKey {
    /// The verifier of this challenge must come with the code.
    Challenge(CodeChallenge),
    /// The client came without, as OpenID Connect lets confidential ones; then no verifier may come with the code.
    Absent,
}

/// An S256 code challenge: the SHA-256 of the verifier, in base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

/// A code verifier: 43 to 128 unreserved characters ([RFC 7636 section 4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(String);

/// Why the proof key of a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefused {
    /// The client must send a challenge.
    #[error("code_challenge is missing, and the client must use PKCE")]
    Required,
    /// There is a method without a challenge.
    #[error("code_challenge_method without code_challenge")]
    MethodAlone,
    /// The method is not S256; when it is absent it is `plain`.
    #[error("code_challenge_method is not S256")]
    Method,
    /// The challenge is not 43 characters of base64url.
    #[error("code_challenge is not the base64url of a SHA-256")]
    Challenge,
    /// There is no verifier, and there was a challenge.
    #[error("code_verifier is missing")]
    VerifierMissing,
    /// There is a verifier, and there was no challenge.
    #[error("code_verifier without a code_challenge in the authorization request")]
    VerifierAlone,
    /// The verifier is not 43 to 128 unreserved characters.
    #[error("code_verifier is malformed")]
    VerifierMalformed,
    /// The verifier is not the challenge's.
    #[error("code_verifier does not match the code_challenge")]
    Mismatch,
}

impl ProofKey {
    /// Reads the proof key of an authorization request of `client`.
    pub(super) fn parse(parameters: &Parameters, client: &Client) -> Result<Self, ProofRefused> {
        match Self::offered(parameters)? {
            Self::Absent if client.must_use_pkce() => Err(ProofRefused::Required),
            offered => Ok(offered),
        }
    }

    /// Reads the proof key of a request that may do without one.
    pub(crate) fn offered(parameters: &Parameters) -> Result<Self, ProofRefused> {
        match (
            parameters.one("code_challenge"),
            parameters.one("code_challenge_method"),
        ) {
            (Some(challenge), Some("S256")) => CodeChallenge::parse(challenge).map(Self::Challenge),
            (Some(_), _) => Err(ProofRefused::Method),
            (None, Some(_)) => Err(ProofRefused::MethodAlone),
            (None, None) => Ok(Self::Absent),
        }
    }

    /// Checks the verifier of a token request, both ways ([RFC 9700 section 4.8.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.8.2)).
    pub fn prove(&self, verifier: Option<&str>) -> Result<(), ProofRefused> {
        match (self, verifier) {
            (Self::Absent, None) => Ok(()),
            (Self::Absent, Some(_)) => Err(ProofRefused::VerifierAlone),
            (Self::Challenge(_), None) => Err(ProofRefused::VerifierMissing),
            (Self::Challenge(challenge), Some(verifier)) => {
                let verifier =
                    CodeVerifier::parse(verifier).ok_or(ProofRefused::VerifierMalformed)?;
                if challenge.matches(&verifier) {
                    Ok(())
                } else {
                    Err(ProofRefused::Mismatch)
                }
            }
        }
    }
}

impl CodeChallenge {
    fn parse(text: &str) -> Result<Self, ProofRefused> {
        let is_sha256 = BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .is_ok_and(|bytes| bytes.len() == 32);
        if is_sha256 {
            Ok(Self(text.to_owned()))
        } else {
            Err(ProofRefused::Challenge)
        }
    }

    fn matches(&self, verifier: &CodeVerifier) -> bool {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.0.as_bytes()));
        verify_slices_are_equal(challenge.as_bytes(), self.0.as_bytes()).is_ok()
    }
}

impl CodeVerifier {
    fn parse(text: &str) -> Option<Self> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        ((43..=128).contains(&text.len()) && text.bytes().all(unreserved))
            .then(|| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of [RFC 7636 appendix B](https://www.rfc-editor.org/rfc/rfc7636#appendix-B).
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_standard_matches() {
        let key = ProofKey::Challenge(CodeChallenge::parse(CHALLENGE).unwrap());
        assert_eq!(key.prove(Some(VERIFIER)), Ok(()));
    }

    /// P09: 43 to 128 unreserved characters.
    #[test]
    fn every_other_verifier_is_refused() {
        let key = ProofKey::Challenge(CodeChallenge::parse(CHALLENGE).unwrap());
        let wrong = VERIFIER.replace('d', "e");
        for (verifier, reason) in [
            (None, ProofRefused::VerifierMissing),
            (Some(wrong.as_str()), ProofRefused::Mismatch),
            (Some(CHALLENGE), ProofRefused::Mismatch),
            (Some("short"), ProofRefused::VerifierMalformed),
            (Some(&"a".repeat(129)), ProofRefused::VerifierMalformed),
            (Some(&"ä".repeat(43)), ProofRefused::VerifierMalformed),
        ] {
            assert_eq!(key.prove(verifier), Err(reason), "{verifier:?}");
        }
        assert_eq!(
            ProofKey::Absent.prove(Some(VERIFIER)),
            Err(ProofRefused::VerifierAlone)
        );
        assert_eq!(ProofKey::Absent.prove(None), Ok(()));
    }
}
