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
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use doorward_web::PeerCertificates;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use crate::tls;

/// How long a client may take to send the head of a request, or stay silent between two.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of a request, in bytes.
pub(crate) const MAX_HEAD: usize = 32 * 1024;

/// The most connections at once.
const MOST: usize = 8192;

/// How long requests are still taken once the process is to stop, while any connection is open.
const LINGER: Duration = Duration::from_millis(250);

/// How long requests that have begun may take after that; less than service managers wait before they kill.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// How long to wait after a connection could not be accepted: there are too many open files, most likely.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Answers requests on `listener` until `stop`, and returns when every connection has ended. With `tls` they come by HTTPS.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    stop: CancellationToken,
) {
    let connections = Connections {
        router,
        tls,
        stop,
        close: CancellationToken::new(),
        open: TaskTracker::new(),
        places: Arc::new(Semaphore::new(MOST)),
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
    /// What ends TLS, if anything here does.
    tls: Option<TlsAcceptor>,
    /// The process is to stop: each answer is the last of its connection.
    stop: CancellationToken,
    /// Connections without a request are to be closed.
    close: CancellationToken,
    open: TaskTracker,
    /// As many as there may be; who comes later waits to be accepted.
    places: Arc<Semaphore>,
}

impl Connections {
    /// Accepts connections for as long as it is polled.
    async fn accept(&self, listener: &TcpListener) {
        loop {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, peer)) => self.open(stream, peer, place),
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
    fn open(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may wait for larger ones");
        }
        let conversation = Conversation {
            router: self.router.clone(),
            peer,
            certificates: None,
            stop: self.stop.clone(),
            close: self.close.clone(),
        };
        let tls = self.tls.clone();
        self.open.spawn(async move {
            match tls {
                Some(tls) => conversation.secured(&tls, stream).await,
                None => conversation.hold(stream).await,
            }
            drop(place);
        });
    }
}

/// All that is said on one connection.
struct Conversation {
    router: Router,
    peer: SocketAddr,
    /// What the peer showed to say who it is.
    certificates: Option<PeerCertificates>,
    stop: CancellationToken,
    close: CancellationToken,
}

impl Conversation {
    /// Agrees on TLS, and answers what is asked then.
    async fn secured(mut self, tls: &TlsAcceptor, stream: TcpStream) {
        let agreeing = timeout(HEAD_TIMEOUT, tls.accept(stream));
        // Whoever has not asked anything yet loses nothing.
        let Some(agreed) = self.close.run_until_cancelled(agreeing).await else {
            return;
        };
        match agreed {
            Ok(Ok(stream)) => {
                self.certificates = tls::shown(&stream);
                self.hold(stream).await;
            }
            Ok(Err(error)) => tracing::debug!(peer = %self.peer, %error, "no TLS was agreed on"),
            Err(_) => tracing::debug!(peer = %self.peer, "TLS was not agreed on in time"),
        }
    }

    /// Answers requests until the peer has no more, or the connection is to be closed.
    async fn hold<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let close = self.close.clone();
        let service = service_fn(move |request| self.answer(request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_header_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service);
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
    }

    fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<axum::response::Response, Infallible>> + Send + use<> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        if let Some(certificates) = &self.certificates {
            request.extensions_mut().insert(certificates.clone());
        }
        answer(self.router.clone(), request, self.stop.clone())
    }
}

/// Answers one request, and no more on its connection when the process is to stop.
async fn answer(
    mut router: Router,
    request: Request,
    stop: CancellationToken,
) -> Result<axum::response::Response, Infallible> {
    // A router is always ready.
    let mut response = router.call(request).await?;
    if stop.is_cancelled() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    /// A server whose `/slow` answers when it is told to.
    struct Running {
        address: SocketAddr,
        stop: CancellationToken,
        go_on: Arc<Notify>,
        serving: JoinHandle<()>,
    }

    async fn start() -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, go_on) = (CancellationToken::new(), Arc::new(Notify::new()));
        let slow = Arc::clone(&go_on);
        let router = Router::new().route("/", get(|| async { "quick" })).route(
            "/slow",
            get(async move || {
                slow.notified().await;
                "slow"
            }),
        );
        let serving = tokio::spawn(serve(listener, router, None, stop.clone()));
        Running {
            address,
            stop,
            go_on,
            serving,
        }
    }

    impl Running {
        async fn connect(&self) -> TcpStream {
            TcpStream::connect(self.address).await.unwrap()
        }
    }

    async fn ask(stream: &mut TcpStream, path: &str) {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
    }

    /// Reads one answer, up to the `end` of its body.
    async fn answer(stream: &mut TcpStream, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).await.unwrap();
            assert_ne!(read, 0, "closed after {text:?}");
            text.push_str(str::from_utf8(&bytes[..read]).unwrap());
        }
        text
    }

    async fn is_closed(stream: &mut TcpStream) -> bool {
        stream.read(&mut [0]).await.unwrap() == 0
    }

    #[tokio::test]
    async fn a_connection_is_kept_until_the_process_is_to_stop() {
        let server = start().await;
        let mut kept = server.connect().await;
        for _ in 0..2 {
            ask(&mut kept, "/").await;
            let answered = answer(&mut kept, "quick").await;
            assert!(!answered.contains("connection: close"), "{answered}");
        }
        server.stop.cancel();
        assert!(is_closed(&mut kept).await);
        server.serving.await.unwrap();
    }

    #[tokio::test]
    async fn a_request_on_its_way_is_answered_and_is_the_last_of_its_connection() {
        let server = start().await;
        let mut kept = server.connect().await;
        ask(&mut kept, "/").await;
        answer(&mut kept, "quick").await;
        let mut new = std::net::TcpStream::connect(server.address).unwrap();
        // Nothing else runs between these two lines, so the server learns of both at once.
        assert!(
            kept.try_write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .unwrap()
                > 0
        );
        std::io::Write::write_all(&mut new, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        server.stop.cancel();

        new.set_nonblocking(true).unwrap();
        for mut stream in [kept, TcpStream::from_std(new).unwrap()] {
            let answered = answer(&mut stream, "quick").await;
            assert!(answered.contains("connection: close"), "{answered}");
            assert!(is_closed(&mut stream).await);
        }
        server.serving.await.unwrap();
    }

    #[tokio::test]
    async fn a_request_that_has_begun_is_answered_after_idle_connections_are_closed() {
        let server = start().await;
        let (mut idle, mut busy) = (server.connect().await, server.connect().await);
        ask(&mut idle, "/").await;
        answer(&mut idle, "quick").await;
        ask(&mut busy, "/slow").await;
        server.stop.cancel();
        assert!(is_closed(&mut idle).await);
        assert!(TcpStream::connect(server.address).await.is_err());

        server.go_on.notify_one();
        let answered = answer(&mut busy, "slow").await;
        assert!(answered.contains("connection: close"), "{answered}");
        server.serving.await.unwrap();
    }
}
