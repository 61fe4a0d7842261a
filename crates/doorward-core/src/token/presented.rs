//! A token that a client asks about or gives back
//! ([RFC 7662 section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1),
//! [RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)).

use crate::api_token::PresentedApiToken;
use crate::parameters::Parameters;
use crate::token::TokenRequestRefused;
use crate::token::refresh::PresentedRefreshToken;

/// A token whose form alone is known. It says itself what it is, so `token_type_hint` is not needed and cannot mislead.
#[derive(Debug)]
pub enum PresentedToken {
    /// A refresh token.
    Refresh(PresentedRefreshToken),
    /// An API token.
    Api(PresentedApiToken),
    /// An access token, or nothing of ours.
    Access(String),
}

impl PresentedToken {
    /// Reads the parameter `token`.
    pub fn parse(form: &Parameters) -> Result<Self, TokenRequestRefused> {
        TokenRequestRefused::unless_distinct(form)?;
        let text = form
            .one("token")
            .ok_or(TokenRequestRefused::Missing("token"))?;
        let refresh_token = PresentedRefreshToken::parse(text).map(Self::Refresh);
        let api_token = || PresentedApiToken::parse(text).map(Self::Api);
        Ok(refresh_token
            .or_else(api_token)
            .unwrap_or_else(|| Self::Access(text.to_owned())))
    }
}
