//! Where the one who shows a token is, as an API says that checks it.

use std::net::IpAddr;

use doorward_core::error::ErrorCode;
use doorward_core::parameters::Parameters;

use crate::refusal::TokenError;

/// The parameter that says where the one who shows a token is: an extension of ours, which tokens with networks need.
const CLIENT_IP: &str = "client_ip";

/// Where the one who showed the token to the API is, as the API, which has proven who it is, says.
pub(crate) fn client_ip(parameters: &Parameters) -> Result<Option<IpAddr>, TokenError> {
    let address = parameters.one(CLIENT_IP).map(str::parse).transpose();
    address.map_err(|_| {
        let reason = "client_ip is no address of IPv4 or IPv6";
        TokenError::refused(ErrorCode::InvalidRequest, reason)
    })
}
