//! The relying party whose part the benchmark plays: the authorization code flow with PKCE.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use aws_lc_rs::{
    digest,
    rand::{SecureRandom, SystemRandom},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use url::{Position, Url};

use crate::{
    browser::excerpt,
    http::{Connection, Request, Response, form},
    signature::Algorithm,
};

/// The paths of a provider's endpoints, as its discovery document names them.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    authorization: String,
    token: String,
    /// Where the provider's public keys are.
    pub(crate) jwks: String,
}

impl Endpoints {
    /// Where every provider's discovery document is ([OpenID Connect Discovery section 4]).
    ///
    /// [OpenID Connect Discovery section 4]: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

    /// Reads the endpoints from a provider's discovery document.
    pub(crate) async fn discover(server: SocketAddr) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Document {
            authorization_endpoint: Url,
            token_endpoint: Url,
            jwks_uri: Url,
        }
        let request = Request::get(server, Self::DISCOVERY).into_bytes();
        let response = Connection::to(server).exchange(&request).await?;
        let document: Document =
            serde_json::from_slice(&response.body).context("the discovery document")?;
        let path = |url: &Url| url[Position::BeforePath..].to_owned();
        Ok(Self {
            authorization: path(&document.authorization_endpoint),
            token: path(&document.token_endpoint),
            jwks: path(&document.jwks_uri),
        })
    }
}

/// A client as the provider registered it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Client {
    #[serde(rename = "client_id")]
    id: String,
    #[serde(rename = "client_secret")]
    secret: String,
}

impl Client {
    /// A client whose id and secret are known.
    pub(crate) fn known(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        }
    }

    /// The value of the header `Authorization` for `client_secret_basic` ([RFC 6749 section 2.3.1]).
    ///
    /// [RFC 6749 section 2.3.1]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
    pub(crate) fn basic(&self) -> String {
        let encode =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&self.id), encode(&self.secret));
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }
}

/// A client of one provider.
#[derive(Clone, Debug)]
pub(crate) struct RelyingParty {
    /// Where the provider listens.
    pub(crate) server: SocketAddr,
    endpoints: Endpoints,
    client: Client,
    authorization: String,
}

/// What a relying party asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// An ID token and an access token.
    Tokens,
    /// Those, and a refresh token.
    TokensAndRefresh,
}

/// How a person may be bothered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// As the provider sees fit.
    Any,
    /// Not at all: there must be a session.
    None,
}

/// One request to authorize, with what proves that the answer belongs to it.
pub(crate) struct AuthorizationRequest {
    state: String,
    nonce: String,
    verifier: String,
}

impl RelyingParty {
    /// The address to which codes are sent. Nobody listens there: the address alone is read.
    pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:9/cb";

    /// A relying party with its registration.
    pub(crate) fn new(server: SocketAddr, endpoints: Endpoints, client: Client) -> Self {
        let authorization = client.basic();
        Self {
            server,
            endpoints,
            client,
            authorization,
        }
    }

    /// Where a browser is sent to authorize.
    pub(crate) fn authorization_path(
        &self,
        request: &AuthorizationRequest,
        scope: Scope,
        prompt: Prompt,
    ) -> String {
        let challenge = digest::digest(&digest::SHA256, request.verifier.as_bytes());
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(challenge);
        let mut query = form([
            ("response_type", "code"),
            ("client_id", &self.client.id),
            ("redirect_uri", Self::REDIRECT_URI),
            ("state", &request.state),
            ("nonce", &request.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        query.push_str(match scope {
            Scope::Tokens => "&scope=openid",
            Scope::TokensAndRefresh => "&scope=openid+offline_access",
        });
        if prompt == Prompt::None {
            query.push_str("&prompt=none");
        }
        format!("{}?{query}", self.endpoints.authorization)
    }

    /// Exchanges a code for tokens ([RFC 6749 section 4.1.3]), and checks the nonce.
    ///
    /// [RFC 6749 section 4.1.3]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
    pub(crate) async fn exchange(
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
    pub(crate) async fn refresh(
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
        Tokens::read(&response)
    }
}

impl AuthorizationRequest {
    /// A request with fresh random values.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut bytes = [0; 64];
        SystemRandom::new()
            .fill(&mut bytes)
            .context("no randomness")?;
        let (verifier, rest) = bytes.split_at(32);
        let (state, nonce) = rest.split_at(16);
        Ok(Self {
            state: BASE64_URL_SAFE_NO_PAD.encode(state),
            nonce: BASE64_URL_SAFE_NO_PAD.encode(nonce),
            verifier: BASE64_URL_SAFE_NO_PAD.encode(verifier),
        })
    }

    /// The code in the answer that reached the redirect URI.
    pub(crate) fn code(&self, answer: &Url) -> anyhow::Result<String> {
        ensure!(
            answer.as_str().starts_with(RelyingParty::REDIRECT_URI),
            "a redirect to {answer}"
        );
        let (mut code, mut state) = (None, None);
        for (name, value) in answer.query_pairs() {
            match &*name {
                "code" => code = Some(value.into_owned()),
                "state" => state = Some(value),
                "error" => bail!("the provider answered {value}: {answer}"),
                _ => {}
            }
        }
        ensure!(
            state.as_deref() == Some(&self.state),
            "another state in {answer}"
        );
        code.with_context(|| format!("no code in {answer}"))
    }
}

/// A successful token response ([OpenID Connect Core section 3.1.3.3]).
///
/// [OpenID Connect Core section 3.1.3.3]: https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the standard's names")]
pub(crate) struct Tokens {
    access_token: String,
    id_token: Option<String>,
    /// The newest refresh token, if there is one.
    pub(crate) refresh_token: Option<String>,
}

impl Tokens {
    fn read(response: &Response) -> anyhow::Result<Self> {
        let refused = || format!("status {}: {}", response.status, excerpt(&response.text()));
        ensure!(
            response.status == 200,
            "the token endpoint answered {}",
            refused()
        );
        serde_json::from_slice(&response.body).with_context(refused)
    }

    /// The algorithms of all signatures that these tokens cost.
    pub(crate) fn signatures(&self) -> Vec<Algorithm> {
        let tokens = [Some(&self.access_token), self.id_token.as_ref()];
        tokens
            .into_iter()
            .flatten()
            .filter_map(|token| Algorithm::of_jwt(token))
            .collect()
    }

    fn nonce(&self) -> anyhow::Result<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AuthorizationRequest {
        AuthorizationRequest {
            state: "s".to_owned(),
            nonce: "n".to_owned(),
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
        }
    }

    /// <https://www.rfc-editor.org/rfc/rfc7636#appendix-B>
    #[test]
    fn the_challenge_is_the_one_of_the_standards_example() {
        let endpoints = Endpoints {
            authorization: "/authorize".to_owned(),
            token: "/token".to_owned(),
            jwks: "/jwks".to_owned(),
        };
        let server = SocketAddr::from(([127, 0, 0, 1], 80));
        let party = RelyingParty::new(server, endpoints, Client::known("bench", "secret"));

        let path = party.authorization_path(&request(), Scope::TokensAndRefresh, Prompt::None);

        assert_eq!(
            path,
            "/authorize?response_type=code&client_id=bench&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb&state=s&nonce=n\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
             &scope=openid+offline_access&prompt=none"
        );
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

    /// <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
    #[test]
    fn credentials_are_form_encoded_before_they_are_joined() {
        let basic = Client::known("a:b", "c d").basic();
        assert_eq!(
            basic,
            format!("Basic {}", BASE64_STANDARD.encode("a%3Ab:c+d"))
        );
    }
}
