//! Connections: accepted until the process is to stop, then brought to a clean end.
//!
//! The end has two steps, so that no request is lost. For a moment ([`LINGER`]) everything goes on,
//! only that each answer says `Connection: close`
//! ([RFC 9112 section 9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)): a request that was
//! on its way is answered, and its sender goes elsewhere with the next one. Then connections that
//! carry no request are closed, and the others once theirs is answered.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

/// How long a client may take to send the head of a request, or stay silent between two.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of a request, in bytes.
pub(crate) const MAX_HEAD: usize = 32 * 1024;

/// How long requests are still taken once the process is to stop, while any connection is open.
const LINGER: Duration = Duration::from_millis(250);

/// How long requests that have begun may take after that; less than service managers wait before they kill.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// How long to wait after a connection could not be accepted: there are too many open files, most likely.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Answers requests on `listener` until `stop`, and returns when every connection has ended.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let connections = Connections {
        router,
        stop,
        close: CancellationToken::new(),
        open: TaskTracker::new(),
    };
    let accepting = connections.accept(&listener);
    connections.stop.run_until_cancelled(accepting).await;
    connections.linger(&listener).await;
    drop(listener);
    connections.end().await;
}

/// The open connections of one listener.
struct Connections {
    router: Router,
    /// The process is to stop: each answer is the last of its connection.
    stop: CancellationToken,
    /// Connections without a request are to be closed.
    close: CancellationToken,
    open: TaskTracker,
}

impl Connections {
    /// Accepts connections for as long as it is polled.
    async fn accept(&self, listener: &TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.open(stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_AGAIN_AFTER).await;
                }
            }
        }
    }

    /// Takes what is on its way, until no connection is open or the moment is over.
    async fn linger(&self, listener: &TcpListener) {
        self.open.close();
        tokio::select! {
            // Those who wait to be accepted count as open.
            biased;
            () = self.accept(listener) => {}
            () = self.open.wait() => {}
            () = sleep(LINGER) => {}
        }
    }

    /// Closes the connections, each after the request that it carries.
    async fn end(&self) {
        self.close.cancel();
        if timeout(DRAIN_TIMEOUT, self.open.wait()).await.is_err() {
            tracing::warn!("some requests took too long and were cut off");
        }
    }

    /// Serves one connection in a task of its own.
    fn open(&self, stream: TcpStream, peer: SocketAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may wait for larger ones");
        }
        let (router, stop) = (self.router.clone(), self.stop.clone());
        let service =
            service_fn(move |request| answer(router.clone(), request, peer, stop.clone()));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_header_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let close = self.close.clone();
        self.open.spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = close.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // Whatever breaks a connection is the client's business, or already logged.
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
}

/// Answers one request, and no more on its connection when the process is to stop.
async fn answer(
    mut router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    stop: CancellationToken,
) -> Result<axum::response::Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    // A router is always ready.
    let mut response = router.call(request).await?;
    if stop.is_cancelled() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    Ok(response)
}
