//! A provider that is being served: listening, background tasks, and the way to a clean end.

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use doorward_directory::Directory;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use crate::configuration::Configuration;
use crate::provider::{self, Ambient};

/// How long a client may take to send the head of a request, or stay silent between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 32 * 1024;

/// How long requests that have begun may take once the server is to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// How often changes that another process made to the directory are looked for.
const REFRESH_EVERY: Duration = Duration::from_millis(250);

/// How often what has expired is removed from the directory.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// How long to wait after a connection could not be accepted: there are too many open files, most likely.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// A provider that answers requests until it is stopped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    serving: TaskTracker,
    background: TaskTracker,
    draining: Arc<AtomicBool>,
    directory: Directory,
}

impl Server {
    /// Opens the stores, makes what is missing on first start, and answers requests on `listener`.
    ///
    /// # Errors
    /// When a store or a key cannot be opened; the message says which and why.
    pub async fn start(
        listener: TcpListener,
        configuration: &Configuration,
        ambient: &Ambient,
    ) -> Result<Self> {
        let opened = provider::open(configuration, ambient).await?;
        let draining = opened.provider.draining();
        let router = doorward_web::router(opened.provider);
        let server = Self {
            address: listener.local_addr()?,
            stop: CancellationToken::new(),
            serving: TaskTracker::new(),
            background: TaskTracker::new(),
            draining,
            directory: opened.directory,
        };
        server.keep_house(ambient);
        let serving = accept(listener, router, server.stop.clone());
        server.serving.spawn(serving);
        server.announce(configuration, &opened.sessions.to_string());
        Ok(server)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The directory that it works on, for whoever wants to add people and clients from within the process.
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Stops: no longer ready, no new connections, requests that have begun are answered, and what waits to
    /// be written is written.
    ///
    /// # Errors
    /// When the directory could not be closed cleanly.
    pub async fn stop(self) -> Result<()> {
        self.draining.store(true, Ordering::Relaxed);
        self.stop.cancel();
        self.serving.close();
        self.serving.wait().await;
        self.background.close();
        self.background.wait().await;
        self.directory
            .close()
            .await
            .context("the directory could not be closed")?;
        tracing::info!("stopped");
        Ok(())
    }

    /// Starts what goes on beside the requests.
    fn keep_house(&self, ambient: &Ambient) {
        let (directory, stop) = (self.directory.clone(), self.stop.clone());
        self.background.spawn(every(REFRESH_EVERY, stop, move || {
            let directory = directory.clone();
            async move {
                if let Err(error) = directory.refresh().await {
                    tracing::error!(%error, "changes of clients and keys cannot be read");
                }
            }
        }));
        let (directory, stop) = (self.directory.clone(), self.stop.clone());
        let clock = Arc::clone(&ambient.clock);
        self.background.spawn(every(SWEEP_EVERY, stop, move || {
            let (directory, clock) = (directory.clone(), Arc::clone(&clock));
            async move {
                if let Err(error) = directory.sweep(clock.now()).await {
                    tracing::error!(%error, "what has expired cannot be removed");
                }
            }
        }));
    }

    fn announce(&self, configuration: &Configuration, sessions: &str) {
        let settings = &configuration.server;
        tracing::info!(
            issuer = %settings.issuer,
            listen = %self.address,
            directory = %configuration.directory_file().display(),
            sessions,
            "ready",
        );
        if settings.issuer.is_plain_http() {
            tracing::warn!(
                "the issuer is http on this machine, which is for trying out: \
                 set an https issuer before anybody signs in from elsewhere"
            );
        }
    }
}

/// Does `work` each `period` until `stop`.
async fn every<W, F>(period: Duration, stop: CancellationToken, work: W)
where
    W: Fn() -> F,
    F: Future<Output = ()>,
{
    let mut ticks = interval(period);
    let mut round = async || {
        ticks.tick().await;
        work().await;
    };
    while stop.run_until_cancelled(round()).await.is_some() {}
}

/// Accepts connections until `stop`, and returns when every one of them has ended.
pub(crate) async fn accept(listener: TcpListener, router: Router, stop: CancellationToken) {
    let connections = GracefulShutdown::new();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                let connection = connections.watch(connection(stream, peer, router.clone()));
                tokio::spawn(async move {
                    // Whatever breaks a connection is the client's business, or already logged.
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection broke");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_AGAIN_AFTER).await;
            }
        }
    }
    drop(listener);
    if timeout(DRAIN_TIMEOUT, connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests took too long and were cut off");
    }
}

/// Serves one connection.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small answers may wait for larger ones");
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        // A router is always ready.
        router.clone().call(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service)
}
