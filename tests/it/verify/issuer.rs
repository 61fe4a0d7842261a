//! An issuer that says what a test has it say: it publishes a key, and signs with it.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use doorward_core::jose::{Algorithm, SigningKey, Typ};
use doorward_tests::clock::TestClock;
use doorward_verify::{Builder, Verifier};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::api::REPORTS;

/// What is at each path, with its media type.
type Documents = Arc<Mutex<HashMap<String, (&'static str, String)>>>;

/// The issuer. Dropping it ends it.
pub(super) struct Issuer {
    pub(super) name: String,
    pub(super) clock: Arc<TestClock>,
    key: SigningKey,
    documents: Documents,
    served: JoinHandle<()>,
}

impl Issuer {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let documents = Documents::default();
        let router = Router::new()
            .fallback(document)
            .with_state(Arc::clone(&documents));
        let served = tokio::spawn(async move {
            let served = axum::serve(listener, router).await;
            served.expect("it serves");
        });
        let issuer = Self {
            name: format!("http://{address}"),
            clock: Arc::default(),
            key: SigningKey::generate(Algorithm::Es256),
            documents,
            served,
        };
        let metadata = json!({"issuer": issuer.name, "jwks_uri": format!("{}/jwks", issuer.name)});
        let path = "/.well-known/openid-configuration";
        issuer.publish(path, "application/json", metadata.to_string());
        let keys = json!({"keys": [issuer.key.public_jwk()]});
        issuer.publish("/jwks", "application/json", keys.to_string());
        issuer
    }

    /// Has this document at a path from now on.
    pub(super) fn publish(&self, path: &str, media_type: &'static str, text: String) {
        let mut documents = self.documents.lock().expect("nobody panics with it");
        documents.insert(path.to_owned(), (media_type, text));
    }

    /// Has nothing at a path any more.
    pub(super) fn withdraw(&self, path: &str) {
        let mut documents = self.documents.lock().expect("nobody panics with it");
        documents.remove(path);
    }

    /// The address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.name)
    }

    pub(super) fn sign(&self, typ: Typ, claims: &Value) -> String {
        self.key.sign(typ, claims).expect("a signature")
    }

    /// An access token for the reports that says this besides.
    pub(super) fn token(&self, name: &str, value: &Value) -> String {
        let now = self.clock.seconds();
        let mut claims = json!({
            "iss": self.name,
            "aud": REPORTS,
            "sub": "alice",
            "client_id": "wiki",
            "scope": "reports:read",
            "iat": now,
            "exp": now + 600,
            "jti": "one",
        });
        claims[name] = value.clone();
        self.sign(Typ::AccessToken, &claims)
    }

    /// A verifier of its tokens for the reports.
    pub(super) fn verifier(&self) -> Builder {
        Verifier::builder(&self.name, REPORTS).clock(self.clock.clone())
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn document(State(documents): State<Documents>, request: Request) -> Response {
    let documents = documents.lock().expect("nobody panics with it");
    match documents.get(request.uri().path()) {
        Some((media_type, text)) => (
            [(CONTENT_TYPE, *media_type), (CACHE_CONTROL, "max-age=300")],
            text.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
