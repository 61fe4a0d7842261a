//! A valid request to authorize ([OpenID Connect Core section 3.1.2.1]).
//!
//! [OpenID Connect Core section 3.1.2.1]: https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::acr::AcrRequest;
use crate::authorization::address::Addressed;
use crate::authorization::address::response_mode;
use crate::authorization::max_age::{MaxAge, MaxAgeMalformed};
use crate::authorization::pkce::{ProofKey, ProofRefused};
use crate::authorization::prompt::{PromptRefused, Prompts};
use crate::authorization::pushed::PushedRequestName;
use crate::authorization::request_object::Asked;
use crate::authorization::response::ResponseTarget;
use crate::authorization::wanted::{necessity, wanted};
use crate::authorization_details::{AuthorizationDetails, DetailsRefused};
use crate::claims::{self, ClaimsMalformed, ClaimsRequest};
use crate::client::{Client, GrantType, PushPolicy, RequestObjectPolicy};
use crate::error::ErrorCode;
use crate::identifiers::ClientId;
use crate::jose::Thumbprint;
use crate::parameters::Parameters;
use crate::resource_server::{Resource, ResourceServers, TargetRefused};
use crate::scope::Scope;
use crate::subject::SubjectIdentifier;

/// A request that keeps every rule that can be judged without knowing who sits at the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientId,
    /// Where the answer goes.
    pub target: ResponseTarget,
    /// What is asked for, without what the client may not have.
    pub scope: Scope,
    /// The resource servers that it names, by `resource` or by details of theirs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<Resource>,
    /// What is asked for in detail ([RFC 9396 section 3](https://www.rfc-editor.org/rfc/rfc9396#section-3)).
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// Echoed in the ID Token.
    pub nonce: Option<String>,
    /// What binds the code to the client.
    pub proof_key: ProofKey,
    /// The key that the code is to be bound to: `dpop_jkt`
    /// ([RFC 9449 section 10](https://www.rfc-editor.org/rfc/rfc9449#section-10)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<Thumbprint>,
    /// What the person is to be asked.
    pub prompts: Prompts,
    /// How long ago the sign-in may be.
    pub max_age: Option<MaxAge>,
    /// How strong that is to be.
    #[serde(default)]
    pub acr: AcrRequest,
    /// Whom the client expects.
    pub expected_subject: Option<SubjectIdentifier>,
    /// What the client thinks the person signs in as.
    pub login_hint: Option<String>,
    /// Claims asked for one by one.
    pub claims: ClaimsRequest,
    /// Languages the client thinks the person reads.
    pub ui_locales: Option<String>,
    /// How it came.
    #[serde(default)]
    pub origin: Origin,
}

/// How a request came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By the browser, all of it.
    #[default]
    Browser,
    /// From the client itself, in advance ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)). It is answered once.
    Pushed(PushedRequestName),
}

/// How the client would like pages to be shown; every page fits all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// A whole page.
    Page,
    /// A small window.
    Popup,
    /// A touch screen.
    Touch,
    /// An old telephone.
    Wap,
}

impl Display {
    /// Every value, in the order that metadata lists them.
    pub const ALL: [Self; 4] = [Self::Page, Self::Popup, Self::Touch, Self::Wap];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Popup => "popup",
            Self::Touch => "touch",
            Self::Wap => "wap",
        }
    }
}

/// Why an addressed request was refused. The client is told the code; the log has the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationRefused {
    /// A parameter is given twice.
    #[error("the parameter {0:?} is given twice")]
    Repeated(String),
    /// A parameter is longer than anybody needs.
    #[error("the parameter {0} is too long")]
    TooLong(&'static str),
    /// `request` is there, of a client that has no keys to sign it with.
    #[error("there is a request object, and the client is registered without keys")]
    RequestObject,
    /// The client must sign its requests.
    #[error("the request is not a request object, and the client must sign its requests")]
    Unsigned,
    /// `request_uri` is there, of a client that registered none.
    #[error("there is a request_uri, and the client registered no request_uris")]
    RequestUri,
    /// The browser brought a request of a client that must push.
    #[error("the request was not pushed, and the client must push its requests")]
    NotPushed,
    /// `registration` is there.
    #[error("registration in a request is not supported")]
    Registration,
    /// `response_type` is missing.
    #[error("response_type is missing")]
    NoResponseType,
    /// `response_type` is not `code`.
    #[error("response_type {0:?} is not code")]
    ResponseType(String),
    /// `response_mode` is none of ours.
    #[error(
        "response_mode {0:?} is not query, fragment or form_post, nor one of these with .jwt, nor jwt"
    )]
    ResponseMode(String),
    /// `response_mode`, or what is meant without it, is none that the client is registered for.
    #[error("the client is not registered for response_mode {0}")]
    OtherResponseMode(&'static str),
    /// The client is not registered for the code grant.
    #[error("the client is not registered for authorization_code")]
    GrantType,
    /// `scope` is malformed.
    #[error("scope is malformed")]
    ScopeMalformed,
    /// Nothing that is asked for may be granted.
    #[error(
        "nothing of the scope {requested:?} is among what the client is registered for: {registered:?}"
    )]
    ScopeNotRegistered {
        /// What was asked for.
        requested: String,
        /// What the client may ask for.
        registered: String,
    },
    /// The proof key breaks a rule.
    #[error(transparent)]
    ProofKey(#[from] ProofRefused),
    /// `dpop_jkt` is no thumbprint.
    #[error("dpop_jkt is not the base64url of a SHA-256")]
    DpopJkt,
    /// `prompt` breaks a rule.
    #[error(transparent)]
    Prompt(#[from] PromptRefused),
    /// `max_age` is malformed.
    #[error(transparent)]
    MaxAge(#[from] MaxAgeMalformed),
    /// `claims` is malformed.
    #[error(transparent)]
    Claims(#[from] ClaimsMalformed),
    /// `resource` names what the client cannot reach.
    #[error(transparent)]
    Target(#[from] TargetRefused),
    /// `authorization_details` asks for what cannot be.
    #[error(transparent)]
    Details(#[from] DetailsRefused),
    /// `id_token_hint` is no ID Token of ours.
    #[error("id_token_hint: {0}")]
    IdTokenHint(String),
    /// `claims` asks for a `sub` that is nobody, or not the one of `id_token_hint`.
    #[error("claims asks for a sub that cannot be")]
    Subject,
}

impl AuthorizationRefused {
    /// The standard's code.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Target(refused) => refused.code(),
            Self::Details(refused) => refused.code(),
            Self::RequestObject => ErrorCode::RequestNotSupported,
            Self::RequestUri => ErrorCode::RequestUriNotSupported,
            Self::Registration => ErrorCode::RegistrationNotSupported,
            Self::ResponseType(_) => ErrorCode::UnsupportedResponseType,
            Self::GrantType => ErrorCode::UnauthorizedClient,
            Self::ScopeMalformed | Self::ScopeNotRegistered { .. } => ErrorCode::InvalidScope,
            _ => ErrorCode::InvalidRequest,
        }
    }
}

/// The longest parameters that are taken, in bytes. `state` and `nonce` come back, so they are bounded too.
const LONGEST: [(&str, usize); 7] = [
    ("state", 4096),
    ("nonce", 1024),
    ("scope", 2048),
    ("login_hint", 320),
    ("ui_locales", 256),
    ("acr_values", 1024),
    ("id_token_hint", 8192),
];

/// Judges an addressed request that the browser brought. `read_hint` verifies an `id_token_hint` and names its subject,
/// expired or not.
pub fn validate(
    asked: &Asked<'_>,
    addressed: &Addressed,
    servers: &ResourceServers,
    read_hint: impl FnOnce(&str) -> Result<SubjectIdentifier, String>,
) -> Result<AuthorizationRequest, AuthorizationRefused> {
    let request = judge(asked, addressed, servers, read_hint)?;
    match addressed.client.pushed_requests {
        PushPolicy::Required => Err(AuthorizationRefused::NotPushed),
        PushPolicy::Optional => Ok(request),
    }
}

/// Judges an addressed request by the rules that hold however it came.
pub(super) fn judge(
    asked: &Asked<'_>,
    addressed: &Addressed,
    servers: &ResourceServers,
    read_hint: impl FnOnce(&str) -> Result<SubjectIdentifier, String>,
) -> Result<AuthorizationRequest, AuthorizationRefused> {
    let (client, parameters) = (&*addressed.client, asked.parameters());
    well_formed(parameters)?;
    supported(parameters, client)?;
    if client.request_objects.policy == RequestObjectPolicy::Required && !asked.is_signed() {
        return Err(AuthorizationRefused::Unsigned);
    }
    let prompts = parameters
        .one("prompt")
        .map(Prompts::parse)
        .transpose()?
        .unwrap_or_default();
    let max_age = parameters.one("max_age").map(MaxAge::parse).transpose()?;
    let claims = parameters
        .one("claims")
        .map(ClaimsRequest::parse)
        .transpose()?
        .unwrap_or_default();
    let wanted = wanted(parameters, client, &prompts, servers)?;
    let acr = AcrRequest::of(parameters, &claims, client, necessity(&wanted, servers));
    let hinted = parameters.one("id_token_hint").map(read_hint).transpose();
    Ok(AuthorizationRequest {
        client: client.client_id.clone(),
        target: addressed.target.clone(),
        scope: wanted.scope,
        resources: wanted.resources,
        authorization_details: wanted.authorization_details,
        nonce: parameters.one("nonce").map(str::to_owned),
        proof_key: ProofKey::parse(parameters, client)?,
        dpop_jkt: dpop_jkt(parameters)?,
        max_age: max_age.or(client.default_max_age.map(MaxAge::seconds)),
        acr,
        expected_subject: expected(hinted.map_err(AuthorizationRefused::IdTokenHint)?, &claims)?,
        login_hint: parameters.one("login_hint").map(str::to_owned),
        claims: claims::permitted(claims, &client.scope),
        ui_locales: parameters.one("ui_locales").map(str::to_owned),
        origin: Origin::Browser,
        prompts,
    })
}

/// Rules of form: nothing twice, nothing endless.
pub(crate) fn well_formed(parameters: &Parameters) -> Result<(), AuthorizationRefused> {
    if let Some(name) = parameters.repeated() {
        return Err(AuthorizationRefused::Repeated(
            name.chars().take(64).collect(),
        ));
    }
    LONGEST
        .iter()
        .find(|(name, longest)| {
            parameters
                .one(name)
                .is_some_and(|value| value.len() > *longest)
        })
        .map_or(Ok(()), |(name, _)| Err(AuthorizationRefused::TooLong(name)))
}

/// Rules of what there is: one response type, a few response modes, and no request object within what was read of one.
fn supported(parameters: &Parameters, client: &Client) -> Result<(), AuthorizationRefused> {
    if parameters.one("request").is_some() {
        return Err(AuthorizationRefused::RequestObject);
    }
    if parameters.one("request_uri").is_some() {
        return Err(AuthorizationRefused::RequestUri);
    }
    if parameters.one("registration").is_some() {
        return Err(AuthorizationRefused::Registration);
    }
    match parameters.one("response_type") {
        Some("code") => {}
        Some(other) => {
            return Err(AuthorizationRefused::ResponseType(
                other.chars().take(64).collect(),
            ));
        }
        None => return Err(AuthorizationRefused::NoResponseType),
    }
    match response_mode(parameters) {
        None => {
            let mode = parameters.one("response_mode").unwrap_or_default();
            let mode = mode.chars().take(64).collect();
            return Err(AuthorizationRefused::ResponseMode(mode));
        }
        Some(mode) if !client.takes_responses_by(mode) => {
            return Err(AuthorizationRefused::OtherResponseMode(mode.name()));
        }
        Some(_) => {}
    }
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err(AuthorizationRefused::GrantType);
    }
    Ok(())
}

/// The key that the client binds its code to, if it does.
fn dpop_jkt(parameters: &Parameters) -> Result<Option<Thumbprint>, AuthorizationRefused> {
    let named = parameters.one("dpop_jkt").map(str::parse).transpose();
    named.map_err(|_| AuthorizationRefused::DpopJkt)
}

/// The person that the client expects, by `id_token_hint` or by the `sub` of its `claims`.
fn expected(
    hinted: Option<SubjectIdentifier>,
    claims: &ClaimsRequest,
) -> Result<Option<SubjectIdentifier>, AuthorizationRefused> {
    let members = [&claims.id_token, &claims.userinfo].into_iter();
    let asked = members.filter_map(|member| member.get("sub"));
    let mut expected = hinted;
    for request in asked.filter(|request| !request.values.is_empty()) {
        let subject = request.only_value().and_then(|value| value.parse().ok());
        let subject = subject.ok_or(AuthorizationRefused::Subject)?;
        if expected.is_some_and(|expected| expected != subject) {
            return Err(AuthorizationRefused::Subject);
        }
        expected = Some(subject);
    }
    Ok(expected)
}

impl AuthorizationRequest {
    /// Whether the registration of `client` still allows what it allowed when this was judged
    /// ([RFC 9126 section 7.4](https://www.rfc-editor.org/rfc/rfc9126#section-7.4)).
    pub(super) fn is_allowed_by(&self, client: &Client) -> bool {
        client.may_use(GrantType::AuthorizationCode)
            && client.has_redirect_uri(self.target.redirect_uri())
            && client.takes_responses_by(self.target.mode())
            && self.scope.is_within(&client.scope)
            && self.authorization_details.are_allowed_to(client)
            && !(client.must_use_pkce() && self.proof_key == ProofKey::Absent)
    }

    /// All that the person is asked to allow: the scope, and the scopes of the claims asked for one by one.
    pub fn consent_scope(&self) -> Scope {
        claims::scopes_of(&self.claims).union(&self.scope)
    }
}

#[cfg(test)]
mod tests;
