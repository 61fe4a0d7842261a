//! Authorization responses: to a place the client registered, and with our name on them.

use serde::{Deserialize, Serialize};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::authorization::response_mode::ResponseMode;
use crate::error::ErrorCode;

/// A place we may send a browser back to, and how.
///
/// The only way to get one is to match a request against what the client registered
/// ([RFC 9700 section 2.1]), so holding one is the proof.
///
/// [RFC 9700 section 2.1]: https://www.rfc-editor.org/rfc/rfc9700#section-2.1
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseTarget {
    redirect_uri: String,
    mode: ResponseMode,
    state: Option<String>,
}

/// What the browser is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Send it to this address.
    Redirect(String),
    /// Let it post these fields to this address.
    FormPost {
        /// The redirect URI.
        action: String,
        /// Names and values.
        fields: Vec<(&'static str, String)>,
    },
}

impl ResponseTarget {
    pub(super) fn matched(redirect_uri: &str, mode: ResponseMode, state: Option<&str>) -> Self {
        Self {
            redirect_uri: redirect_uri.to_owned(),
            mode,
            state: state.map(str::to_owned),
        }
    }

    /// The redirect URI as the request gave it; the token request must repeat it
    /// ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// A successful response: the code ([RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)).
    pub fn code(&self, issuer: &str, code: &str) -> Delivery {
        self.deliver(issuer, vec![("code", code.to_owned())])
    }

    /// An error response. `description` is for the client's developer.
    pub fn error(&self, issuer: &str, code: ErrorCode, description: &str) -> Delivery {
        self.deliver(
            issuer,
            vec![
                ("error", code.as_str().to_owned()),
                ("error_description", description.to_owned()),
            ],
        )
    }

    /// Adds `state` and, so that no other provider's answer can be mistaken for ours, `iss` ([RFC 9207 section 2]).
    ///
    /// [RFC 9207 section 2]: https://www.rfc-editor.org/rfc/rfc9207#section-2
    fn deliver(&self, issuer: &str, mut fields: Vec<(&'static str, String)>) -> Delivery {
        if let Some(state) = &self.state {
            fields.push(("state", state.clone()));
        }
        fields.push(("iss", issuer.to_owned()));
        match (self.mode, Url::parse(&self.redirect_uri)) {
            (ResponseMode::Query, Ok(mut address)) => {
                address.query_pairs_mut().extend_pairs(&fields);
                // An empty fragment of its own keeps browsers from carrying over one of an earlier address.
                address.set_fragment(Some(""));
                Delivery::Redirect(address.into())
            }
            (ResponseMode::Fragment, Ok(mut address)) => {
                let fragment = Serializer::new(String::new())
                    .extend_pairs(&fields)
                    .finish();
                address.set_fragment(Some(&fragment));
                Delivery::Redirect(address.into())
            }
            (ResponseMode::FormPost, _) | (_, Err(_)) => Delivery::FormPost {
                action: self.redirect_uri.clone(),
                fields,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str, mode: ResponseMode) -> ResponseTarget {
        ResponseTarget::matched(uri, mode, Some("a b&c"))
    }

    #[test]
    fn the_query_of_the_registered_uri_is_kept() {
        let delivery = target("https://wiki.example/cb?tenant=1", ResponseMode::Query)
            .code("https://id.example", "C");
        let expected =
            "https://wiki.example/cb?tenant=1&code=C&state=a+b%26c&iss=https%3A%2F%2Fid.example#";
        assert_eq!(delivery, Delivery::Redirect(expected.to_owned()));
    }

    #[test]
    fn a_fragment_response_has_nothing_in_the_query() {
        let delivery = target("https://wiki.example/cb", ResponseMode::Fragment).error(
            "https://id.example",
            ErrorCode::AccessDenied,
            "No.",
        );
        let expected = "https://wiki.example/cb#error=access_denied&error_description=No.&state=a+b%26c&iss=https%3A%2F%2Fid.example";
        assert_eq!(delivery, Delivery::Redirect(expected.to_owned()));
    }

    #[test]
    fn a_form_post_response_has_everything_in_the_form() {
        let delivery = target("https://wiki.example/cb", ResponseMode::FormPost)
            .code("https://id.example", "C");
        let Delivery::FormPost { action, fields } = delivery else {
            panic!("{delivery:?}")
        };
        assert_eq!(action, "https://wiki.example/cb");
        let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["code", "state", "iss"]);
    }

    #[test]
    fn native_applications_get_their_answer_too() {
        let delivery =
            target("com.example.app:/cb", ResponseMode::Query).code("https://id.example", "C");
        let Delivery::Redirect(address) = delivery else {
            panic!("{delivery:?}")
        };
        assert!(
            address.starts_with("com.example.app:/cb?code=C&"),
            "{address}"
        );
    }
}
