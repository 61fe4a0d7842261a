//! Where a provider's endpoints are.

use std::net::SocketAddr;

use anyhow::Context;
use serde::Deserialize;
use url::{Position, Url};

use crate::load::http::{Connection, Request};

/// The paths of a provider's endpoints, as its discovery document names them.
#[derive(Clone, Debug)]
pub struct Endpoints {
    pub(super) authorization: String,
    /// Where clients get tokens.
    pub token: String,
    /// Where clients ask what a token stands for.
    pub introspection: String,
    pub(super) userinfo: String,
    /// Where the provider's public keys are.
    pub jwks: String,
}

impl Endpoints {
    /// Where every provider's discovery document is ([OpenID Connect Discovery section 4]).
    ///
    /// [OpenID Connect Discovery section 4]: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    pub const DISCOVERY: &str = "/.well-known/openid-configuration";

    /// Reads the endpoints from a provider's discovery document.
    pub async fn discover(server: SocketAddr) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Document {
            authorization_endpoint: Url,
            token_endpoint: Url,
            introspection_endpoint: Url,
            userinfo_endpoint: Url,
            jwks_uri: Url,
        }
        let request = Request::get(server, Self::DISCOVERY).into_bytes();
        let response = Connection::to(server).exchange(&request).await?;
        let document: Document =
            serde_json::from_slice(&response.body).context("the discovery document")?;
        let path = |url: &Url| url[Position::BeforePath..].to_owned();
        Ok(Self {
            authorization: path(&document.authorization_endpoint),
            token: path(&document.token_endpoint),
            introspection: path(&document.introspection_endpoint),
            userinfo: path(&document.userinfo_endpoint),
            jwks: path(&document.jwks_uri),
        })
    }
}
