//! A provider that is being served: its connections, its background tasks, and the way to a clean end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use doorward_directory::Directory;
use doorward_web::{Provider, tell_clients};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::configuration::Configuration;
use crate::connections;
use crate::data_lock::DataLock;
use crate::housekeeping::{follow_changes, sweep};
use crate::provider::{self, Ambient};

/// A provider that answers requests until it is stopped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
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
        let opened = provider::open(configuration, ambient).await?;
        let draining = opened.provider.draining();
        let router = doorward_web::router(Arc::clone(&opened.provider));
        let server = Self {
            address: listener.local_addr()?,
            stop: CancellationToken::new(),
            housekeeping: CancellationToken::new(),
            serving: TaskTracker::new(),
            background: TaskTracker::new(),
            draining,
            pause: configuration.stop.pause.duration(),
            directory: opened.directory,
            _data_lock: opened.data_lock,
        };
        server.keep_house(ambient, opened.provider);
        let serving = connections::serve(listener, router, server.stop.clone());
        server.serving.spawn(serving);
        server.announce(configuration, &opened.place, &opened.sessions.to_string());
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
    fn keep_house(&self, ambient: &Ambient, provider: Arc<Provider>) {
        let follow = follow_changes(self.directory.clone());
        let (clock, random) = (Arc::clone(&ambient.clock), Arc::clone(&ambient.random));
        let sweeper = Arc::clone(&provider);
        let sweep = sweep(sweeper, self.directory.clone(), clock, random);
        let stop = &self.housekeeping;
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(follow));
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(sweep));
        let telling = tell_clients(provider);
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(telling));
    }

    fn announce(&self, configuration: &Configuration, directory: &str, sessions: &str) {
        tracing::info!(
            issuer = %configuration.server.issuer,
            listen = %self.address,
            directory,
            sessions,
            "ready",
        );
    }
}

#[cfg(test)]
mod tests;
