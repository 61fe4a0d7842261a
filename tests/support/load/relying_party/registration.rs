//! A client that registers itself ([RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)) and manages its registration
//! ([RFC 7592](https://www.rfc-editor.org/rfc/rfc7592)).

use std::net::SocketAddr;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::json;
use url::{Position, Url};

use super::{Endpoints, Refused, RelyingParty, tokens};
use crate::load::http::{Connection, Request};

/// A registration, as the client was told of it last.
#[derive(Clone, Debug)]
pub struct Registration {
    /// What the client is called.
    pub name: String,
    /// What it manages the registration with.
    pub access_token: String,
    id: String,
    path: String,
}

/// The provider's answer.
#[derive(Deserialize)]
struct Information {
    client_id: String,
    client_name: String,
    registration_client_uri: Url,
    registration_access_token: String,
}

impl From<Information> for Registration {
    fn from(information: Information) -> Self {
        let path = &information.registration_client_uri[Position::BeforePath..];
        Self {
            path: path.to_owned(),
            name: information.client_name,
            access_token: information.registration_access_token,
            id: information.client_id,
        }
    }
}

impl Registration {
    /// A registration whose members are known.
    pub fn known(id: &str, name: &str, access_token: &str) -> Self {
        Self {
            name: name.to_owned(),
            access_token: access_token.to_owned(),
            id: id.to_owned(),
            path: format!("/register/{id}"),
        }
    }

    /// Registers a client of that name.
    pub async fn new(
        connection: &mut Connection,
        endpoints: &Endpoints,
        name: &str,
    ) -> anyhow::Result<Self> {
        let path = endpoints.registration.as_deref();
        let path = path.context("no client may register itself")?;
        let metadata = json!({"client_name": name, "redirect_uris": [RelyingParty::REDIRECT_URI]});
        let server = connection.address();
        let request = Request::json("POST", server, path, Some(metadata.to_string()));
        let response = connection.exchange(&request.into_bytes()).await?;
        Ok(tokens::read::<Information>(response, 201)?.into())
    }

    /// Reads it anew.
    pub async fn read(&self, connection: &mut Connection) -> anyhow::Result<Self> {
        let request = self.request("GET", connection.address(), None);
        let response = connection.exchange(&request.into_bytes()).await?;
        Ok(tokens::read::<Information>(response, 200)?.into())
    }

    /// Gives it another name.
    pub async fn rename(&self, connection: &mut Connection, name: &str) -> anyhow::Result<Self> {
        let metadata = json!({
            "client_id": self.id,
            "client_name": name,
            "redirect_uris": [RelyingParty::REDIRECT_URI],
        });
        let request = self.request("PUT", connection.address(), Some(metadata.to_string()));
        let response = connection.exchange(&request.into_bytes()).await?;
        Ok(tokens::read::<Information>(response, 200)?.into())
    }

    /// Ends it.
    pub async fn remove(&self, connection: &mut Connection) -> anyhow::Result<()> {
        let request = self.request("DELETE", connection.address(), None);
        let response = connection.exchange(&request.into_bytes()).await?;
        let response = response.unless_busy()?;
        if response.status == 204 {
            return Ok(());
        }
        Err(Refused::read(&response).into())
    }

    fn request(&self, method: &str, server: SocketAddr, body: Option<String>) -> Request {
        let token = format_args!("Bearer {}", self.access_token);
        Request::json(method, server, &self.path, body).header("Authorization", token)
    }
}
