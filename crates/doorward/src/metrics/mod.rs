//! `GET /metrics`: what a monitoring system asks for, in the [text format of Prometheus], on a listener of its own.
//!
//! What is counted while requests are answered is in [`Requests`] here and in [`doorward_web::Metrics`]; what is true of the directory is asked
//! when somebody asks us, so that every node says the same. A new family is a few lines in one of these, and none of its labels may hold
//! anything that a request brought along.
//!
//! [text format of Prometheus]: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

mod keys;
mod requests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_core::Clock;
use doorward_core::keys::Schedule;
use doorward_directory::Directory;
use doorward_web::Provider;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::provider::Opened;
use crate::signing_keys::Supply;
use keys::KeyFigures;
pub(crate) use requests::Requests;

/// How long the directory may take to answer, less than monitoring systems wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// What metrics are made from.
pub(crate) struct Metrics {
    pub(crate) requests: Requests,
    provider: Arc<Provider>,
    directory: Directory,
    clock: Arc<dyn Clock>,
    schedule: Schedule,
    supply: Supply,
    /// Held while the directory is asked: however many ask us, one at a time asks it.
    asking: Mutex<()>,
}

/// The one page of the listener.
pub(crate) fn router(metrics: Metrics) -> Router {
    Router::new()
        .route("/metrics", get(expose))
        .with_state(Arc::new(metrics))
}

async fn expose(State(metrics): State<Arc<Metrics>>) -> Response {
    let mut text = String::new();
    match prometheus_text::encode(&mut text, &metrics.registry().await) {
        Ok(()) => ([(CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Metrics {
    /// Those of an opened provider.
    pub(crate) fn of(opened: &Opened, clock: &Arc<dyn Clock>) -> Self {
        Self {
            requests: Requests::default(),
            provider: Arc::clone(&opened.provider),
            directory: opened.directory.clone(),
            clock: Arc::clone(clock),
            schedule: opened.rotation.schedule,
            supply: opened.rotation.supply.clone(),
            asking: Mutex::default(),
        }
    }

    /// Every family, with what it is now.
    async fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix("doorward");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that answers", build);
        self.requests.register(&mut registry);
        self.provider.metrics().register(&mut registry);
        let figures = self.key_figures().await;
        let answers = i64::from(figures.is_some());
        registry.register(
            "directory_up",
            "Whether the directory answered when it was asked for these figures; where it did not, those of signing keys are left out",
            ConstGauge::new(answers),
        );
        if let Some(figures) = figures {
            figures.register(&mut registry);
        }
        registry
    }

    /// What the directory says of the signing keys. Nothing, rather than what it said before, when it does not answer.
    async fn key_figures(&self) -> Option<KeyFigures> {
        let _turn = self.asking.lock().await;
        match timeout(PATIENCE, KeyFigures::read(self)).await {
            Ok(Ok(figures)) => Some(figures),
            answer => {
                let failed = answer.map(Result::err);
                tracing::warn!(?failed, "the directory has no figures of signing keys");
                None
            }
        }
    }
}
