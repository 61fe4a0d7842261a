//! The endpoints that clients call, as a client uses them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use doorward_core::client::AuthMethod;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::authorization::{AuthorizationRequest, Code, Pushed, assert_described};
use crate::certificates::Certified;
use crate::dpop_key::Prover;
use crate::id_token::IdToken;
use crate::node::Node;
use crate::provider::reference_in;
use crate::relying_party::RelyingParty;
use crate::user_agent::http_client;

/// A client that speaks to the provider itself.
#[derive(Debug)]
pub struct TokenClient {
    http: Client,
    issuer: String,
    base: String,
    client: RelyingParty,
    prover: Option<Prover>,
    /// What a proxy says in `Client-Cert`.
    certificate: Option<String>,
}

/// An answer that is JSON or nothing.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub text: String,
}

/// What the token endpoint gave.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// `access_token`.
    pub access_token: String,
    /// `refresh_token`.
    pub refresh_token: Option<String>,
    /// `id_token`, as it came.
    pub id_token: Option<String>,
    /// The whole answer.
    pub all: Value,
}

impl TokenClient {
    pub(crate) fn new(issuer: &str, base: &str, client: &RelyingParty) -> Self {
        Self {
            http: http_client(),
            issuer: issuer.to_owned(),
            base: base.to_owned(),
            client: client.clone(),
            prover: None,
            certificate: None,
        }
    }

    /// The same client, behind a proxy that says that it showed this certificate.
    #[must_use]
    pub fn showing(mut self, certificate: &Certified) -> Self {
        self.certificate = Some(certificate.byte_sequence());
        self
    }

    fn certificate(&self) -> HeaderMap {
        let field = self.certificate.iter().map(|field| {
            let field = field.parse().expect("a byte sequence");
            (HeaderName::from_static("client-cert"), field)
        });
        field.collect()
    }

    /// The same client, which proves to hold a key with every request that it sends.
    pub(crate) fn proving(mut self, prover: Prover) -> Self {
        self.prover = Some(prover);
        self
    }

    /// The same client, which puts this nonce into every proof.
    #[must_use]
    pub fn nonce(mut self, nonce: &str) -> Self {
        let prover = self.prover.as_mut().expect("a client that proves a key");
        prover.nonce = Some(nonce.to_owned());
        self
    }

    /// The same client at another node.
    #[must_use]
    pub fn at(mut self, node: &Node) -> Self {
        self.base = node.base();
        self
    }

    /// Exchanges a code ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    pub async fn exchange(&self, code: &Code) -> Answer {
        self.exchange_with(code, &[]).await
    }

    /// Exchanges a code for tokens of one resource server
    /// ([RFC 8707 section 2.2](https://www.rfc-editor.org/rfc/rfc8707#section-2.2)).
    pub async fn exchange_for(&self, code: &Code, resource: &str) -> Answer {
        self.exchange_with(code, &[("resource", resource)]).await
    }

    /// Exchanges a code with more parameters.
    pub async fn exchange_with(&self, code: &Code, more: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.value.as_str()),
            ("redirect_uri", code.redirect_uri.as_str()),
        ];
        form.extend(
            code.code_verifier
                .as_deref()
                .map(|verifier| ("code_verifier", verifier)),
        );
        form.extend(more);
        self.send(&form).await
    }

    /// Uses a refresh token ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.refresh_with(refresh_token, &[]).await
    }

    /// The same with more parameters.
    pub async fn refresh_with(&self, refresh_token: &str, more: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        form.extend(more);
        self.send(&form).await
    }

    /// Pushes a request ([RFC 9126 section 2.1](https://www.rfc-editor.org/rfc/rfc9126#section-2.1)).
    pub async fn push(&self, request: &AuthorizationRequest) -> Answer {
        let parameters = request.parameters.iter();
        let form: Vec<(&str, &str)> = parameters
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.send_to("/par", &form).await
    }

    /// Pushes a request, and makes the link that its browser is sent with. Panics when it is refused.
    pub async fn pushed(&self, request: impl Into<AuthorizationRequest>) -> Pushed {
        let request = request.into();
        let answer = self.push(&request).await;
        Pushed::new(request, self.client.id(), &answer.assert_pushed())
    }

    /// Sends a form to the token endpoint, authenticated as the client is registered.
    pub async fn send(&self, form: &[(&str, &str)]) -> Answer {
        self.send_to("/token", form).await
    }

    /// Asks the introspection endpoint ([RFC 7662 section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)).
    pub async fn introspect(&self, token: &str) -> Answer {
        self.send_to("/introspect", &[("token", token)]).await
    }

    /// The same for an answer of that media type.
    pub async fn introspect_as(&self, token: &str, accept: &'static str) -> Answer {
        let (form, mut headers) = self.authenticated(&[("token", token)]);
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        self.raw_to("/introspect", &form, headers).await
    }

    /// Gives a token back ([RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)).
    pub async fn revoke(&self, token: &str) -> Answer {
        self.send_to("/revoke", &[("token", token)]).await
    }

    /// Sends a form to an endpoint, authenticated as the client is registered.
    pub async fn send_to(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let (form, headers) = self.authenticated(form);
        self.raw_to(path, &form, headers).await
    }

    /// A form and headers that prove who the client is, as it is registered.
    fn authenticated<'a>(
        &'a self,
        form: &[(&'a str, &'a str)],
    ) -> (Vec<(&'a str, &'a str)>, HeaderMap) {
        let mut form = form.to_vec();
        // A pushed request names its client, however that proves who it is.
        let named = form.iter().any(|(name, _)| *name == "client_id");
        let client_id = (!named).then_some(("client_id", self.client.id()));
        let mut headers = HeaderMap::new();
        let secret = self.client.secret.as_deref().unwrap_or_default();
        match self.client.registered.token_endpoint_auth_method {
            AuthMethod::ClientSecretBasic => {
                headers.insert(AUTHORIZATION, basic(self.client.id(), secret));
            }
            AuthMethod::ClientSecretPost => {
                form.extend(client_id);
                form.push(("client_secret", secret));
            }
            AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt => {
                panic!("an assertion is made by whoever sends it")
            }
            // The connection proves the rest.
            AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth | AuthMethod::None => {
                form.extend(client_id);
            }
        }
        (form, headers)
    }

    /// Sends a form and headers to the token endpoint as they are.
    pub async fn raw(&self, form: &[(&str, &str)], headers: HeaderMap) -> Answer {
        self.raw_to("/token", form, headers).await
    }

    /// Sends a form and headers to a path as they are, but for a proof.
    pub async fn raw_to(
        &self,
        path: &str,
        form: &[(&str, &str)],
        mut headers: HeaderMap,
    ) -> Answer {
        if let Some(prover) = &self.prover {
            let proof = prover.proof("POST", &format!("{}{path}", self.issuer));
            headers.insert("dpop", proof.sign().parse().expect("base64url"));
        }
        let form = Serializer::new(String::new()).extend_pairs(form).finish();
        let sending = self.http.post(format!("{}{path}", self.base));
        let sending = sending.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let sending = sending.headers(self.certificate());
        Answer::of(sending.headers(headers).body(form)).await
    }

    /// Asks the UserInfo endpoint, with the token in the header.
    pub async fn userinfo(&self, access_token: &str) -> Answer {
        self.userinfo_by(Method::GET, access_token).await
    }

    /// The same by any method.
    pub async fn userinfo_by(&self, method: Method, access_token: &str) -> Answer {
        let proof = self.prover.as_ref().map(|prover| {
            let proof = prover.proof(method.as_str(), &format!("{}/userinfo", self.issuer));
            proof.for_token(access_token).sign()
        });
        let sending = self.http.request(method, format!("{}/userinfo", self.base));
        let sending = sending.headers(self.certificate());
        let sending = match proof {
            None => sending.bearer_auth(access_token),
            Some(proof) => sending
                .header(AUTHORIZATION, format!("DPoP {access_token}"))
                .header("dpop", proof),
        };
        Answer::of(sending).await
    }

    /// Fetches a path of the provider.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.http.get(format!("{}{path}", self.base))).await
    }

    /// The ID Token of `tokens`, once its signature is verified with the keys that the provider publishes and
    /// `iss` and `aud` are right. Panics otherwise.
    pub async fn id_token(&self, tokens: &Tokens) -> IdToken {
        let jwks = self.get("/jwks").await.json();
        let token = tokens.id_token.as_deref().expect("an ID Token");
        let verified = IdToken::verify(token, &jwks);
        assert_eq!(verified.claims["iss"], self.issuer);
        assert_eq!(verified.claims["aud"], self.client.id());
        verified
    }
}

/// The header of `client_secret_basic` ([RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
pub fn basic(id: &str, secret: &str) -> reqwest::header::HeaderValue {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(id), encode(secret));
    let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
    value.parse().expect("base64 fits into a header")
}

impl Answer {
    /// Sends a request and reads all of its answer.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.expect("the provider answers");
        Self {
            status: answer.status(),
            headers: answer.headers().clone(),
            text: answer.text().await.expect("the answer is text"),
        }
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body. Panics when it is not declared as JSON, or none.
    #[track_caller]
    pub fn json(&self) -> Value {
        let content_type = self.header("content-type").unwrap_or_default();
        let is_json = ["application/json", "application/problem+json"]
            .iter()
            .any(|json| content_type.starts_with(json));
        assert!(is_json, "{self:?}");
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The tokens. Panics unless the answer is as [RFC 6749 section 5.1] has it.
    ///
    /// [RFC 6749 section 5.1]: https://www.rfc-editor.org/rfc/rfc6749#section-5.1
    #[track_caller]
    pub fn assert_ok(&self) -> Tokens {
        self.assert_tokens("Bearer")
    }

    /// The tokens. Panics unless the answer is as [RFC 9449 section 5] has it.
    ///
    /// [RFC 9449 section 5]: https://www.rfc-editor.org/rfc/rfc9449#section-5
    #[track_caller]
    pub fn assert_bound(&self) -> Tokens {
        self.assert_tokens("DPoP")
    }

    #[track_caller]
    fn assert_tokens(&self, token_type: &str) -> Tokens {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        let all = self.json();
        let text = |name: &str| all[name].as_str().map(str::to_owned);
        assert_eq!(all["token_type"], token_type, "{self:?}");
        assert!(
            all["expires_in"]
                .as_u64()
                .is_some_and(|seconds| seconds > 0),
            "{self:?}"
        );
        Tokens {
            access_token: text("access_token").expect("an access token"),
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
            all,
        }
    }

    /// The `request_uri`. Panics unless the answer is as [RFC 9126 section 2.2] has it.
    ///
    /// [RFC 9126 section 2.2]: https://www.rfc-editor.org/rfc/rfc9126#section-2.2
    #[track_caller]
    pub fn assert_pushed(&self) -> String {
        assert_eq!(self.status, StatusCode::CREATED, "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        let all = self.json();
        let members = all.as_object().map_or(0, serde_json::Map::len);
        assert_eq!(members, 2, "request_uri and expires_in: {self:?}");
        assert_eq!(all["expires_in"], 60, "{self:?}");
        let uri = all["request_uri"].as_str().unwrap_or_default();
        let secret = uri.strip_prefix("urn:ietf:params:oauth:request_uri:");
        // Base62 has almost six bits in each character.
        assert!(secret.is_some_and(|secret| secret.len() > 22), "{self:?}");
        uri.to_owned()
    }

    /// Panics unless the answer is this error as [RFC 6749 section 5.2] has it; returns its reference.
    ///
    /// [RFC 6749 section 5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
    #[track_caller]
    pub fn assert_error(&self, code: &str) -> String {
        let status = match code {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        let body = self.json();
        assert_eq!(body["error"], code, "{self:?}");
        let members = body.as_object().map_or(0, serde_json::Map::len);
        assert_eq!(members, 2, "error and error_description: {self:?}");
        let description = body["error_description"].as_str().unwrap_or_default();
        assert_described(description);
        reference_in(description)
    }
}
