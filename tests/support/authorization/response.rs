//! What a client gets back from the authorization endpoint.

use std::collections::BTreeMap;

use url::Url;
use url::form_urlencoded::parse;

use super::AuthorizationRequest;
use crate::provider::reference_in;

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
