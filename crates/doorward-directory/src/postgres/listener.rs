//! The connection on which the server says that something was changed. What it misses, a look at the revisions finds.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long to wait before a lost connection is made anew.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a server may take to greet us.
const PATIENCE: Duration = Duration::from_secs(10);

/// A task that listens until it is stopped or dropped.
#[derive(Debug)]
pub(super) struct Listener {
    heard: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(super) fn start(config: Config, connector: MakeRustlsConnect) -> Self {
        let heard = Arc::<Notify>::default();
        let task = tokio::spawn(listen(config, connector, Arc::clone(&heard)));
        Self { heard, task }
    }

    /// Returns when something was announced since the last time.
    pub(super) async fn heard(&self) {
        self.heard.notified().await;
    }

    pub(super) fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn listen(config: Config, connector: MakeRustlsConnect, heard: Arc<Notify>) {
    loop {
        if let Err(error) = listen_once(&config, connector.clone(), &heard).await {
            tracing::debug!(%error, "changes are not announced for a while, and looked for instead");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Listens until the connection is lost.
async fn listen_once(
    config: &Config,
    connector: MakeRustlsConnect,
    heard: &Notify,
) -> Result<(), Error> {
    let Ok(connected) = timeout(PATIENCE, config.connect(connector)).await else {
        return Ok(());
    };
    let (client, connection) = connected?;
    let asked = async {
        client.batch_execute("LISTEN doorward").await?;
        // Whatever was announced while nobody listened.
        heard.notify_one();
        // The connection ends when its client is dropped.
        std::future::pending::<Result<(), Error>>().await
    };
    tokio::select! {
        ended = asked => ended,
        ended = follow(connection, heard) => ended,
    }
}

async fn follow<T>(mut connection: Connection<Socket, T>, heard: &Notify) -> Result<(), Error>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(_) = message? {
            heard.notify_one();
        }
    }
    Ok(())
}
