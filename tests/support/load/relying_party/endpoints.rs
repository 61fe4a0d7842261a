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
    pub(super) pushed: String,
    pub(super) device: String,
    pub(super) revocation: String,
    /// Where clients ask what a token stands for.
    pub introspection: String,
    pub(super) userinfo: String,
    /// Where the provider's public keys are.
    pub jwks: String,
    /// Where clients register themselves, if they may.
    pub(super) registration: Option<String>,
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
            pushed_authorization_request_endpoint: Url,
            device_authorization_endpoint: Url,
            revocation_endpoint: Url,
            introspection_endpoint: Url,
            userinfo_endpoint: Url,
            jwks_uri: Url,
            registration_endpoint: Option<Url>,
        }
        let request = Request::get(server, Self::DISCOVERY).into_bytes();
        let response = Connection::to(server).exchange(&request).await?;
        let document: Document =
            serde_json::from_slice(&response.body).context("the discovery document")?;
        let path = |url: &Url| url[Position::BeforePath..].to_owned();
        Ok(Self {
            authorization: path(&document.authorization_endpoint),
            token: path(&document.token_endpoint),
            pushed: path(&document.pushed_authorization_request_endpoint),
            device: path(&document.device_authorization_endpoint),
            revocation: path(&document.revocation_endpoint),
            introspection: path(&document.introspection_endpoint),
            userinfo: path(&document.userinfo_endpoint),
            jwks: path(&document.jwks_uri),
            registration: document.registration_endpoint.as_ref().map(path),
        })
    }
}
