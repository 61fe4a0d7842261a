//! Who asks, and where the answer goes. Until both are proven nothing is sent to anybody.

use std::sync::Arc;

use crate::authorization::response::ResponseTarget;
use crate::authorization::response_mode::ResponseMode;
use crate::client::Client;
use crate::identifiers::ClientId;
use crate::parameters::Parameters;

/// A request whose client and response target are known: from here on errors go to the client.
#[derive(Clone, Debug)]
pub struct Addressed {
    /// Who asks.
    pub client: Arc<Client>,
    /// Where the answer goes.
    pub target: ResponseTarget,
}

/// Why a request is answered on our own page: there is nobody to trust with an error
/// ([RFC 6749 section 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unaddressed {
    /// There is no `client_id`, or two.
    #[error("client_id is missing or given twice")]
    NoClient,
    /// No such client is registered.
    #[error("no client {0:?} is registered")]
    UnknownClient(String),
    /// There is no `redirect_uri`, or two.
    #[error("redirect_uri is missing or given twice; the client registered {}", list(.registered))]
    NoRedirectUri {
        /// What the client registered.
        registered: Vec<String>,
    },
    /// The `redirect_uri` is none of the client's.
    #[error(
        "redirect_uri {requested:?} is not registered; the nearest registered one is {nearest:?}"
    )]
    UnregisteredRedirectUri {
        /// What was asked for.
        requested: String,
        /// The registered one that begins most alike.
        nearest: Option<String>,
    },
}

fn list(uris: &[String]) -> String {
    uris.join(", ")
}

/// The client that a request names, before anything is proven of it.
pub fn named_client(parameters: &Parameters) -> Result<ClientId, Unaddressed> {
    let text = parameters.one("client_id").ok_or(Unaddressed::NoClient)?;
    text.parse()
        .map_err(|_| Unaddressed::UnknownClient(clip(text)))
}

/// Finds where the answer to a request of `client` goes: to one of its registered redirect URIs, byte for byte.
///
/// `OpenID Connect Core` demands a `redirect_uri` in every request, so there is no default.
pub fn address(parameters: &Parameters, client: Arc<Client>) -> Result<Addressed, Unaddressed> {
    let Some(requested) = parameters.one("redirect_uri") else {
        let registered = client
            .redirect_uris
            .iter()
            .map(ToString::to_string)
            .collect();
        return Err(Unaddressed::NoRedirectUri { registered });
    };
    if !client
        .redirect_uris
        .iter()
        .any(|registered| registered.admits(requested))
    {
        let nearest = nearest(&client, requested);
        return Err(Unaddressed::UnregisteredRedirectUri {
            requested: clip(requested),
            nearest,
        });
    }
    // A mode that does not exist is an error that itself must travel somehow: by query, the default of a code.
    let mode = parameters
        .one("response_mode")
        .and_then(ResponseMode::parse)
        .unwrap_or(ResponseMode::Query);
    let target = ResponseTarget::matched(requested, mode, parameters.one("state"));
    Ok(Addressed { client, target })
}

/// The registered redirect URI that has the longest beginning in common with `requested`.
fn nearest(client: &Client, requested: &str) -> Option<String> {
    let in_common = |uri: &str| {
        uri.bytes()
            .zip(requested.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    client
        .redirect_uris
        .iter()
        .map(ToString::to_string)
        .max_by_key(|uri| in_common(uri))
}

/// Enough of a hostile text for a log line.
fn clip(text: &str) -> String {
    text.chars().take(200).collect()
}
