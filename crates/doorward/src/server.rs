//! A provider that is being served: its connections, its background tasks, and the way to a clean end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use doorward_core::Clock;
use doorward_directory::Directory;
use tokio::net::TcpListener;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::configuration::Configuration;
use crate::connections;
use crate::data_lock::DataLock;
use crate::provider::{self, Ambient};

/// How often changes that another process made to the directory are looked for.
const REFRESH_EVERY: Duration = Duration::from_millis(250);

/// How often what has expired is removed from the directory.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// A provider that answers requests until it is stopped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    serving: TaskTracker,
    background: TaskTracker,
    draining: Arc<AtomicBool>,
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
        let router = doorward_web::router(opened.provider);
        let server = Self {
            address: listener.local_addr()?,
            stop: CancellationToken::new(),
            serving: TaskTracker::new(),
            background: TaskTracker::new(),
            draining,
            directory: opened.directory,
            _data_lock: opened.data_lock,
        };
        server.keep_house(ambient);
        let serving = connections::serve(listener, router, server.stop.clone());
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
        let follow = follow_changes(self.directory.clone());
        let sweep = sweep(self.directory.clone(), Arc::clone(&ambient.clock));
        let stop = &self.stop;
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(follow));
        self.background
            .spawn(stop.clone().run_until_cancelled_owned(sweep));
    }

    fn announce(&self, configuration: &Configuration, sessions: &str) {
        tracing::info!(
            issuer = %configuration.server.issuer,
            listen = %self.address,
            directory = %configuration.directory_file().display(),
            sessions,
            "ready",
        );
    }
}

/// Takes over what other processes change in the directory, such as the command line.
async fn follow_changes(directory: Directory) {
    let mut failing = false;
    let mut ticks = every(REFRESH_EVERY);
    loop {
        ticks.tick().await;
        let refreshed = directory.refresh().await;
        match &refreshed {
            // Said once, not with every attempt.
            Err(error) if !failing => {
                tracing::error!(%error, "changes of clients and keys cannot be read");
            }
            Ok(_) if failing => tracing::info!("changes of clients and keys are read again"),
            _ => {}
        }
        failing = refreshed.is_err();
    }
}

/// Removes what has expired from the directory. The session store does so by itself.
async fn sweep(directory: Directory, clock: Arc<dyn Clock>) {
    let mut ticks = every(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = directory.sweep(clock.now()).await {
            tracing::error!(%error, "what has expired cannot be removed");
        }
    }
}

/// Ticks each `period`, the first time at once; ticks that were missed are not made up for.
fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

#[cfg(test)]
mod tests;
