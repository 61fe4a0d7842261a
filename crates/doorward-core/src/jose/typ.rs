//! What a signed token is for, so that none passes for another
//! ([RFC 8725 section 3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)).

/// What a signed token is for; its `typ` header says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typ {
    /// An ID Token ([OpenID Connect Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).
    IdToken,
    /// An access token ([RFC 9068 section 2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.1)).
    AccessToken,
    /// A signed UserInfo response
    /// ([OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
    UserInfo,
    /// An authorization response ([JARM section 2.1](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.1)).
    AuthorizationResponse,
    /// A Logout Token
    /// ([OpenID Connect Back-Channel Logout section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
    LogoutToken,
    /// A signed introspection response ([RFC 9701 section 5](https://www.rfc-editor.org/rfc/rfc9701#section-5)).
    Introspection,
    /// A status list
    /// ([Token Status List section 5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-5.1)).
    StatusList,
}

impl Typ {
    /// The `typ` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdToken | Self::UserInfo | Self::AuthorizationResponse => "JWT",
            Self::AccessToken => "at+jwt",
            Self::LogoutToken => "logout+jwt",
            Self::Introspection => "token-introspection+jwt",
            Self::StatusList => "statuslist+jwt",
        }
    }

    /// Whether a token with this header, or with none, may be one of this type.
    ///
    /// Only ID Tokens may come without: OpenID Connect does not ask for the header.
    pub(super) fn admits(self, header: Option<&str>) -> bool {
        match header {
            Some(typ) => typ == self.as_str(),
            None => self == Self::IdToken,
        }
    }
}
