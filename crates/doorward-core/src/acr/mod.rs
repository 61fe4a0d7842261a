//! How strongly somebody signed in, by names that an operator gives: Authentication Context Class References
//! ([OpenID Connect Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).

mod demand;
mod levels;
mod request;
mod strength;

use crate::word::word;

pub use demand::AuthenticationDemand;
pub use levels::{AcrLevel, AcrLevels, LevelsRefused};
pub use request::{AcrRequest, Necessity};
pub(crate) use strength::{Required, Strength};

word! {
    /// The name of a level: the `acr` claim, compared byte for byte.
    Acr, "the name of an acr level"
}
