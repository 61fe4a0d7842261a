//! How clients prove who they are ([RFC 6749 section 2.3], [OpenID Connect Core section 9]).
//!
//! [RFC 6749 section 2.3]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3
//! [OpenID Connect Core section 9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication

mod assertion;
mod certificate;

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::certificate::{Authorities, Certificate};
use crate::client::{AuthMethod, Client, ClientSecrets};
use crate::error::ErrorCode;
use crate::identifiers::ClientId;
use crate::jose::NeededKey;
use crate::parameters::Parameters;
use crate::secret::SecretHash;
use crate::time::Timestamp;

use assertion::ClientAssertion;
pub use assertion::{Addressee, AssertionRefused, JWT_BEARER, SingleUse};
pub use certificate::CertificateRefused;

/// What a request says of its client, before any of it is proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    /// Who it says it is.
    pub client: ClientId,
    credentials: Credentials,
    certificate: Option<Certificate>,
}

/// By what a provider judges what clients present.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// Whom their assertions must address.
    pub addressee: Addressee<'a>,
    /// What knows the secrets again that assertions are authenticated with.
    pub secrets: &'a ClientSecrets,
    /// Who may vouch for their certificates.
    pub authorities: &'a Authorities,
}

/// What is to prove who a client is.
#[derive(Clone, PartialEq, Eq)]
enum Credentials {
    Basic(SecretHash),
    Post(SecretHash),
    Assertion(ClientAssertion),
    None,
}

impl Credentials {
    const fn method(&self) -> AuthMethod {
        match self {
            Self::Basic(_) => AuthMethod::ClientSecretBasic,
            Self::Post(_) => AuthMethod::ClientSecretPost,
            Self::Assertion(assertion) => assertion.method(),
            Self::None => AuthMethod::None,
        }
    }
}

/// How far a request has proven that it comes from its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Wholly.
    Complete,
    /// If its assertion is used here for the first time, and never again.
    FirstUse(SingleUse),
}

impl Presented {
    /// The same with the certificate that the request came with.
    #[must_use]
    pub fn with(self, certificate: Option<Certificate>) -> Self {
        Self {
            certificate,
            ..self
        }
    }

    /// Which key of `client` is needed to prove it, if any.
    pub fn needed_key(&self, client: &Client) -> Option<NeededKey> {
        match (&self.credentials, client.token_endpoint_auth_method) {
            (Credentials::Assertion(assertion), AuthMethod::PrivateKeyJwt) => {
                assertion.signed_with().map(NeededKey::Verifies)
            }
            (Credentials::None, AuthMethod::SelfSignedTlsClientAuth) => {
                let certificate = self.certificate.as_ref()?;
                Some(NeededKey::Certified(certificate.thumbprint().clone()))
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.credentials.method().as_str();
        write!(f, "Presented({}, {method})", self.client)
    }
}

/// Why a client was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientRefused {
    /// The request names no client.
    #[error("the request names no client: neither an Authorization header nor client_id")]
    Absent,
    /// It authenticates in two ways, or names two clients.
    #[error("the request authenticates in two ways, or names two clients")]
    TwoMethods,
    /// The `Authorization` header is not Basic credentials as RFC 6749 writes them.
    #[error(
        "the Authorization header is not Basic with base64 of form-encoded client_id:client_secret"
    )]
    MalformedHeader,
    /// No such client.
    #[error("no client {0:?} is registered")]
    Unknown(String),
    /// The client authenticates in another way than it is registered for.
    #[error("the client is registered for {registered} and used {used}")]
    Method {
        /// How it should.
        registered: &'static str,
        /// How it did.
        used: &'static str,
    },
    /// It has to prove who it is and cannot.
    #[error("a public client cannot prove who it is")]
    Public,
    /// The secret is wrong.
    #[error("the client secret is wrong")]
    Secret,
    /// The secret was right once.
    #[error("the client secret has expired")]
    Expired,
    /// Its assertion proves nothing.
    #[error("the client assertion is refused: {0}")]
    Assertion(#[from] AssertionRefused),
    /// Its certificate proves nothing.
    #[error("the client's certificate is refused: {0}")]
    Certificate(#[from] CertificateRefused),
    /// `client_id` and the assertion name two clients.
    #[error("client_id is not the client that the assertion names")]
    OtherClient,
}

impl ClientRefused {
    /// The standard's code.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TwoMethods => ErrorCode::InvalidRequest,
            _ => ErrorCode::InvalidClient,
        }
    }
}

/// Reads what a request says of its client, from the `Authorization` header or the form.
pub fn presented(
    authorization: Option<&str>,
    form: &Parameters,
) -> Result<Presented, ClientRefused> {
    let given = |name| form.one(name).is_some() || form.is_repeated(name);
    let secret = given("client_secret");
    let assertion = given("client_assertion") || given("client_assertion_type");
    match authorization {
        Some(_) if secret || assertion || form.is_repeated("client_id") => {
            Err(ClientRefused::TwoMethods)
        }
        Some(header) => {
            let (client, secret) = basic(header)?;
            if form.one("client_id").is_some_and(|also| also != client) {
                return Err(ClientRefused::TwoMethods);
            }
            let secret = secret.as_deref().map(SecretHash::of);
            present(
                &client,
                secret.map_or(Credentials::None, Credentials::Basic),
            )
        }
        None if secret && assertion => Err(ClientRefused::TwoMethods),
        None if assertion => asserted(form),
        None => {
            let client = form.one("client_id").ok_or(ClientRefused::Absent)?;
            let secret = form.one("client_secret").map(SecretHash::of);
            present(client, secret.map_or(Credentials::None, Credentials::Post))
        }
    }
}

fn present(client: &str, credentials: Credentials) -> Result<Presented, ClientRefused> {
    let unknown = |_| ClientRefused::Unknown(client.chars().take(128).collect());
    Ok(Presented {
        client: client.parse().map_err(unknown)?,
        credentials,
        certificate: None,
    })
}

/// Reads an assertion. It names its client itself, and `client_id` may only say the same
/// ([RFC 7521 section 4.2](https://www.rfc-editor.org/rfc/rfc7521#section-4.2)).
fn asserted(form: &Parameters) -> Result<Presented, ClientRefused> {
    let once = ["client_assertion", "client_assertion_type", "client_id"];
    if once.into_iter().any(|name| form.is_repeated(name)) {
        return Err(ClientRefused::TwoMethods);
    }
    let kind = form.one("client_assertion_type");
    let assertion = ClientAssertion::parse(kind, form.one("client_assertion"))?;
    let client = assertion.client.clone();
    if form
        .one("client_id")
        .is_some_and(|also| also != client.as_str())
    {
        return Err(ClientRefused::OtherClient);
    }
    Ok(Presented {
        client,
        credentials: Credentials::Assertion(assertion),
        certificate: None,
    })
}

/// Reads Basic credentials: base64 of the form-encoded name and secret
/// ([RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)). An empty secret is none, as it is in
/// the form: some public clients name themselves so.
fn basic(header: &str) -> Result<(String, Option<String>), ClientRefused> {
    let read = || {
        let (scheme, credentials) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = BASE64_STANDARD
            .decode(credentials.trim_start_matches(' '))
            .ok()?;
        let colon = decoded.iter().position(|&byte| byte == b':')?;
        let (name, secret) = decoded.split_at_checked(colon)?;
        let half = |text: &[u8]| {
            Parameters::parse(&[b"v=", text].concat())
                .ok()?
                .one("v")
                .map(str::to_owned)
        };
        // A bare `&` would end the value early; whoever encodes as the standard says never sends one.
        if decoded.contains(&b'&') {
            return None;
        }
        let name = half(name)?;
        match secret.get(1..)? {
            [] => Some((name, None)),
            secret => Some((name, Some(half(secret)?))),
        }
    };
    read().ok_or(ClientRefused::MalformedHeader)
}

/// Proves that the request comes from `client`, the one registered under the name it gave.
pub fn authenticate(
    presented: &Presented,
    client: Option<&Client>,
    by: Judge<'_>,
    now: Timestamp,
) -> Result<Proof, ClientRefused> {
    let client = client.ok_or_else(|| ClientRefused::Unknown(presented.client.to_string()))?;
    let registered = client.token_endpoint_auth_method;
    let used = presented.credentials.method();
    let certificate = presented.certificate.as_ref();
    match (&presented.credentials, registered) {
        // Whoever shows a certificate says nothing but its name.
        (Credentials::None, AuthMethod::TlsClientAuth) => {
            certificate::by_authority(certificate, client, by.authorities, now)?;
            Ok(Proof::Complete)
        }
        (Credentials::None, AuthMethod::SelfSignedTlsClientAuth) => {
            certificate::by_registration(certificate, client, now)?;
            Ok(Proof::Complete)
        }
        _ if used != registered => Err(ClientRefused::Method {
            registered: registered.as_str(),
            used: used.as_str(),
        }),
        (Credentials::None, _) => Ok(Proof::Complete),
        (Credentials::Basic(secret) | Credentials::Post(secret), _) => {
            known(secret, client, now).map(|()| Proof::Complete)
        }
        (Credentials::Assertion(assertion), _) => {
            assertion.prove(client, by, now).map(Proof::FirstUse)
        }
    }
}

/// Finds a secret among those of `client` that work.
fn known(secret: &SecretHash, client: &Client, now: Timestamp) -> Result<(), ClientRefused> {
    let mut verdict = Err(ClientRefused::Secret);
    for known in client.secrets.iter().filter(|known| known.hash == *secret) {
        if known.is_live(now) {
            return Ok(());
        }
        verdict = Err(ClientRefused::Expired);
    }
    verdict
}

#[cfg(test)]
mod tests;
