//! A request to exchange a token ([RFC 8693 section 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1)).

use crate::opaque_token::OpaqueToken;
use crate::parameters::Parameters;
use crate::scope::Scope;
use crate::token::refresh::PresentedRefreshToken;
use crate::token::{TokenRequestRefused, scope};

/// What a client shows, and what it wants for it. Its `Debug` shows no token.
pub struct ExchangeRequest {
    /// The token that speaks for whoever the new one is to speak for.
    pub subject_token: String,
    /// The token of who acts for them, if anybody is to be named.
    pub actor_token: Option<String>,
    /// What the new token is to be.
    pub requested_token_type: TokenTypeIdentifier,
    /// The resource servers that `audience` names.
    pub audience: Vec<String>,
    /// What the new token is to open, when that is less than all.
    pub scope: Option<Scope>,
}

impl std::fmt::Debug for ExchangeRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("ExchangeRequest");
        shown.field("audience", &self.audience);
        shown.field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// What a token is ([RFC 8693 section 3](https://www.rfc-editor.org/rfc/rfc8693#section-3)), as far as it can be exchanged here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenTypeIdentifier {
    /// An access token of ours, signed or opaque.
    AccessToken,
    /// An access token of ours that is signed.
    Jwt,
}

impl TokenTypeIdentifier {
    const ALL: [Self; 2] = [Self::AccessToken, Self::Jwt];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "urn:ietf:params:oauth:token-type:access_token",
            Self::Jwt => "urn:ietf:params:oauth:token-type:jwt",
        }
    }

    /// What the parameter `name` says, if it is there.
    fn named(form: &Parameters, name: &'static str) -> Result<Option<Self>, TokenRequestRefused> {
        let read = |text: &str| {
            let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
            let unknown = || text.chars().take(64).collect();
            known.ok_or_else(|| TokenRequestRefused::TokenType(name, unknown()))
        };
        form.one(name).map(read).transpose()
    }
}

impl ExchangeRequest {
    /// Reads the form.
    pub(in crate::token) fn parse(form: &Parameters) -> Result<Self, TokenRequestRefused> {
        let subject_token = presented(form, "subject_token", "subject_token_type")?;
        let requested = TokenTypeIdentifier::named(form, "requested_token_type")?;
        Ok(Self {
            subject_token: subject_token.ok_or(TokenRequestRefused::Missing("subject_token"))?,
            actor_token: presented(form, "actor_token", "actor_token_type")?,
            requested_token_type: requested.unwrap_or(TokenTypeIdentifier::AccessToken),
            audience: form.all("audience").map(str::to_owned).collect(),
            scope: scope(form)?,
        })
    }
}

/// A token and its type, which come together or not at all.
fn presented(
    form: &Parameters,
    token: &'static str,
    of_type: &'static str,
) -> Result<Option<String>, TokenRequestRefused> {
    match (form.one(token), TokenTypeIdentifier::named(form, of_type)?) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(TokenRequestRefused::Missing(token)),
        (Some(_), None) => Err(TokenRequestRefused::Missing(of_type)),
        (Some(text), Some(said)) => exchangeable(text, said)
            .map(Some)
            .ok_or(TokenRequestRefused::NotExchangeable(token)),
    }
}

/// A text that may be an access token of the type that it is `said` to be. Its signature, which tells it from an ID Token or a
/// logout token, is judged later.
fn exchangeable(text: &str, said: TokenTypeIdentifier) -> Option<String> {
    let is_opaque = OpaqueToken::parse(text).is_some();
    let is_refresh_token = PresentedRefreshToken::parse(text).is_some();
    let is_as_said = !is_opaque || said == TokenTypeIdentifier::AccessToken;
    (is_as_said && !is_refresh_token).then(|| text.to_owned())
}
