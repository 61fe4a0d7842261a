//! Requests to authorize and what comes back, as a relying party sees them.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

use crate::clock::random_text;
use crate::provider::reference_in;
use crate::relying_party::RelyingParty;

/// A request to authorize, with what the client must remember of it.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Its parameters, in the order in which they are sent.
    pub parameters: Vec<(String, String)>,
    /// What proves that the code is the one who asked's ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).
    pub code_verifier: Option<String>,
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

/// How a response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query.
    Query,
    /// In the fragment.
    Fragment,
    /// In a form that the browser posts.
    FormPost,
}

/// What a client gets back from the authorization endpoint.
#[derive(Clone, Debug)]
pub struct AuthorizationResponse {
    /// How it came.
    pub mode: ResponseMode,
    /// The whole address that the browser was sent to, or that the form goes to.
    pub address: String,
    /// Its parameters, without those that are the redirect URI's own.
    pub parameters: BTreeMap<String, String>,
    /// What it answers, when this browser asked.
    pub request: Option<AuthorizationRequest>,
    /// The issuer that it must name.
    pub issuer: String,
}

/// A code, with what its client sends along to exchange it.
#[derive(Clone, Debug)]
pub struct Code {
    /// The code.
    pub value: String,
    /// The redirect URI of its request.
    pub redirect_uri: String,
    /// The verifier for the challenge of its request.
    pub code_verifier: Option<String>,
    /// The nonce of its request.
    pub nonce: Option<String>,
}

impl AuthorizationResponse {
    /// Reads the address that a browser was sent to.
    pub(crate) fn of_redirect(
        address: &str,
        request: Option<AuthorizationRequest>,
        issuer: &str,
    ) -> Self {
        let url: Url = address.parse().expect("a redirect goes to an address");
        let fragment = url.fragment().unwrap_or_default();
        let (mode, text) = if fragment.is_empty() {
            (ResponseMode::Query, url.query().unwrap_or_default())
        } else {
            (ResponseMode::Fragment, fragment)
        };
        Self {
            mode,
            address: address.to_owned(),
            parameters: parameters(parse(text.as_bytes()).into_owned(), request.as_ref()),
            request,
            issuer: issuer.to_owned(),
        }
    }

    /// Takes over the form that a browser is to post.
    pub(crate) fn of_form(
        address: &str,
        fields: Vec<(String, String)>,
        request: Option<AuthorizationRequest>,
        issuer: &str,
    ) -> Self {
        Self {
            mode: ResponseMode::FormPost,
            address: address.to_owned(),
            parameters: fields.into_iter().collect(),
            request,
            issuer: issuer.to_owned(),
        }
    }

    /// A parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The code. Panics when the request was refused, or when code, `state` and `iss` are not all that came.
    #[track_caller]
    pub fn code(&self) -> Code {
        let value = self.get("code");
        let value = value.unwrap_or_else(|| panic!("no code in {self:?}"));
        let request = self.request.as_ref();
        let asked = |name: &str| {
            request
                .and_then(|request| request.get(name))
                .map(str::to_owned)
        };
        self.assert_ours(&["code"]);
        Code {
            value: value.to_owned(),
            redirect_uri: asked("redirect_uri").unwrap_or_default(),
            code_verifier: request.and_then(|request| request.code_verifier.clone()),
            nonce: asked("nonce"),
        }
    }

    /// The error code. Panics when the request was granted, or the rest is not as the standards have it.
    #[track_caller]
    pub fn error(&self) -> &str {
        let error = self.get("error");
        let error = error.unwrap_or_else(|| panic!("no error in {self:?}"));
        self.assert_ours(&["error", "error_description"]);
        assert_described(self.get("error_description").unwrap_or_default());
        error
    }

    /// The reference in `error_description`.
    #[track_caller]
    pub fn reference(&self) -> String {
        reference_in(self.get("error_description").unwrap_or_default())
    }

    /// `state` came back if and only if it was sent, and `iss` always; beside them there is only what is `expected`.
    #[track_caller]
    fn assert_ours(&self, expected: &[&str]) {
        let names = self.parameters.keys().map(String::as_str);
        let others: Vec<&str> = names
            .filter(|name| !expected.contains(name) && !["state", "iss"].contains(name))
            .collect();
        assert!(others.is_empty(), "{others:?} in {self:?}");
        assert_eq!(self.get("iss"), Some(self.issuer.as_str()), "{self:?}");
        if let Some(request) = &self.request {
            let states = request
                .parameters
                .iter()
                .filter(|(name, _)| name == "state");
            if states.count() < 2 {
                assert_eq!(self.get("state"), request.get("state"));
            }
        }
    }
}

/// The parameters that are not in the redirect URI that was asked for.
fn parameters(
    pairs: impl Iterator<Item = (String, String)>,
    request: Option<&AuthorizationRequest>,
) -> BTreeMap<String, String> {
    let registered = request.and_then(|request| request.get("redirect_uri"));
    let url = registered.and_then(|uri| uri.parse::<Url>().ok());
    let own: Vec<(String, String)> =
        url.map_or_else(Vec::new, |url| url.query_pairs().into_owned().collect());
    let mut parameters = BTreeMap::new();
    for (name, value) in pairs.filter(|pair| !own.contains(pair)) {
        let before = parameters.insert(name.clone(), value);
        assert_eq!(before, None, "{name} came twice");
    }
    parameters
}

/// The characters that [RFC 6749 section 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1) permits.
#[track_caller]
pub(crate) fn assert_described(description: &str) {
    let permitted = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let well_formed = !description.is_empty() && description.bytes().all(permitted);
    assert!(well_formed, "error_description={description:?}");
}
