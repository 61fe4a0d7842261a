//! `/health/live` and `/health/ready`, for whoever watches over the process.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::provider::App;

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
async fn ready(State(app): State<App>) -> (StatusCode, String) {
    match obstacle(&app).await {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some(obstacle) => (StatusCode::SERVICE_UNAVAILABLE, format!("{obstacle}\n")),
    }
}

/// Why requests are better sent elsewhere: somebody has asked us to stop, a store does not answer, or our clock is wrong.
async fn obstacle(app: &App) -> Option<&'static str> {
    if app.draining.load(Ordering::Relaxed) {
        return Some("stopping");
    }
    match within_patience(app.directory.ping()).await {
        Some(Ok(())) => {}
        answer => {
            tracing::warn!(?answer, "the directory does not answer");
            return Some("the directory does not answer");
        }
    }
    match within_patience(app.directory.clock()).await {
        Some(Ok(Some(clock))) if !clock.agrees_with(app.now()) => {
            let (ours, theirs) = (app.now().as_millis(), clock.as_millis());
            tracing::warn!(ours, theirs, "the clock is not the database server's");
            return Some("the clock differs from the database server's by more than 30 s");
        }
        Some(Ok(_)) => {}
        answer => {
            tracing::warn!(?answer, "the directory does not answer");
            return Some("the directory does not answer");
        }
    }
    match within_patience(app.sessions.get::<()>("health", "ready")).await {
        Some(Ok(_)) => None,
        answer => {
            tracing::warn!(?answer, "the session store does not answer");
            Some("the session store does not answer")
        }
    }
}

/// `None` when there is no answer in time: whoever asks does not wait long either.
async fn within_patience<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, answer).await.ok()
}
