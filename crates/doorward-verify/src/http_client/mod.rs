//! What is asked of the issuer over HTTP: one answer, of a bounded size, within a bounded time.

mod connector;

use std::error::Error;
use std::time::Duration;
use std::{fmt, iter};

use bytes::Bytes;
use doorward_core::outbound::Fetched;
use http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, USER_AGENT};
use http::{HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use url::Url;

use self::connector::Connector;

/// How long an answer may take, with its connection.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The longest answer, in bytes: a list of the states of several million tokens.
const LONGEST: usize = 1024 * 1024;

/// What this calls itself.
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("doorward-verify/", env!("CARGO_PKG_VERSION")));

/// The issuer gave no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {reason}")]
pub struct Unreachable {
    what: &'static str,
    reason: String,
}

impl Unreachable {
    pub(crate) fn new(what: &'static str, reason: impl fmt::Display) -> Self {
        let reason = reason.to_string();
        Self { what, reason }
    }
}

/// Asks the issuer. Connections are kept and used again.
pub(crate) struct HttpClient(Client<Connector, Full<Bytes>>);

impl HttpClient {
    /// Believes servers for whom an authority of the machine vouches, or one of `roots`.
    pub(crate) fn new(roots: Vec<CertificateDer<'static>>) -> Result<Self, rustls::Error> {
        let connector = Connector::new(roots)?;
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// Fetches `what`, which is of the type `accept`.
    pub(crate) async fn get(
        &self,
        what: &'static str,
        url: &Url,
        accept: &'static str,
    ) -> Result<Fetched, Unreachable> {
        let request = Request::builder().uri(url.as_str()).header(ACCEPT, accept);
        self.answered(what, request, Bytes::new()).await
    }

    /// Sends a form, with these credentials, and takes JSON.
    pub(crate) async fn post(
        &self,
        what: &'static str,
        url: &Url,
        credentials: &HeaderValue,
        form: String,
    ) -> Result<Fetched, Unreachable> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(AUTHORIZATION, credentials);
        self.answered(what, request, Bytes::from(form)).await
    }

    async fn answered(
        &self,
        what: &'static str,
        request: http::request::Builder,
        body: Bytes,
    ) -> Result<Fetched, Unreachable> {
        let failed = |reason: String| Unreachable { what, reason };
        let request = request.header(USER_AGENT, AGENT).body(Full::new(body));
        let request = request.map_err(|error| failed(error.to_string()))?;
        let answer = tokio::time::timeout(TIMEOUT, self.send(request)).await;
        answer
            .map_err(|_| failed(format!("no answer within {} s", TIMEOUT.as_secs())))?
            .map_err(|error| failed(causes(&*error)))
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Fetched, Box<dyn Error + Send + Sync>> {
        let (head, body) = self.0.request(request).await?.into_parts();
        let text = |name: HeaderName| {
            let value = head.headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        Ok(Fetched {
            status: head.status.as_u16(),
            content_type: text(CONTENT_TYPE),
            cache_control: text(CACHE_CONTROL),
            body: Limited::new(body, LONGEST)
                .collect()
                .await?
                .to_bytes()
                .to_vec(),
        })
    }
}

/// An error with all that caused it: by itself "client error (Connect)" helps nobody.
fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = iter::successors(Some(error), |&error| error.source());
    chain
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
