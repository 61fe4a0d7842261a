//! Logout Tokens: a session is over, told to one client
//! ([OpenID Connect Back-Channel Logout section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).

use std::time::Duration;

use serde::Serialize;

use super::Delivery;
use crate::identifiers::SessionId;
use crate::jose::base64url;
use crate::subject::SubjectIdentifier;
use crate::time::Timestamp;

/// How long a Logout Token lives: each attempt to deliver one makes a new one.
pub const LOGOUT_TOKEN_LIFETIME: Duration = Duration::from_mins(2);

/// The claims of a Logout Token. There is no `nonce`, so that none passes for an ID Token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogoutTokenClaims<'a> {
    /// Who issued it.
    pub iss: &'a str,
    /// The client it is for.
    pub aud: &'a str,
    /// When it was issued, in seconds.
    pub iat: i64,
    /// When it expires, in seconds.
    pub exp: i64,
    /// Its own name.
    pub jti: String,
    /// The End-User.
    pub sub: SubjectIdentifier,
    /// The session that is over.
    pub sid: SessionId,
    /// That it is a Logout Token.
    pub events: LogoutEvents,
}

/// `events`: exactly one member, whose value is an empty object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LogoutEvents {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    backchannel_logout: Empty,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Empty {}

/// What a Logout Token is made of.
#[derive(Clone, Debug)]
pub struct LogoutTokenFor<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// Who is told of what.
    pub delivery: &'a Delivery,
    /// What the client calls the End-User.
    pub sub: SubjectIdentifier,
    /// 16 random bytes for its name.
    pub jti: [u8; 16],
    /// The present time.
    pub now: Timestamp,
}

/// The claims of a Logout Token. It has both `sub` and `sid`, whether or not the client insists on the latter.
pub fn claims(of: LogoutTokenFor<'_>) -> LogoutTokenClaims<'_> {
    LogoutTokenClaims {
        iss: of.issuer,
        aud: of.delivery.client.as_str(),
        iat: of.now.as_seconds(),
        exp: of.now.plus(LOGOUT_TOKEN_LIFETIME).as_seconds(),
        jti: base64url::encode(of.jti),
        sub: of.sub,
        sid: of.delivery.session,
        events: LogoutEvents::default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::backchannel_logout::delivery::tests::delivery;
    use crate::testing::NOW;

    /// [OpenID Connect Back-Channel Logout section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
    #[test]
    fn a_logout_token_says_this_and_nothing_else() {
        let delivery = delivery();
        let claims = claims(LogoutTokenFor {
            issuer: "https://login.example.com",
            delivery: &delivery,
            sub: delivery.person.into(),
            jti: [0xff; 16],
            now: NOW,
        });
        assert_eq!(
            serde_json::to_value(claims).unwrap(),
            json!({
                "iss": "https://login.example.com",
                "aud": "wiki",
                "iat": 1_700_000_000,
                "exp": 1_700_000_120,
                "jti": "_____________________w",
                "sub": delivery.person,
                "sid": delivery.session,
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
            })
        );
    }
}
