//! The token endpoint's answer.

use anyhow::Context;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};

use crate::load::{browser::excerpt, http::Response};

/// A refusal of the token endpoint or of UserInfo: the request arrived and was judged ([RFC 6749 section 5.2]).
///
/// [RFC 6749 section 5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
#[derive(Debug, thiserror::Error)]
#[error("the provider answered {status}: {error}")]
pub struct Refused {
    /// The status, below 500.
    pub status: u16,
    /// The error code, or the beginning of an answer without one.
    pub error: String,
}

impl Refused {
    /// Whether an answer says that the credentials are good for nothing (any more).
    pub fn is_unauthorized(error: &anyhow::Error) -> bool {
        let refused = error.downcast_ref::<Self>();
        refused.is_some_and(|refused| refused.status == 401)
    }

    pub(super) fn read(response: &Response) -> Self {
        #[derive(Deserialize)]
        struct Body {
            error: String,
        }
        let body: Result<Body, _> = serde_json::from_slice(&response.body);
        Self {
            status: response.status,
            error: body.map_or_else(|_| excerpt(&response.text()), |body| body.error),
        }
    }
}

/// Reads the JSON of an answer that has this status; any other is an error that says what came.
pub(super) fn read<T: DeserializeOwned>(response: Response, status: u16) -> anyhow::Result<T> {
    let response = response.unless_busy()?;
    if response.status != status {
        return Err(Refused::read(&response).into());
    }
    serde_json::from_slice(&response.body).with_context(|| excerpt(&response.text()))
}

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
    pub(super) fn read(response: Response) -> anyhow::Result<Self> {
        read(response, 200)
    }

    /// The session that the ID token names ([OpenID Connect Front-Channel Logout section 3]).
    ///
    /// [OpenID Connect Front-Channel Logout section 3]: https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout
    pub fn session(&self) -> anyhow::Result<Option<String>> {
        #[derive(Deserialize)]
        struct Claims {
            sid: Option<String>,
        }
        Ok(self.claims::<Claims>()?.sid)
    }

    /// The nonce in the ID token.
    pub(super) fn nonce(&self) -> anyhow::Result<String> {
        #[derive(Deserialize)]
        struct Claims {
            nonce: String,
        }
        Ok(self.claims::<Claims>()?.nonce)
    }

    fn claims<C: DeserializeOwned>(&self) -> anyhow::Result<C> {
        let token = self.id_token.as_deref().context("no ID token")?;
        let payload = token
            .split('.')
            .nth(1)
            .context("an ID token without claims")?;
        let claims = BASE64_URL_SAFE_NO_PAD.decode(payload)?;
        Ok(serde_json::from_slice(&claims)?)
    }
}
