//! Telling clients that a session is over
//! ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

mod delivery;
mod logout_token;

pub use delivery::{Answer, Delivery, DeliveryStatus, Next, judge};
pub use logout_token::{LOGOUT_TOKEN_LIFETIME, LogoutTokenClaims, LogoutTokenFor, claims};
