//! The relying party whose part a load plays: the authorization code flow with PKCE, and what else a client does.

mod authorization;
mod client;
mod device;
mod endpoints;
mod holder;
mod registration;
mod tokens;

use std::net::SocketAddr;

use anyhow::ensure;
use serde::Deserialize;
use url::Url;

use crate::load::http::{Connection, Request, Response, form};

pub use authorization::{AuthorizationRefused, AuthorizationRequest, Prompt, Scope};
pub use client::Client;
pub use device::Device;
pub use endpoints::Endpoints;
pub use registration::Registration;
pub use tokens::{Refused, Tokens};

use holder::Holder;

/// A client of one provider.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// Where the provider listens.
    pub server: SocketAddr,
    /// Where its endpoints are.
    pub endpoints: Endpoints,
    /// As whom it is registered.
    pub client: Client,
    redirect_uri: String,
    /// Its secret, unless it is a public client.
    authorization: Option<String>,
    /// The key that its tokens are bound to, if they are.
    holder: Option<Holder>,
}

/// The parameters of a request.
type Pairs<'a> = [(&'a str, &'a str)];

impl RelyingParty {
    /// The address to which codes are sent. Nobody listens there: the address alone is read.
    pub const REDIRECT_URI: &str = "http://127.0.0.1:9/cb";

    /// A relying party with its registration.
    pub fn new(server: SocketAddr, endpoints: Endpoints, client: Client) -> Self {
        let authorization = Some(client.basic());
        Self {
            server,
            endpoints,
            client,
            redirect_uri: Self::REDIRECT_URI.to_owned(),
            authorization,
            holder: None,
        }
    }

    /// The same without a secret, at a redirect URI of its own, with a new key that its tokens are bound to
    /// ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    #[must_use]
    pub fn public(self, redirect_uri: &str, issuer: &Url) -> Self {
        Self {
            redirect_uri: redirect_uri.to_owned(),
            authorization: None,
            holder: Some(Holder::new(issuer)),
            ..self
        }
    }

    /// Somebody who knows all that this client knows, and has not its key.
    #[must_use]
    pub fn without_key(&self) -> Self {
        Self {
            holder: None,
            ..self.clone()
        }
    }

    /// Whether it has a secret, so that it may ask about tokens and exchange them.
    pub fn has_secret(&self) -> bool {
        self.authorization.is_some()
    }

    /// Whether its tokens are bound to a key.
    pub fn has_key(&self) -> bool {
        self.holder.is_some()
    }

    /// A request to authorize that is answered at its redirect URI.
    pub fn request(&self) -> anyhow::Result<AuthorizationRequest> {
        AuthorizationRequest::answered_at(&self.redirect_uri)
    }

    /// Where a browser is sent to authorize.
    pub fn authorization_path(
        &self,
        request: &AuthorizationRequest,
        scope: Scope,
        prompt: Prompt,
    ) -> String {
        let id = form([("client_id", self.client.id.as_str())]);
        let query = request.encoded(scope, prompt);
        format!("{}?{id}&{query}", self.endpoints.authorization)
    }

    /// Pushes the request, and returns where a browser is sent with its name alone
    /// ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).
    pub async fn push(
        &self,
        connection: &mut Connection,
        request: &AuthorizationRequest,
        scope: Scope,
        prompt: Prompt,
    ) -> anyhow::Result<String> {
        #[derive(Deserialize)]
        struct Answer {
            request_uri: String,
        }
        let body = request.encoded(scope, prompt);
        let pushing = self.authenticated(&self.endpoints.pushed, &body);
        let response = connection.exchange(&pushing.into_bytes()).await?;
        let Answer { request_uri } = tokens::read(response, 201)?;
        let (id, path) = (&self.client.id, &self.endpoints.authorization);
        let query = form([("client_id", id.as_str()), ("request_uri", &request_uri)]);
        Ok(format!("{path}?{query}"))
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
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &request.redirect_uri),
            ("code_verifier", &request.verifier),
        ];
        let tokens = self.token(connection, &pairs).await?;
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
        let request = self.refreshing(refresh_token);
        Self::refreshed(connection, &request).await
    }

    /// The bytes of a request to refresh, with a proof of the key if there is one.
    pub fn refreshing(&self, refresh_token: &str) -> Vec<u8> {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        self.asking_for_tokens(&pairs).into_bytes()
    }

    /// Sends these bytes, and reads the tokens that are answered.
    pub async fn refreshed(
        connection: &mut Connection,
        refreshing: &[u8],
    ) -> anyhow::Result<Tokens> {
        Tokens::read(connection.exchange(refreshing).await?)
    }

    /// Exchanges an access token for one of another API ([RFC 8693 section 2.1]).
    ///
    /// [RFC 8693 section 2.1]: https://www.rfc-editor.org/rfc/rfc8693#section-2.1
    pub async fn exchange_token(
        &self,
        connection: &mut Connection,
        access_token: &str,
        resource: &str,
    ) -> anyhow::Result<Tokens> {
        let pairs = [
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ),
            ("subject_token", access_token),
            (
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
            ),
            ("resource", resource),
        ];
        self.token(connection, &pairs).await
    }

    /// Gives a token back ([RFC 7009 section 2.1]).
    ///
    /// [RFC 7009 section 2.1]: https://www.rfc-editor.org/rfc/rfc7009#section-2.1
    pub async fn revoke(&self, connection: &mut Connection, token: &str) -> anyhow::Result<()> {
        let body = form([("token", token)]);
        let request = self.authenticated(&self.endpoints.revocation, &body);
        let response = connection.exchange(&request.into_bytes()).await?;
        match response.unless_busy()? {
            Response { status: 200, .. } => Ok(()),
            other => Err(Refused::read(&other).into()),
        }
    }

    async fn token(
        &self,
        connection: &mut Connection,
        pairs: &Pairs<'_>,
    ) -> anyhow::Result<Tokens> {
        let request = self.asking_for_tokens(pairs);
        Tokens::read(connection.exchange(&request.into_bytes()).await?)
    }

    fn asking_for_tokens(&self, pairs: &Pairs<'_>) -> Request {
        let path = &self.endpoints.token;
        let request = self.authenticated(path, &form(pairs.iter().copied()));
        match &self.holder {
            None => request,
            Some(holder) => request.header("DPoP", holder.proof("POST", path).sign()),
        }
    }

    /// A request in which the client says who it is, and proves it if it has a secret.
    fn authenticated(&self, path: &str, body: &str) -> Request {
        let id = form([("client_id", self.client.id.as_str())]);
        let request = Request::post(self.server, path, format!("{id}&{body}"));
        match &self.authorization {
            None => request,
            Some(authorization) => request.header("Authorization", authorization),
        }
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
        let request = self.authenticated(&self.endpoints.introspection, &body);
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
        let path = &self.endpoints.userinfo;
        let request = Request::get(self.server, path);
        let request = match &self.holder {
            None => request.header("Authorization", format_args!("Bearer {access_token}")),
            Some(holder) => {
                let proof = holder.proof("GET", path).for_token(access_token).sign();
                let token = format_args!("DPoP {access_token}");
                request.header("Authorization", token).header("DPoP", proof)
            }
        };
        let response = connection.exchange(&request.into_bytes()).await?;
        let response = response.unless_busy()?;
        if response.status == 200 {
            return Ok(());
        }
        Err(Refused::read(&response).into())
    }
}
