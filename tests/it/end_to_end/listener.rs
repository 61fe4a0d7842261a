//! An application of which a test sees every request that a browser brings.

use std::future::{Future, pending, ready};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::form_urlencoded;

/// What a browser sees when it arrives.
const ARRIVED: &str = r#"<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head>
<body><main><h1 id="arrived">Welcome back</h1></main></body></html>"#;

/// A request with its parameters, from the query or the body.
pub(super) type Arrival = (Method, Vec<(String, String)>);

/// The application. Dropping it ends it.
pub(super) struct Listener {
    address: String,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    server: JoinHandle<()>,
}

impl Listener {
    /// An application that shows a page at every address.
    pub(super) async fn start() -> Self {
        Self::answering(|| ready(Html(ARRIVED).into_response())).await
    }

    /// An application whose callback leads on to another origin.
    pub(super) async fn leading_to(address: String) -> Self {
        Self::answering(move || ready(Redirect::to(&address).into_response())).await
    }

    /// An application that never answers.
    pub(super) async fn silent() -> Self {
        Self::answering(pending).await
    }

    async fn answering<F>(answer: impl Fn() -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response> + Send,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("the listener has an address");
        let arrivals = Arc::<Mutex<Vec<Arrival>>>::default();
        let seen = Arc::clone(&arrivals);
        let application =
            Router::new().fallback(async move |method: Method, uri: Uri, request: Request| {
                let body = axum::body::to_bytes(request.into_body(), 64 * 1024).await;
                let body = body.expect("a form is short");
                let text = if method == Method::POST {
                    &body
                } else {
                    uri.query().unwrap_or_default().as_bytes()
                };
                let parameters = form_urlencoded::parse(text).into_owned().collect();
                seen.lock()
                    .expect("nobody panicked")
                    .push((method, parameters));
                answer().await
            });
        let server = tokio::spawn(async move {
            axum::serve(listener, application)
                .await
                .expect("the application runs");
        });
        Self {
            address: format!("http://{address}"),
            arrivals,
            server,
        }
    }

    /// The address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The only request so far.
    pub(super) fn arrival(&self) -> Arrival {
        let arrivals = self.arrivals.lock().expect("nobody panicked");
        let [arrival] = arrivals.as_slice() else {
            panic!("not one arrival but {arrivals:?}");
        };
        arrival.clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}
