//! Where the one who shows a token is and what program that is, as an API says that checks it.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use doorward_core::api_token::usage::Agent;
use doorward_core::error::ErrorCode;
use doorward_core::parameters::Parameters;

use crate::refusal::TokenError;

/// The parameter that says where the one who shows a token is: an extension of ours, which tokens with networks need.
const CLIENT_IP: &str = "client_ip";

/// The parameter that says what the one who shows a token sent as `User-Agent`: an extension of ours, of which a word or two are kept.
const CLIENT_USER_AGENT: &str = "client_user_agent";

/// The program that showed the token to the API, as the API says.
pub(crate) fn client_agent(parameters: &Parameters) -> Option<Agent> {
    let header = parameters.one(CLIENT_USER_AGENT)?;
    Agent::of_header(header.as_bytes())
}

/// The program that shows a token here itself.
pub(crate) fn agent(headers: &HeaderMap) -> Option<Agent> {
    Agent::of_header(headers.get(USER_AGENT)?.as_bytes())
}

/// Where the one who showed the token to the API is, as the API, which has proven who it is, says.
pub(crate) fn client_ip(parameters: &Parameters) -> Result<Option<IpAddr>, TokenError> {
    let address = parameters.one(CLIENT_IP).map(str::parse).transpose();
    address.map_err(|_| {
        let reason = "client_ip is no address of IPv4 or IPv6";
        TokenError::refused(ErrorCode::InvalidRequest, reason)
    })
}
