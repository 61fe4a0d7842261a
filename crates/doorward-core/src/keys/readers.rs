//! Which applications verify what a key signs, and so need to know it.

use crate::client::Client;
use crate::jose::Algorithm;
use crate::resource_server::{AccessTokenFormat, ResourceServer};
use crate::scope;

/// Whether `client` verifies answers that are signed with `algorithm`: ID Tokens, and whatever else it registered to get as a JWT.
pub fn client_reads(client: &Client, algorithm: Algorithm) -> bool {
    let signs_in = client.scope.contains(scope::OPENID);
    let registered = [
        signs_in.then_some(client.id_token_signed_response_alg),
        client.userinfo_signed_response_alg,
        client.authorization_signed_response_alg,
        client.introspection_signed_response_alg,
    ];
    registered.into_iter().flatten().any(|one| one == algorithm)
}

/// Whether `server` verifies access tokens that are signed with `algorithm`. Where it did not say which, that is each client's choice, and
/// ES256 unless a client chose another.
pub fn server_reads(server: &ResourceServer, algorithm: Algorithm) -> bool {
    let chosen = server.access_token_signed_response_alg;
    server.access_token_format == AccessTokenFormat::Jwt
        && chosen.unwrap_or(Algorithm::Es256) == algorithm
}
