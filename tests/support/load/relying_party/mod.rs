//! The relying party whose part a load plays: the authorization code flow with PKCE.

mod authorization;
mod client;
mod endpoints;
mod tokens;

use std::net::SocketAddr;

use anyhow::ensure;
use serde::Deserialize;

use crate::load::http::{Connection, Request, form};

pub use authorization::{AuthorizationRefused, AuthorizationRequest, Prompt, Scope};
pub use client::Client;
pub use endpoints::Endpoints;
pub use tokens::{Refused, Tokens};

/// A client of one provider.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// Where the provider listens.
    pub server: SocketAddr,
    /// Where its endpoints are.
    pub endpoints: Endpoints,
    /// As whom it is registered.
    pub client: Client,
    authorization: String,
}

impl RelyingParty {
    /// The address to which codes are sent. Nobody listens there: the address alone is read.
    pub const REDIRECT_URI: &str = "http://127.0.0.1:9/cb";

    /// A relying party with its registration.
    pub fn new(server: SocketAddr, endpoints: Endpoints, client: Client) -> Self {
        let authorization = client.basic();
        Self {
            server,
            endpoints,
            client,
            authorization,
        }
    }

    /// Where a browser is sent to authorize.
    pub fn authorization_path(
        &self,
        request: &AuthorizationRequest,
        scope: Scope,
        prompt: Prompt,
    ) -> String {
        let scope = scope.parameter();
        let mut query = form([
            ("response_type", "code"),
            ("client_id", &self.client.id),
            ("redirect_uri", Self::REDIRECT_URI),
            ("state", &request.state),
            ("nonce", &request.nonce),
            ("code_challenge", &request.challenge()),
            ("code_challenge_method", "S256"),
            ("scope", &scope),
        ]);
        if prompt == Prompt::None {
            query.push_str("&prompt=none");
        }
        format!("{}?{query}", self.endpoints.authorization)
    }

    /// Exchanges a code for tokens ([RFC 6749 section 4.1.3]), and checks the nonce.
    ///
    /// [RFC 6749 section 4.1.3]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
    pub async fn exchange(
        &self,
        connection: &mut Connection,
        request: &AuthorizationRequest,
        code: &str,
    ) -> anyhow::Result<Tokens> {
        let body = form([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Self::REDIRECT_URI),
            ("code_verifier", &request.verifier),
        ]);
        let tokens = self.token(connection, body).await?;
        ensure!(
            tokens.nonce()? == request.nonce,
            "the ID token has another nonce"
        );
        Ok(tokens)
    }

    /// Exchanges a refresh token for the next tokens ([RFC 6749 section 6]).
    ///
    /// [RFC 6749 section 6]: https://www.rfc-editor.org/rfc/rfc6749#section-6
    pub async fn refresh(
        &self,
        connection: &mut Connection,
        refresh_token: &str,
    ) -> anyhow::Result<Tokens> {
        let body = form([
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ]);
        self.token(connection, body).await
    }

    async fn token(&self, connection: &mut Connection, body: String) -> anyhow::Result<Tokens> {
        let request = Request::post(self.server, &self.endpoints.token, body)
            .header("Authorization", &self.authorization);
        let response = connection.exchange(&request.into_bytes()).await?;
        Tokens::read(response)
    }

    /// Asks whether a token works ([RFC 7662 section 2.1]).
    ///
    /// [RFC 7662 section 2.1]: https://www.rfc-editor.org/rfc/rfc7662#section-2.1
    pub async fn introspect(
        &self,
        connection: &mut Connection,
        token: &str,
    ) -> anyhow::Result<bool> {
        #[derive(Deserialize)]
        struct Answer {
            active: bool,
        }
        let body = form([("token", token)]);
        let request = Request::post(self.server, &self.endpoints.introspection, body)
            .header("Authorization", &self.authorization);
        let response = connection.exchange(&request.into_bytes()).await?;
        let response = response.unless_busy()?;
        ensure!(response.status == 200, "status {}", response.status);
        let answer: Answer = serde_json::from_slice(&response.body)?;
        Ok(answer.active)
    }

    /// Asks who an access token speaks for ([OpenID Connect Core section 5.3.1]).
    ///
    /// [OpenID Connect Core section 5.3.1]: https://openid.net/specs/openid-connect-core-1_0.html#UserInfoRequest
    pub async fn userinfo(
        &self,
        connection: &mut Connection,
        access_token: &str,
    ) -> anyhow::Result<()> {
        let request = Request::get(self.server, &self.endpoints.userinfo)
            .header("Authorization", format_args!("Bearer {access_token}"));
        let response = connection.exchange(&request.into_bytes()).await?;
        let response = response.unless_busy()?;
        if response.status == 200 {
            return Ok(());
        }
        Err(Refused::read(&response).into())
    }
}
