//! How clients prove who they are ([RFC 6749 section 2.3], [OpenID Connect Core section 9]).
//!
//! [RFC 6749 section 2.3]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3
//! [OpenID Connect Core section 9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::client::{AuthMethod, Client};
use crate::error::ErrorCode;
use crate::identifiers::ClientId;
use crate::parameters::Parameters;
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// What a request says of its client, before any of it is proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    /// Who it says it is.
    pub client: ClientId,
    method: AuthMethod,
    secret: Option<SecretHash>,
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({}, {})", self.client, self.method.as_str())
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
    let in_form = form.one("client_secret").is_some() || form.is_repeated("client_secret");
    match authorization {
        Some(_) if in_form || form.is_repeated("client_id") => Err(ClientRefused::TwoMethods),
        Some(header) => {
            let (client, secret) = basic(header)?;
            if form.one("client_id").is_some_and(|also| also != client) {
                return Err(ClientRefused::TwoMethods);
            }
            present(&client, AuthMethod::ClientSecretBasic, Some(&secret))
        }
        None => {
            let client = form.one("client_id").ok_or(ClientRefused::Absent)?;
            let secret = form.one("client_secret");
            let method = if secret.is_some() {
                AuthMethod::ClientSecretPost
            } else {
                AuthMethod::None
            };
            present(client, method, secret)
        }
    }
}

fn present(
    client: &str,
    method: AuthMethod,
    secret: Option<&str>,
) -> Result<Presented, ClientRefused> {
    let unknown = |_| ClientRefused::Unknown(client.chars().take(128).collect());
    Ok(Presented {
        client: client.parse().map_err(unknown)?,
        method,
        secret: secret.map(SecretHash::of),
    })
}

/// Reads Basic credentials: base64 of the form-encoded name and secret
/// ([RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
fn basic(header: &str) -> Result<(String, String), ClientRefused> {
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
        Some((half(name)?, half(secret.get(1..)?)?))
    };
    read().ok_or(ClientRefused::MalformedHeader)
}

/// Proves that the request comes from `client`, the one registered under the name it gave.
pub fn authenticate(
    presented: &Presented,
    client: Option<&Client>,
    now: Timestamp,
) -> Result<(), ClientRefused> {
    let client = client.ok_or_else(|| ClientRefused::Unknown(presented.client.to_string()))?;
    let registered = client.token_endpoint_auth_method;
    if presented.method != registered {
        return Err(ClientRefused::Method {
            registered: registered.as_str(),
            used: presented.method.as_str(),
        });
    }
    let Some(secret) = presented.secret else {
        return Ok(());
    };
    let mut verdict = Err(ClientRefused::Secret);
    for known in client.secrets.iter().filter(|known| known.hash == secret) {
        if known.expires_at.is_none_or(|expiry| now < expiry) {
            return Ok(());
        }
        verdict = Err(ClientRefused::Expired);
    }
    verdict
}

#[cfg(test)]
mod tests;
