//! The applications: some with a secret, and one without, whose tokens are bound to a key.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use doorward_tests::load::http::Connection;
use doorward_tests::load::relying_party::{Client, Endpoints, Refused, RelyingParty};
use url::Url;

use super::{Books, PATIENCE};
use crate::cluster::node::Node;
use crate::cluster::process::{PATIENCE as LAUNCH, eventually};

/// How many have a secret.
const CONFIDENTIAL: usize = 3;

/// The one without, and where its codes go.
const PORTAL: &str = "portal";
const PORTAL_URI: &str = "https://portal.example/cb";

/// An API whose tokens say nothing; applications get them in exchange for their own.
pub(crate) const FILES: &str = "urn:drill:files";

/// How they get tokens.
const GRANT_TYPES: [&str; 2] = [
    "--grant-type",
    "authorization_code,refresh_token,device_code",
];

/// The cheaper signatures, since the machine has better things to do.
const ALGORITHM: [&str; 2] = ["--algorithm", "ES256"];

/// Registers all of them, and waits until every node knows them.
pub(super) async fn register(
    node: &Node,
    issuer: &Url,
    front: SocketAddr,
    nodes: &[SocketAddr],
    books: &Books,
) -> Result<Vec<Arc<RelyingParty>>> {
    let endpoints = Endpoints::discover(front).await?;
    let party = |client| RelyingParty::new(front, endpoints.clone(), client);
    add_files(node).await?;
    let mut clients = Vec::new();
    for number in 1..=CONFIDENTIAL {
        let client = add_confidential(node, &format!("application-{number}"), books).await?;
        clients.push(Arc::new(party(client)));
    }
    add_portal(node).await?;
    let portal = party(Client::public(PORTAL)).public(PORTAL_URI, issuer);
    clients.push(Arc::new(portal));
    // A new client is known to every node within a second.
    let known = async || are_known(&clients, nodes).await.then_some(());
    eventually("the applications are known", LAUNCH, known).await?;
    Ok(clients)
}

async fn add_files(node: &Node) -> Result<()> {
    let scope = ["--scope", "files:read=Read files"];
    let format = ["--token-format", "opaque"];
    let arguments = [&["resource", "add", FILES][..], &scope, &format].concat();
    node.administer(&arguments, "").await?;
    Ok(())
}

async fn add_confidential(node: &Node, id: &str, books: &Books) -> Result<Client> {
    let place = ["--redirect-uri", RelyingParty::REDIRECT_URI];
    let scope = ["--scope", "openid offline_access files:read"];
    let exchange = ["--grant-type", "token_exchange", "--exchange-for", FILES];
    let mode = ["--exchange", "impersonation"];
    let beginning = ["client", "add", id];
    let all: [&[&str]; 7] = [
        &beginning,
        &place,
        &GRANT_TYPES,
        &ALGORITHM,
        &scope,
        &exchange,
        &mode,
    ];
    let added = node.administer(&all.concat(), "").await?;
    let secret = added
        .get("client_secret")
        .and_then(|secret| secret.as_str());
    let secret = secret.context("`client add` answered without a secret")?;
    books.ledger().secret("client secret", secret);
    Ok(Client::known(id, secret))
}

/// It is not registered for having to prove a key, so nothing but the binding of its tokens stops whoever has none.
async fn add_portal(node: &Node) -> Result<()> {
    let place = ["--redirect-uri", PORTAL_URI];
    let public = ["--public", "--consent", "trusted"];
    let beginning = ["client", "add", PORTAL];
    let all: [&[&str]; 5] = [&beginning, &place, &public, &GRANT_TYPES, &ALGORITHM];
    node.administer(&all.concat(), "").await?;
    Ok(())
}

/// Whether every node knows all these clients: it refuses a refresh token that never was, and not the client.
async fn are_known(clients: &[Arc<RelyingParty>], nodes: &[SocketAddr]) -> bool {
    for node in nodes {
        for client in clients {
            let mut connection = Connection::to(*node).within(PATIENCE);
            let answer = client.refresh(&mut connection, "none").await;
            let refused = answer
                .err()
                .and_then(|error| error.downcast::<Refused>().ok());
            if refused.is_none_or(|refused| refused.error != "invalid_grant") {
                return false;
            }
        }
    }
    true
}
