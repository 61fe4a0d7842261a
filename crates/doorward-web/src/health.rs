//! `/health/live` and `/health/ready`, for whoever watches over the process.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::provider::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
}

/// The process runs.
async fn live() -> &'static str {
    "live\n"
}

/// Requests may be sent here: both stores answer, and nobody has asked us to stop.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.draining.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if let Err(error) = app.directory.ping().await {
        tracing::warn!(%error, "the directory does not answer");
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the directory does not answer\n",
        );
    }
    if let Err(error) = app.sessions.get::<()>("health", "ready").await {
        tracing::warn!(%error, "the session store does not answer");
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the session store does not answer\n",
        );
    }
    (StatusCode::OK, "ready\n")
}
