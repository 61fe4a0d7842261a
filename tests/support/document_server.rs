//! Where somebody publishes documents: a listener on this machine.

use std::collections::HashMap;
use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::serving::eventually;

/// A listener that counts how often it is asked. Dropping it ends it.
#[derive(Debug)]
pub struct DocumentServer {
    /// Its origin.
    pub origin: String,
    shelves: Arc<Mutex<Shelves>>,
    served: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shelves {
    replies: HashMap<String, Reply>,
    asked: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
enum Reply {
    Document(&'static str, String),
    /// The same, with how long it may be used again.
    Kept(&'static str, String, &'static str),
    Never,
    Status(StatusCode),
    Redirect(String),
}

impl DocumentServer {
    /// Begins with no document.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let shelves = Arc::<Mutex<Shelves>>::default();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shelves));
        let served = tokio::spawn(async move {
            let served = axum::serve(listener, router).await;
            served.expect("it serves");
        });
        Self {
            origin: format!("http://{address}"),
            shelves,
            served,
        }
    }

    /// The address of what is at this path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Publishes a document of this type there from now on.
    pub fn publish(&self, path: &str, content_type: &'static str, text: &str) {
        self.reply(path, Reply::Document(content_type, text.to_owned()));
    }

    /// Publishes a document of this type there from now on, with this `Cache-Control`.
    pub fn publish_for(
        &self,
        path: &str,
        content_type: &'static str,
        text: &str,
        cache_control: &'static str,
    ) {
        let reply = Reply::Kept(content_type, text.to_owned(), cache_control);
        self.reply(path, reply);
    }

    /// Never answers there from now on.
    pub fn hang(&self, path: &str) {
        self.reply(path, Reply::Never);
    }

    /// Answers with this status there from now on.
    pub fn fail(&self, path: &str, status: u16) {
        let status = StatusCode::from_u16(status).expect("a status");
        self.reply(path, Reply::Status(status));
    }

    /// Redirects from there from now on.
    pub fn redirect(&self, path: &str, to: &str) {
        self.reply(path, Reply::Redirect(to.to_owned()));
    }

    /// How often what is there was asked for.
    pub fn asked(&self, path: &str) -> usize {
        let shelves = self.shelves.lock().expect("nobody panics with it");
        shelves.asked.get(path).copied().unwrap_or_default()
    }

    /// Waits until what is there is asked for.
    pub async fn is_asked(&self, path: &str) {
        let asked = async || (self.asked(path) > 0).then_some(());
        eventually(&format!("{path} is asked for"), asked).await;
    }

    fn reply(&self, path: &str, reply: Reply) {
        let mut shelves = self.shelves.lock().expect("nobody panics with it");
        shelves.replies.insert(path.to_owned(), reply);
    }
}

impl Drop for DocumentServer {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn answer(State(shelves): State<Arc<Mutex<Shelves>>>, request: Request) -> Response {
    let path = request.uri().to_string();
    let reply = {
        let mut shelves = shelves.lock().expect("nobody panics with it");
        let reply = shelves.replies.get(&path).cloned();
        *shelves.asked.entry(path).or_default() += 1;
        reply
    };
    match reply {
        Some(Reply::Document(content_type, text)) => {
            ([(CONTENT_TYPE, content_type)], text).into_response()
        }
        Some(Reply::Kept(content_type, text, kept)) => {
            ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, kept)], text).into_response()
        }
        Some(Reply::Never) => pending().await,
        Some(Reply::Status(status)) => status.into_response(),
        Some(Reply::Redirect(to)) => (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
