//! Requests that were answered, and how long that took.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::ambient::Stopwatch;

/// The route of a request that no route answers: its path is whatever somebody wrote.
const NO_ROUTE: &str = "none";

/// The bounds between which durations are counted, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// What is counted of requests: one family, whose `_count` is their number, since each further one costs every request a look-up.
#[derive(Clone, Debug)]
pub(crate) struct Requests(Family<Answered, Histogram>);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    status: &'static str,
}

impl Default for Requests {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(BOUNDS)))
    }
}

impl Requests {
    /// The same routes, whose requests are counted.
    pub(crate) fn counting(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(Arc::new(self.clone()), count))
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "http_request_duration",
            "Time from the head of a request to that of its answer, by route and class of status",
            Unit::Seconds,
            self.0.clone(),
        );
    }

    fn answered(&self, route: &str, status: StatusCode, took: Duration) {
        let (route, status) = (route.to_owned(), class(status));
        let histogram = self.0.get_or_create(&Answered { route, status });
        histogram.observe(took.as_secs_f64());
    }
}

/// The middleware. It knows the route, never the path: that may hold a secret.
async fn count(State(requests): State<Arc<Requests>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let stopwatch = Stopwatch::start();
    let response = next.run(request).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    requests.answered(route, response.status(), stopwatch.elapsed());
    response
}

const fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
