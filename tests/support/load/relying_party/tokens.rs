//! The token endpoint's answer.

use anyhow::{Context, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::load::{browser::excerpt, http::Response};

/// A successful token response ([OpenID Connect Core section 3.1.3.3]).
///
/// [OpenID Connect Core section 3.1.3.3]: https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse
#[derive(Debug, Deserialize)]
pub struct Tokens {
    /// What opens interfaces.
    pub access_token: String,
    /// Who signed in, if the client asked.
    pub id_token: Option<String>,
    /// The newest refresh token, if there is one.
    pub refresh_token: Option<String>,
}

impl Tokens {
    /// Reads a successful answer; any other is an error that says what came.
    pub(super) fn read(response: &Response) -> anyhow::Result<Self> {
        let refused = || format!("status {}: {}", response.status, excerpt(&response.text()));
        ensure!(
            response.status == 200,
            "the token endpoint answered {}",
            refused()
        );
        serde_json::from_slice(&response.body).with_context(refused)
    }

    /// The nonce in the ID token.
    pub(super) fn nonce(&self) -> anyhow::Result<String> {
        #[derive(Deserialize)]
        struct Claims {
            nonce: String,
        }
        let token = self.id_token.as_deref().context("no ID token")?;
        let payload = token
            .split('.')
            .nth(1)
            .context("an ID token without claims")?;
        let claims: Claims = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload)?)?;
        Ok(claims.nonce)
    }
}
