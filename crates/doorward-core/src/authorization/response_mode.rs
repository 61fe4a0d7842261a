//! `response_mode`: how the answer travels
//! ([OAuth 2.0 Multiple Response Types section 2.1](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes),
//! [JARM section 2.3](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.3)).

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::identifiers::Malformed;

/// How an authorization response reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct ResponseMode {
    /// In what it travels.
    pub carrier: Carrier,
    /// As what.
    pub form: ResponseForm,
}

/// In what an authorization response travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// In the query of the redirect URI: what a code has by default.
    Query,
    /// In its fragment.
    Fragment,
    /// In a form that the browser posts to it
    /// ([OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)).
    FormPost,
}

/// As what an authorization response travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseForm {
    /// As parameters.
    Parameters,
    /// As one JWT, which nobody can change on its way ([JARM](https://openid.net/specs/oauth-v2-jarm-final.html)).
    Jwt,
}

impl ResponseMode {
    /// What a code has by default.
    pub const DEFAULT: Self = Self::new(Carrier::Query, ResponseForm::Parameters);

    /// Every mode with its name on the wire, in the order that metadata lists them. `jwt` is the default of a code, as a JWT.
    const ALL: [(&'static str, Self); 7] = [
        ("query", Self::DEFAULT),
        (
            "fragment",
            Self::new(Carrier::Fragment, ResponseForm::Parameters),
        ),
        (
            "form_post",
            Self::new(Carrier::FormPost, ResponseForm::Parameters),
        ),
        ("jwt", Self::new(Carrier::Query, ResponseForm::Jwt)),
        ("query.jwt", Self::new(Carrier::Query, ResponseForm::Jwt)),
        (
            "fragment.jwt",
            Self::new(Carrier::Fragment, ResponseForm::Jwt),
        ),
        (
            "form_post.jwt",
            Self::new(Carrier::FormPost, ResponseForm::Jwt),
        ),
    ];

    const fn new(carrier: Carrier, form: ResponseForm) -> Self {
        Self { carrier, form }
    }

    /// The names on the wire.
    pub fn names() -> [&'static str; Self::ALL.len()] {
        Self::ALL.map(|(name, _)| name)
    }

    /// The mode with this name.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(name, _)| *name == text).map(|(_, mode)| mode)
    }

    /// Its name on the wire; the shorter one where there are two.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|(_, mode)| *mode == self);
        found.map_or("query", |(name, _)| name)
    }
}

impl TryFrom<String> for ResponseMode {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::parse(&text).ok_or(Malformed {
            expected: "a response mode like form_post or jwt",
        })
    }
}

impl From<ResponseMode> for &'static str {
    fn from(mode: ResponseMode) -> Self {
        mode.name()
    }
}

impl Client {
    /// Whether an authorization response to it may travel by `mode`: by any, unless it is registered for some.
    pub fn takes_responses_by(&self, mode: ResponseMode) -> bool {
        self.response_modes.is_empty() || self.response_modes.contains(&mode)
    }

    /// How it is told that it may not be told as it asked: by query, the default of a code, or else by the first mode that it is
    /// registered for.
    pub(super) fn fallback_response_mode(&self) -> ResponseMode {
        let first = self.response_modes.first().copied();
        first
            .filter(|_| !self.takes_responses_by(ResponseMode::DEFAULT))
            .unwrap_or(ResponseMode::DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::client;

    #[test]
    fn a_mode_is_read_back_by_its_name() {
        for name in ResponseMode::names() {
            let mode = ResponseMode::parse(name).unwrap();
            assert_eq!(ResponseMode::parse(mode.name()), Some(mode), "{name}");
        }
        assert_eq!(ResponseMode::parse("query.jwt").unwrap().name(), "jwt");
    }

    /// P10: of a client that is registered for some modes, others are none.
    #[test]
    fn a_client_that_is_registered_for_modes_takes_no_other() {
        let mode = |name: &str| ResponseMode::parse(name).unwrap();
        let limited = |names: &[&str]| Client {
            response_modes: names.iter().map(|name| mode(name)).collect(),
            ..client()
        };
        let any = limited(&[]);
        assert!(
            ResponseMode::names()
                .map(mode)
                .iter()
                .all(|&mode| any.takes_responses_by(mode))
        );
        let signed = limited(&["form_post.jwt", "jwt"]);
        assert!(signed.takes_responses_by(mode("query.jwt")));
        assert!(!signed.takes_responses_by(ResponseMode::DEFAULT));
        assert_eq!(signed.fallback_response_mode().name(), "form_post.jwt");
        let plain = limited(&["form_post", "query"]);
        assert_eq!(plain.fallback_response_mode(), ResponseMode::DEFAULT);
    }
}
