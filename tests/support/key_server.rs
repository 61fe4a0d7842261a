//! Where a client publishes its keys: a listener on this machine.

use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::processes::PATIENCE;

/// A listener that tells when it is asked. Dropping it ends it.
#[derive(Debug)]
pub struct KeyServer {
    /// Its address.
    pub uri: String,
    reply: Arc<Mutex<Publication>>,
    asked: UnboundedReceiver<String>,
    served: JoinHandle<()>,
}

/// What is at the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publication {
    /// These keys.
    Keys(Value),
    /// This text, which says that it is of this type.
    Text(&'static str, String),
    /// An answer with this status.
    Status(u16),
    /// A redirect to there.
    Redirect(String),
    /// No answer at all.
    Never,
}

#[derive(Clone)]
struct Desk {
    reply: Arc<Mutex<Publication>>,
    asked: UnboundedSender<String>,
}

impl KeyServer {
    /// Begins to publish these keys.
    pub async fn start(jwks: Value) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let reply = Arc::new(Mutex::new(Publication::Keys(jwks)));
        let (sender, asked) = unbounded_channel();
        let desk = Desk {
            reply: Arc::clone(&reply),
            asked: sender,
        };
        let router = Router::new().fallback(publish).with_state(desk);
        let served = tokio::spawn(async move {
            let served = axum::serve(listener, router).await;
            served.expect("it serves");
        });
        Self {
            uri: format!("http://{address}/keys?tenant=1"),
            reply,
            asked,
            served,
        }
    }

    /// Publishes something else from now on.
    pub fn publish(&self, publication: Publication) {
        *self.reply.lock().expect("nobody panics with it") = publication;
    }

    /// Waits until it is asked. Panics when that does not happen in time, or not as it should.
    pub async fn asked(&mut self) {
        self.asked_at("/keys?tenant=1").await;
    }

    /// The same of another path, which has the same there.
    pub async fn asked_at(&mut self, path: &str) {
        let asked = timeout(PATIENCE, self.asked.recv()).await;
        let asked = asked.unwrap_or_else(|_| panic!("{} is not asked", self.uri));
        assert_eq!(asked.expect("it serves"), format!("GET {path}"));
    }

    /// Panics when it was asked since.
    pub fn assert_not_asked(&mut self) {
        let asked = self.asked.try_recv();
        assert!(asked.is_err(), "{asked:?}");
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn publish(State(desk): State<Desk>, request: Request) -> Response {
    let reply = desk.reply.lock().expect("nobody panics with it").clone();
    // Who ends the test does not listen any more.
    let asked = format!("{} {}", request.method(), request.uri());
    desk.asked.send(asked).ok();
    match reply {
        Publication::Keys(jwks) => (
            [(CONTENT_TYPE, "application/jwk-set+json")],
            jwks.to_string(),
        )
            .into_response(),
        Publication::Text(content_type, text) => {
            ([(CONTENT_TYPE, content_type)], text).into_response()
        }
        Publication::Status(status) => StatusCode::from_u16(status)
            .expect("a status")
            .into_response(),
        Publication::Redirect(to) => (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        Publication::Never => pending().await,
    }
}
