//! `/health/live` and `/health/ready`, for whoever watches over the process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use doorward_core::jose::Pace;
use tokio::sync::Mutex;

use crate::provider::App;
use crate::refusal::Failed;

/// How long a store may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
}

/// The process runs.
async fn live() -> &'static str {
    "live\n"
}

/// Whether requests may be sent here.
async fn ready(State(app): State<App>) -> Verdict {
    app.readiness.ask(&app).await
}

/// What is answered.
type Verdict = (StatusCode, &'static str);

/// The last look at the stores. However many ask, one of them looks at a time, and those who came before it looked share
/// what it saw: asking costs the directory a durable write, and nobody has to say who they are to ask.
#[derive(Default)]
pub(crate) struct Readiness {
    begun: AtomicU64,
    last: Mutex<Option<(u64, Verdict)>>,
}

impl Readiness {
    async fn ask(&self, app: &App) -> Verdict {
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if let Some((look, verdict)) = *last
            && look > before
        {
            return verdict;
        }
        let look = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let verdict = judge(app).await;
        *last = Some((look, verdict));
        verdict
    }
}

/// A session store that does not answer is no reason to send requests elsewhere: all nodes share it, and tokens go on
/// without it. It is said all the same.
async fn judge(app: &App) -> Verdict {
    let obstacle = match obstacle(app).await {
        None => hardware(app).await,
        obstacle => obstacle,
    };
    if let Some(obstacle) = obstacle {
        return (StatusCode::SERVICE_UNAVAILABLE, obstacle);
    }
    let said = match within_patience(app.sessions.get::<()>("health", "ready")).await {
        Some(Ok(_)) => "ready\n",
        answer => {
            tracing::warn!(?answer, "the session store does not answer");
            "ready, but the session store does not answer: nobody can sign in until it does\n"
        }
    };
    (StatusCode::OK, said)
}

/// Why requests are better sent elsewhere: somebody has asked us to stop, the directory does not answer, or our clock
/// is wrong.
async fn obstacle(app: &App) -> Option<&'static str> {
    if app.draining.load(Ordering::Relaxed) {
        return Some("stopping\n");
    }
    let asked = async {
        app.directory.ping().await?;
        app.directory.clock().await
    };
    match within_patience(asked).await {
        Some(Ok(Some(clock))) if !clock.agrees_with(app.now()) => {
            let (ours, theirs) = (app.now().as_millis(), clock.as_millis());
            tracing::warn!(ours, theirs, "the clock is not the database server's");
            Some("the clock differs from the database server's by more than 30 s\n")
        }
        Some(Ok(_)) => None,
        answer => {
            tracing::warn!(?answer, "the directory does not answer");
            Some("the directory does not answer\n")
        }
    }
}

/// Whether the hardware signs that keeps keys which sign: where it does not, no token can be issued.
async fn hardware(app: &App) -> Option<&'static str> {
    let keyring = app.keyring();
    keyring.elsewhere().next()?;
    let prove = move || {
        let mut keys = keyring.elsewhere();
        keys.try_for_each(|key| key.prove().map_err(|error| (key.kid().to_owned(), error)))
    };
    match app.signing.run(Pace::Elsewhere, prove).await {
        Ok(Ok(())) => return None,
        Ok(Err((kid, error))) => {
            tracing::warn!(key = kid, %error, "a key in hardware does not sign");
        }
        Err(Failed(error)) => tracing::warn!(error, "the keys in hardware do not sign"),
    }
    Some("the hardware that keeps signing keys does not sign: the log says why\n")
}

/// `None` when there is no answer in time: whoever asks does not wait long either.
async fn within_patience<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, answer).await.ok()
}
