//! Which applications verify what a key signs, and so need to know it.

use std::collections::BTreeSet;

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

/// Whether `server` verifies access tokens that are signed with `algorithm`. Where it did not say which, that is what each client is registered
/// for: `of_clients` are all of these.
pub fn server_reads(
    server: &ResourceServer,
    algorithm: Algorithm,
    of_clients: &BTreeSet<Algorithm>,
) -> bool {
    let chosen = server.access_token_signed_response_alg;
    server.access_token_format == AccessTokenFormat::Jwt
        && chosen.map_or_else(
            || of_clients.contains(&algorithm),
            |chosen| chosen == algorithm,
        )
}

/// The application among those that registered the network of an address. Where several did, nobody can tell which of them it was, and a key must not
/// take office because one of them knows it.
pub fn the_only(registered: impl IntoIterator<Item = String>) -> Option<String> {
    let mut registered = registered.into_iter();
    let first = registered.next()?;
    registered.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource_server::tests::{files, reports};
    use crate::testing::client;

    #[test]
    fn a_client_reads_what_it_registered_to_get_signed() {
        let signs_in = Client {
            scope: "openid".parse().unwrap(),
            id_token_signed_response_alg: Algorithm::Es256,
            userinfo_signed_response_alg: Some(Algorithm::Ps256),
            authorization_signed_response_alg: None,
            introspection_signed_response_alg: None,
            ..client()
        };
        let reads = |client: &Client| Algorithm::USUAL.map(|one| client_reads(client, one));
        assert_eq!(reads(&signs_in), [false, true, true, false]);
        let program = Client {
            scope: "reports:read".parse().unwrap(),
            ..signs_in
        };
        assert_eq!(reads(&program), [false, false, true, false]);
    }

    #[test]
    fn a_network_of_several_names_none_of_them() {
        let among = |names: &[&str]| the_only(names.iter().map(ToString::to_string));
        assert_eq!(among(&[]), None);
        assert_eq!(among(&["wiki"]), Some("wiki".to_owned()));
        assert_eq!(among(&["wiki", "shop"]), None);
    }

    #[test]
    fn a_server_reads_what_it_chose_or_what_its_clients_did() {
        let of_clients = BTreeSet::from([Algorithm::Es256, Algorithm::Rs256]);
        let reads = |server| Algorithm::USUAL.map(|one| server_reads(server, one, &of_clients));
        let undecided = reports();
        assert_eq!(reads(&undecided), [true, true, false, false]);
        let decided = ResourceServer {
            access_token_signed_response_alg: Some(Algorithm::EdDsa),
            ..reports()
        };
        assert_eq!(reads(&decided), [false, false, false, true]);
        assert_eq!(reads(&files()), [false; 4], "its tokens are opaque");
    }
}
