//! A small site for trying the browser and the accessibility checker on.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, SET_COOKIE};
use axum::response::Html;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// As strict as the provider's own pages are.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'";

const GOOD: &str = r#"<!doctype html><html lang="en"><head>
<title>Sign in</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/style.css">
</head><body><main>
<h1 id="title">Sign in</h1>
<form method="post" action="/welcome">
<label for="username">Name</label> <input id="username" name="username" value="before">
<button id="login-submit">Sign in</button>
</form>
<noscript><p id="no-script">No scripts here.</p></noscript>
</main></body></html>"#;

const BAD: &str = r#"<!doctype html><html><head><title>Bad</title></head><body>
<input id="username"><img src="/none.png"><p style="color: #aaa; background: #fff">Hardly to be seen</p>
</body></html>"#;

const WELCOME: &str = r#"<!doctype html><html lang="en"><head><title>Welcome</title></head>
<body><main><h1 id="title">Welcome</h1></main></body></html>"#;

const STYLE: &str = "
    body { color: rgb(0, 0, 0); background: rgb(255, 255, 255); }
    @media (prefers-color-scheme: dark) { body { color: rgb(255, 255, 255); background: rgb(0, 0, 0); } }
    @media (max-width: 400px) { h1 { text-transform: uppercase; } }";

/// The running site. Dropping it ends it.
pub(super) struct Site {
    address: String,
    server: JoinHandle<()>,
}

impl Site {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("the listener has an address");
        let policy = [(CONTENT_SECURITY_POLICY, POLICY)];
        let style = [("content-type", "text/css")];
        let site = Router::new()
            .route("/good", get(async move || (policy, Html(GOOD))))
            .route("/bad", get(async || Html(BAD)))
            .route(
                "/remember",
                get(async || ([(SET_COOKIE, "seen=yes")], Html(GOOD))),
            )
            .route("/welcome", post(async || Html(WELCOME)))
            .route("/style.css", get(async move || (style, STYLE)));
        let server = tokio::spawn(async move {
            axum::serve(listener, site).await.expect("the site runs");
        });
        let address = format!("http://{address}");
        Self { address, server }
    }

    pub(super) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}
