//! `/logout` ([OpenID Connect RP-Initiated Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).

mod backchannel;
mod confirmation;
mod consequences;
mod frontchannel;
mod hint;
mod sessions_page;
