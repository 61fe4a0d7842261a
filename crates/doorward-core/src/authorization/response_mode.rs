//! `response_mode`: how the answer travels
//! ([OAuth 2.0 Multiple Response Types section 2.1](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes),
//! [JARM section 2.3](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.3)).

use serde::{Deserialize, Serialize};

/// How an authorization response reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}
