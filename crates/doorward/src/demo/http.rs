//! The HTTP client of the applications: plain HTTP, as on one machine.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use tokio::time::{error::Elapsed, timeout};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Sends requests to the provider.
#[derive(Clone, Debug)]
pub(super) struct HttpClient(Client<HttpConnector, Full<Bytes>>);

/// A request that was not answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The provider cannot be reached.
    #[error("the provider cannot be reached")]
    Connection(#[from] hyper_util::client::legacy::Error),
    /// The answer broke off or was too long.
    #[error("the answer cannot be read: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    /// It took too long.
    #[error("the provider does not answer in time")]
    Timeout(#[from] Elapsed),
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl HttpClient {
    pub(super) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// Sends `request` and reads the whole answer. Redirects are not followed.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let answered = timeout(TIMEOUT, async {
            let (parts, body) = self.0.request(request).await?.into_parts();
            let body = Limited::new(body, MAX_ANSWER)
                .collect()
                .await
                .map_err(NoAnswer::Body)?;
            Ok(HttpResponse::from_parts(parts, body.to_bytes().to_vec()))
        });
        answered.await?
    }
}
