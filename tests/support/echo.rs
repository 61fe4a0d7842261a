//! An application that signs nobody in: it says what it was asked, with every header.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::Request;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A listener that echoes. Dropping it ends it.
#[derive(Debug)]
pub struct Echo {
    /// Where it listens.
    pub address: SocketAddr,
    served: JoinHandle<()>,
}

/// What it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echoed {
    /// The path, with its query.
    pub target: String,
    /// The headers.
    pub headers: BTreeMap<String, String>,
}

impl Echoed {
    /// Every header that tells who somebody is, in whatever letters an application might look for it. An empty one tells nothing.
    pub fn identity(&self) -> BTreeMap<&str, &str> {
        let told = self.headers.iter();
        told.filter(|(name, _)| name.replace('_', "-").starts_with("remote-"))
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

impl Echo {
    /// Begins to listen.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let served = tokio::spawn(async move {
            let served = axum::serve(listener, Router::new().fallback(echo)).await;
            served.expect("it serves");
        });
        Self { address, served }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn echo(request: Request) -> Json<Echoed> {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), value.into_owned())
    });
    Json(Echoed {
        target: request.uri().to_string(),
        headers: headers.collect(),
    })
}
