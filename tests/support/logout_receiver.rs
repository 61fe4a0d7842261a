//! Where a client is told that a session is over: a listener on this machine.

use std::collections::VecDeque;
use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::processes::PATIENCE;

/// A listener that writes down what it is told. Dropping it ends it.
#[derive(Debug)]
pub struct LogoutReceiver {
    /// Its address.
    pub uri: String,
    told: UnboundedReceiver<Told>,
    served: JoinHandle<()>,
}

/// How it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// By this status.
    Status(u16),
    /// By a redirect to there.
    Redirect(String),
    /// Not at all.
    Never,
}

/// What it was told in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The method.
    pub method: String,
    /// What the body claims to be.
    pub content_type: String,
    /// The body.
    pub body: String,
}

impl Told {
    /// The Logout Token. Panics unless the form has that and nothing else.
    #[track_caller]
    pub fn logout_token(&self) -> String {
        assert_eq!(self.method, "POST", "{self:?}");
        assert_eq!(
            self.content_type, "application/x-www-form-urlencoded",
            "{self:?}"
        );
        let form: Vec<_> = url::form_urlencoded::parse(self.body.as_bytes()).collect();
        let [(name, token)] = form.as_slice() else {
            panic!("not one field: {self:?}");
        };
        assert_eq!(name, "logout_token");
        token.clone().into_owned()
    }
}

#[derive(Clone)]
struct Notebook {
    answers: Arc<Mutex<VecDeque<Reply>>>,
    told: UnboundedSender<Told>,
}

impl LogoutReceiver {
    /// Begins to listen; answers by `answers` one after the other, and by 200 when there are none left.
    pub async fn start(answers: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let (sender, told) = unbounded_channel();
        let notebook = Notebook {
            answers,
            told: sender,
        };
        let router = Router::new().fallback(write_down).with_state(notebook);
        let served = tokio::spawn(async move {
            let served = axum::serve(listener, router).await;
            served.expect("it serves");
        });
        Self {
            uri: format!("http://{address}/signed-out?tenant=1"),
            told,
            served,
        }
    }

    /// What it is told next. Panics when that does not come in time.
    pub async fn told(&mut self) -> Told {
        let told = timeout(PATIENCE, self.told.recv()).await;
        let told = told.unwrap_or_else(|_| panic!("{} is told nothing", self.uri));
        told.expect("it serves")
    }

    /// Panics when it was told anything since.
    pub fn assert_nothing_more(&mut self) {
        let told = self.told.try_recv();
        assert!(told.is_err(), "{told:?}");
    }
}

impl Drop for LogoutReceiver {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn write_down(State(notebook): State<Notebook>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 * 1024).await;
    let body = body.expect("a form is short").to_vec();
    let content_type = parts.headers.get(CONTENT_TYPE).map(|it| it.to_str());
    let told = Told {
        method: parts.method.to_string(),
        content_type: content_type
            .and_then(Result::ok)
            .unwrap_or_default()
            .to_owned(),
        body: String::from_utf8(body).expect("a form is text"),
    };
    let answer = {
        let mut answers = notebook.answers.lock().expect("nobody panics with it");
        answers.pop_front().unwrap_or(Reply::Status(200))
    };
    // Who ends the test does not listen any more.
    notebook.told.send(told).ok();
    match answer {
        Reply::Status(status) => StatusCode::from_u16(status)
            .expect("a status")
            .into_response(),
        Reply::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, to)]).into_response(),
        Reply::Never => pending().await,
    }
}
