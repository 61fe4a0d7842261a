//! A provider that is being served: its connections, its background tasks, and the way to a clean end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use doorward_directory::Directory;
use doorward_web::{Provider, tell_clients, tend_api_tokens};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::configuration::{Configuration, Listen};
use crate::connections;
use crate::data_lock::DataLock;
use crate::housekeeping::{follow_changes, note_readers, sweep};
use crate::metrics::{self, Metrics};
use crate::provider::{self, Ambient, Opened};
use crate::signing_keys::Rotation;
use crate::tls::{FollowedAuthorities, Tls, follow_authorities, follow_identity};

/// A provider that answers requests until it is stopped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    asking: Option<SocketAddr>,
    metrics: Option<SocketAddr>,
    stop: CancellationToken,
    housekeeping: CancellationToken,
    serving: TaskTracker,
    background: TaskTracker,
    draining: Arc<AtomicBool>,
    pause: Duration,
    directory: Directory,
    _data_lock: DataLock,
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
        let tls = Tls::open(configuration)?;
        let listeners = Listeners::bind(listener, configuration).await?;
        let opened = provider::open(configuration, ambient).await?;
        let draining = opened.provider.draining();
        let routers = Routers::of(&opened, &listeners, ambient);
        let server = Self {
            address: listeners.all.local_addr()?,
            asking: address(listeners.asking.as_ref())?,
            metrics: address(listeners.metrics.as_ref())?,
            stop: CancellationToken::new(),
            housekeeping: CancellationToken::new(),
            serving: TaskTracker::new(),
            background: TaskTracker::new(),
            draining,
            pause: configuration.stop.pause.duration(),
            directory: opened.directory,
            _data_lock: opened.data_lock,
        };
        server.keep_house(ambient, opened.provider, opened.rotation);
        server.follow_files(tls.as_ref(), opened.authorities);
        server.listen(listeners, routers, tls);
        server.announce(configuration, &opened.place, &opened.sessions.to_string());
        Ok(server)
    }

    /// Answers requests on all `listeners`.
    fn listen(&self, listeners: Listeners, routers: Routers, tls: Option<Tls>) {
        let (here, there) = tls.map(|tls| (tls.acceptor, tls.asking)).unzip();
        if let Some((asking, tls)) = listeners.asking.zip(there.flatten()) {
            self.serve(asking, routers.asking, Some(tls));
        }
        if let Some((listener, router)) = listeners.metrics.zip(routers.metrics) {
            self.serve(listener, router, None);
        }
        self.serve(listeners.all, routers.all, here);
    }

    fn serve(&self, listener: TcpListener, router: Router, tls: Option<TlsAcceptor>) {
        let serving = connections::serve(listener, router, tls, self.stop.clone());
        self.serving.spawn(serving);
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens for those whom it asks for a certificate, if that is elsewhere.
    pub const fn asking(&self) -> Option<SocketAddr> {
        self.asking
    }

    /// Where it listens for whoever asks for metrics, if anywhere.
    pub const fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// The directory that it works on, for whoever wants to add people and clients from within the process.
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Stops: no longer ready, for a pause everything else as usual, then no new connections; requests that have
    /// begun are answered, and what waits to be written is written.
    ///
    /// # Errors
    /// When the directory could not be closed cleanly.
    pub async fn stop(self) -> Result<()> {
        self.draining.store(true, Ordering::Relaxed);
        sleep(self.pause).await;
        self.stop.cancel();
        self.serving.close();
        self.serving.wait().await;
        // Until then changes are followed: the last requests must not live in the past.
        self.housekeeping.cancel();
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
    fn keep_house(&self, ambient: &Ambient, provider: Arc<Provider>, rotation: Rotation) {
        let follow = follow_changes(Arc::clone(&provider), self.directory.clone());
        let (clock, random) = (Arc::clone(&ambient.clock), Arc::clone(&ambient.random));
        let sweeper = Arc::clone(&provider);
        let sweep = sweep(sweeper, self.directory.clone(), clock, random);
        let stop = &self.housekeeping;
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(follow));
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(sweep));
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(rotation.run()));
        let noting = note_readers(Arc::clone(&provider));
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(noting));
        // Not cancelled: when it is told to stop, it writes down what was counted.
        let tending = tend_api_tokens(Arc::clone(&provider), stop.clone().cancelled_owned());
        self.background.spawn(tending);
        let telling = tell_clients(provider);
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(telling));
    }

    /// Starts taking over what changes in the files of TLS.
    fn follow_files(&self, tls: Option<&Tls>, authorities: Option<FollowedAuthorities>) {
        let stop = &self.housekeeping;
        if let Some(tls) = tls {
            let follow = follow_identity(tls.identity());
            self.background
                .spawn(stop.clone().run_until_cancelled_owned(follow));
        }
        if let Some(authorities) = authorities {
            let follow = follow_authorities(authorities);
            self.background
                .spawn(stop.clone().run_until_cancelled_owned(follow));
        }
    }

    fn announce(&self, configuration: &Configuration, directory: &str, sessions: &str) {
        tracing::info!(
            issuer = %configuration.server.issuer,
            listen = %self.address,
            mtls = self.asking.map(tracing::field::display),
            metrics = self.metrics.map(tracing::field::display),
            directory,
            sessions,
            "ready",
        );
        if let Some(address) = self.metrics.filter(|address| !address.ip().is_loopback()) {
            tracing::warn!(
                %address,
                "metrics are shown to whoever reaches this address, and nobody is asked who they are"
            );
        }
    }
}

/// Where requests come in.
struct Listeners {
    all: TcpListener,
    /// Where connections are asked for a certificate, if that is elsewhere.
    asking: Option<TcpListener>,
    /// Where metrics are, if anywhere.
    metrics: Option<TcpListener>,
}

impl Listeners {
    async fn bind(all: TcpListener, configuration: &Configuration) -> Result<Self> {
        let Configuration { mtls, metrics, .. } = configuration;
        Ok(Self {
            all,
            asking: besides(&mtls.listen, "mtls.listen").await?,
            metrics: besides(&metrics.listen, "metrics.listen").await?,
        })
    }
}

/// A second listener, if `setting` says where.
async fn besides(place: &Listen, setting: &str) -> Result<Option<TcpListener>> {
    let Some(address) = place.address() else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on {address} ({setting})"))?;
    Ok(Some(listener))
}

fn address(listener: Option<&TcpListener>) -> Result<Option<SocketAddr>> {
    Ok(listener.map(TcpListener::local_addr).transpose()?)
}

/// What is answered where.
struct Routers {
    all: Router,
    asking: Router,
    metrics: Option<Router>,
}

impl Routers {
    fn of(opened: &Opened, listeners: &Listeners, ambient: &Ambient) -> Self {
        let all = doorward_web::router(Arc::clone(&opened.provider));
        let asking = doorward_web::aliased_router(Arc::clone(&opened.provider));
        if listeners.metrics.is_none() {
            return Self {
                all,
                asking,
                metrics: None,
            };
        }
        let metrics = Metrics::of(opened, &ambient.clock);
        Self {
            all: metrics.requests.counting(all),
            asking: metrics.requests.counting(asking),
            metrics: Some(metrics::router(metrics)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
