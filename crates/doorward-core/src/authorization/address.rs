//! Who asks, and where the answer goes. Until both are proven nothing is sent to anybody.

use std::sync::Arc;

use crate::authorization::AuthorizationRequest;
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
        "redirect_uri {requested:?} is not registered; the nearest registered one is {}",
        .nearest.as_deref().unwrap_or("none")
    )]
    UnregisteredRedirectUri {
        /// What was asked for.
        requested: String,
        /// The registered one that begins most alike.
        nearest: Option<String>,
    },
    /// The client's registration was changed while somebody signed in, and the answer could not travel as it was asked for.
    #[error("the client is no longer registered for response_mode {0}")]
    OtherResponseMode(&'static str),
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
    let requested = registered(requested, &client)?;
    // A mode that does not exist, or is not for this client, is an error that itself must travel somehow.
    let mode = response_mode(parameters)
        .filter(|&mode| client.takes_responses_by(mode))
        .unwrap_or_else(|| client.fallback_response_mode());
    let state = parameters.one("state");
    let target = ResponseTarget::matched(requested, mode, state, &client);
    Ok(Addressed { client, target })
}

/// The mode that is asked for, if it is one: by query where nothing is said.
pub(super) fn response_mode(parameters: &Parameters) -> Option<ResponseMode> {
    match parameters.one("response_mode") {
        None => Some(ResponseMode::DEFAULT),
        Some(name) => ResponseMode::parse(name),
    }
}

impl AuthorizationRequest {
    /// The same request, if its answer still goes to a redirect URI of its client, and by a mode that it takes; the registration may
    /// have changed while somebody signed in.
    pub fn addressed_to(self, client: &Client) -> Result<Self, Unaddressed> {
        registered(self.target.redirect_uri(), client)?;
        let mode = self.target.mode();
        if client.takes_responses_by(mode) {
            Ok(self)
        } else {
            Err(Unaddressed::OtherResponseMode(mode.name()))
        }
    }
}

/// The redirect URI that was asked for, if it is one of the client's.
fn registered<'a>(requested: &'a str, client: &Client) -> Result<&'a str, Unaddressed> {
    if client.has_redirect_uri(requested) {
        return Ok(requested);
    }
    Err(Unaddressed::UnregisteredRedirectUri {
        requested: clip(requested),
        nearest: nearest(client, requested),
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::Delivery;
    use crate::error::ErrorCode;
    use crate::testing::{client, parameters};

    const CALLBACK: &str = "https://wiki.example/callback";
    const EXAMPLE: [(&str, &str); 3] = [
        ("client_id", "wiki"),
        ("redirect_uri", CALLBACK),
        ("state", "af0ifjsldkj"),
    ];

    fn addressed(changes: &[(&str, &str)]) -> Result<Addressed, Unaddressed> {
        address(&parameters(&EXAMPLE, changes), Arc::new(client()))
    }

    #[test]
    fn a_client_is_named_once_and_well_formed() {
        let named = |changes: &[(&str, &str)]| named_client(&parameters(&EXAMPLE, changes));
        assert_eq!(named(&[]), Ok(client().client_id));
        let unknown = Err(Unaddressed::UnknownClient("two words".to_owned()));
        assert_eq!(named(&[("client_id", "two words")]), unknown);
        for absent in [
            &[("client_id", "")][..],
            &[("client_id", "wiki"), ("client_id", "wiki")],
        ] {
            assert_eq!(named(absent), Err(Unaddressed::NoClient));
        }
    }

    #[test]
    fn a_hostile_name_does_not_fill_the_log() {
        let long = "ä".repeat(10_000);
        assert_eq!(
            named_client(&parameters(&EXAMPLE, &[("client_id", &long)])),
            Err(Unaddressed::UnknownClient("ä".repeat(200)))
        );
    }

    /// [RFC 6749 section 3.1.2.4](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2.4).
    #[test]
    fn there_is_no_answer_without_exactly_one_redirect_uri() {
        let registered = vec![CALLBACK.to_owned()];
        for absent in [
            &[("redirect_uri", "")][..],
            &[("redirect_uri", CALLBACK), ("redirect_uri", CALLBACK)],
        ] {
            let refused = addressed(absent).unwrap_err();
            let registered = registered.clone();
            assert_eq!(refused, Unaddressed::NoRedirectUri { registered });
        }
    }

    /// P01: the text is compared before anything parses it.
    /// [RFC 9700 section 4.1.3](https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3).
    #[test]
    fn every_byte_of_the_redirect_uri_counts() {
        for requested in [
            "https://wiki.example/callback/",
            "https://wiki.example/callback?",
            "https://wiki.example/callback?a=b",
            "https://wiki.example/callback#",
            "https://wiki.example/Callback",
            "https://WIKI.example/callback",
            "HTTPS://wiki.example/callback",
            "https://wiki.example:443/callback",
            "https://wiki.example./callback",
            "https://wiki.example/x/../callback",
            "https://wiki.example/%63allback",
            "https://wiki.example//callback",
            "https://wiki.example\\callback",
            "https://user@wiki.example/callback",
            "https://wiki.example@evil.example/callback",
            "https://wiki.example.evil.example/callback",
            "http://wiki.example/callback",
            "//wiki.example/callback",
            "/callback",
            " https://wiki.example/callback",
            "javascript:alert(1)",
        ] {
            assert_eq!(
                addressed(&[("redirect_uri", requested)]).unwrap_err(),
                Unaddressed::UnregisteredRedirectUri {
                    requested: requested.to_owned(),
                    nearest: Some(CALLBACK.to_owned()),
                }
            );
        }
    }

    #[test]
    fn the_log_names_the_registered_address_that_is_most_alike() {
        let mut client = client();
        client.redirect_uris = [
            "https://a.example/cb",
            "https://b.example/cb",
            "https://c.example/",
        ]
        .map(|uri| uri.parse().unwrap())
        .into();
        let requested = [("redirect_uri", "https://b.example/callback")];
        let refused = address(&parameters(&EXAMPLE, &requested), Arc::new(client)).unwrap_err();
        assert_eq!(
            refused,
            Unaddressed::UnregisteredRedirectUri {
                requested: "https://b.example/callback".to_owned(),
                nearest: Some("https://b.example/cb".to_owned()),
            }
        );
    }

    /// [OAuth 2.0 Multiple Response Type Encoding Practices section 2.1](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes).
    #[test]
    fn the_answer_travels_as_asked_and_by_query_where_that_makes_no_sense() {
        let answer = |mode| {
            let target = addressed(&[("response_mode", mode)]).unwrap().target;
            let error = target.error("https://id.example", ErrorCode::AccessDenied, "No.");
            match error.plain() {
                Delivery::Redirect(address) => address,
                Delivery::FormPost { action, .. } => format!("form to {action}"),
            }
        };
        for (mode, begins) in [
            ("", "https://wiki.example/callback?error="),
            ("query", "https://wiki.example/callback?error="),
            ("fragment", "https://wiki.example/callback#error="),
            ("form_post", "form to https://wiki.example/callback"),
            ("smoke", "https://wiki.example/callback?error="),
        ] {
            assert!(answer(mode).starts_with(begins), "{mode}: {}", answer(mode));
        }
    }

    /// [RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2).
    #[test]
    fn state_comes_back_when_it_came_and_only_then() {
        let answer = |state| {
            let target = addressed(&[("state", state)]).unwrap().target;
            target.code("https://id.example", "C").plain()
        };
        let with = |state: &str| {
            let address = format!("{CALLBACK}?code=C{state}&iss=https%3A%2F%2Fid.example#");
            Delivery::Redirect(address)
        };
        assert_eq!(answer("af0ifjsldkj-._~"), with("&state=af0ifjsldkj-._%7E"));
        assert_eq!(answer(""), with(""));
    }
}
