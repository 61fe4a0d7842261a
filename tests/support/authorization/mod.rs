//! Requests to authorize and what comes back, as a relying party sees them.

mod response;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use url::form_urlencoded::Serializer;

use crate::clock::random_text;
use crate::relying_party::RelyingParty;

pub(crate) use response::assert_described;
pub use response::{AuthorizationResponse, Code, ResponseMode};

/// A request to authorize, with what the client must remember of it.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Its parameters, in the order in which they are sent.
    pub parameters: Vec<(String, String)>,
    /// What proves that the code is the one who asked's ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).
    pub code_verifier: Option<String>,
}

/// A request that its client pushed.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// What was pushed.
    pub request: AuthorizationRequest,
    /// What the browser is sent with.
    pub link: AuthorizationRequest,
}

impl Pushed {
    /// What `client_id` pushed as `request` and got `request_uri` for.
    pub fn new(request: AuthorizationRequest, client_id: &str, request_uri: &str) -> Self {
        let link = AuthorizationRequest {
            parameters: Vec::new(),
            code_verifier: None,
        };
        let link = link.with("client_id", client_id);
        Self {
            link: link.with("request_uri", request_uri),
            request,
        }
    }

    /// The same with this parameter in the link, in place of any that it had.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.link = self.link.with(name, value);
        self
    }

    /// What the browser is sent with in place of the request.
    pub fn request_uri(&self) -> &str {
        self.link.get("request_uri").unwrap_or_default()
    }
}

/// The S256 code challenge of a verifier ([RFC 7636 section 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2)).
pub fn code_challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

impl AuthorizationRequest {
    pub(crate) fn of(client: &RelyingParty) -> Self {
        let verifier = random_text();
        let empty = Self {
            parameters: Vec::new(),
            code_verifier: Some(verifier.clone()),
        };
        empty
            .with("response_type", "code")
            .with("client_id", client.id())
            .with("redirect_uri", client.redirect_uri())
            .with("scope", "openid")
            .with("state", &random_text())
            .with("nonce", &random_text())
            .with("code_challenge", &code_challenge(&verifier))
            .with("code_challenge_method", "S256")
    }

    /// The same with this parameter, in place of any that it had.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// The same with this parameter besides, even where it is there already.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without this parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(other, _)| other != name);
        self
    }

    /// The same without a code challenge.
    #[must_use]
    pub fn without_pkce(self) -> Self {
        let mut request = self
            .without("code_challenge")
            .without("code_challenge_method");
        request.code_verifier = None;
        request
    }

    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        parameters
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The parameters as a query or form.
    pub fn encoded(&self) -> String {
        let mut serializer = Serializer::new(String::new());
        serializer.extend_pairs(&self.parameters).finish()
    }
}

impl From<&RelyingParty> for AuthorizationRequest {
    fn from(client: &RelyingParty) -> Self {
        client.request()
    }
}
