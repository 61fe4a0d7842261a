//! A request to authorize, and what comes back to the redirect URI.

use anyhow::{Context, ensure};
use aws_lc_rs::{
    digest,
    rand::{SecureRandom, SystemRandom},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use url::Url;

use super::RelyingParty;
use crate::load::http::form;

/// What a relying party asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// An ID token and an access token.
    Tokens,
    /// Those, and a refresh token.
    TokensAndRefresh,
    /// An ID token, and an access token for an API that has this scope.
    Api(&'static str),
}

impl Scope {
    /// The parameter `scope`.
    pub(super) fn parameter(self) -> String {
        match self {
            Self::Tokens => "openid".to_owned(),
            Self::TokensAndRefresh => "openid offline_access".to_owned(),
            Self::Api(scope) => format!("openid {scope}"),
        }
    }
}

/// How a person may be bothered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// As the provider sees fit.
    Any,
    /// Not at all: there must be a session.
    None,
}

/// The error code that came back instead of a code ([OpenID Connect Core section 3.1.2.6]).
///
/// [OpenID Connect Core section 3.1.2.6]: https://openid.net/specs/openid-connect-core-1_0.html#AuthError
#[derive(Debug, thiserror::Error)]
#[error("the provider answered {0}")]
pub struct AuthorizationRefused(pub String);

/// One request to authorize, with what proves that the answer belongs to it.
#[derive(Debug)]
pub struct AuthorizationRequest {
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

impl AuthorizationRequest {
    /// A request with fresh random values, for the usual redirect URI.
    pub fn new() -> anyhow::Result<Self> {
        Self::answered_at(RelyingParty::REDIRECT_URI)
    }

    /// The same for another redirect URI.
    pub(super) fn answered_at(redirect_uri: &str) -> anyhow::Result<Self> {
        let mut bytes = [0; 64];
        SystemRandom::new()
            .fill(&mut bytes)
            .context("no randomness")?;
        let (verifier, rest) = bytes.split_at(32);
        let (state, nonce) = rest.split_at(16);
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            state: BASE64_URL_SAFE_NO_PAD.encode(state),
            nonce: BASE64_URL_SAFE_NO_PAD.encode(nonce),
            verifier: BASE64_URL_SAFE_NO_PAD.encode(verifier),
        })
    }

    /// The code in the answer that reached the redirect URI.
    pub fn code(&self, answer: &Url) -> anyhow::Result<String> {
        ensure!(
            answer.as_str().starts_with(&self.redirect_uri),
            "a redirect to {answer}"
        );
        let (mut code, mut state) = (None, None);
        for (name, value) in answer.query_pairs() {
            match &*name {
                "code" => code = Some(value.into_owned()),
                "state" => state = Some(value),
                "error" => return Err(AuthorizationRefused(value.into_owned()).into()),
                _ => {}
            }
        }
        ensure!(
            state.as_deref() == Some(&self.state),
            "another state in {answer}"
        );
        code.with_context(|| format!("no code in {answer}"))
    }

    /// The parameters, without the client's name.
    pub(super) fn encoded(&self, scope: Scope, prompt: Prompt) -> String {
        let (scope, challenge) = (scope.parameter(), self.challenge());
        let mut pairs = vec![
            ("response_type", "code"),
            ("redirect_uri", &self.redirect_uri),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("scope", &scope),
        ];
        if prompt == Prompt::None {
            pairs.push(("prompt", "none"));
        }
        form(pairs)
    }

    /// What the verifier is proven by ([RFC 7636 section 4.2]).
    ///
    /// [RFC 7636 section 4.2]: https://www.rfc-editor.org/rfc/rfc7636#section-4.2
    fn challenge(&self) -> String {
        let challenge = digest::digest(&digest::SHA256, self.verifier.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(challenge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AuthorizationRequest {
        AuthorizationRequest {
            redirect_uri: RelyingParty::REDIRECT_URI.to_owned(),
            state: "s".to_owned(),
            nonce: "n".to_owned(),
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
        }
    }

    /// <https://www.rfc-editor.org/rfc/rfc7636#appendix-B>
    #[test]
    fn the_challenge_is_the_one_of_the_standards_example() {
        let challenge = request().challenge();
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_code_is_taken_only_from_the_answer_to_this_request() {
        let code = |answer: &str| request().code(&Url::parse(answer).unwrap());

        assert_eq!(
            code("http://127.0.0.1:9/cb?code=c%2F1&state=s").unwrap(),
            "c/1"
        );
        assert!(code("http://127.0.0.1:9/cb?code=c&state=other").is_err());
        assert!(code("http://127.0.0.1:9/cb?state=s").is_err());
        assert!(code("http://127.0.0.1:9/cb?error=login_required&state=s").is_err());
        assert!(code("http://127.0.0.1:8/?code=c&state=s").is_err());
    }
}
