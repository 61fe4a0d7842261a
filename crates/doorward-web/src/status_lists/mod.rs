//! `GET /status-lists` and what is below it: which signed access tokens were revoked, for resource servers that verify them themselves
//! ([Token Status List section 8](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8)).

mod indices;
mod registrations;
mod rendered;

use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use doorward_core::status_list::{ListName, Status, StatusIndex, StatusListAggregation};
use tokio::sync::Mutex;

use crate::discovery::served;
use crate::headers::TRANSPORT;
use crate::provider::App;
use crate::refusal::Failed;
use indices::Indices;
use registrations::Judged;
use rendered::RenderedLists;

pub(crate) use indices::status_of;

/// The address that all lists are below, and are named at.
pub(crate) const STATUS_LISTS: &str = "/status-lists";

/// The media type of a list.
const STATUS_LIST: &str = "application/statuslist+jwt";

/// Scripts of any site may read a list. Caches keep it for a second, so that many who ask at once are one to us, and hardly
/// delay what the list itself promises.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_TYPE, HeaderValue::from_static(STATUS_LIST)),
    (CACHE_CONTROL, HeaderValue::from_static("public, max-age=1")),
    (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (
        STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static(TRANSPORT),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    ),
];

/// What a node knows of the lists.
pub(crate) struct StatusLists {
    /// Where they are.
    uri: String,
    indices: Indices,
    rendered: Mutex<RenderedLists>,
    judged: Mutex<Judged>,
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(STATUS_LISTS, get(aggregation))
        .route(&format!("{STATUS_LISTS}/{{name}}"), get(list))
}

impl StatusLists {
    /// The lists of this issuer.
    pub(crate) fn new(issuer: &str) -> Self {
        Self {
            uri: format!("{issuer}{STATUS_LISTS}"),
            indices: Indices::default(),
            rendered: Mutex::default(),
            judged: Mutex::default(),
        }
    }

    /// The index that a token names as its status.
    pub(crate) fn index_of(&self, status: &Status) -> Option<StatusIndex> {
        ListName::index_of(&status.status_list, &self.uri)
    }
}

async fn list(
    State(app): State<App>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if is_of_the_past(&uri) {
        return StatusCode::NOT_IMPLEMENTED.into_response();
    }
    if !accepts_lists(&headers) {
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    let Ok(name) = name.parse() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match rendered::list(&app, name).await {
        Ok(Some(document)) => served(&document, &headers, HEADERS),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failed) => unavailable(&failed),
    }
}

async fn aggregation(State(app): State<App>) -> Response {
    let cached = (CACHE_CONTROL, HeaderValue::from_static("public, max-age=1"));
    let readable = (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    match named(&app).await {
        Ok(all) => ([cached, readable], Json(all)).into_response(),
        Err(failed) => unavailable(&failed),
    }
}

/// Every list that a living token may name, with each signature that it may be wanted with.
async fn named(app: &App) -> Result<StatusListAggregation, Failed> {
    let living = app.directory.status_lists().living(app.now()).await?;
    let algorithms = app.keyring().algorithms();
    let numbers = living.numbers.map(|(first, last)| first..=last);
    let names = numbers.into_iter().flatten().flat_map(|number| {
        algorithms.iter().map(move |algorithm| ListName {
            algorithm: *algorithm,
            epoch: living.epoch,
            number,
        })
    });
    Ok(StatusListAggregation {
        status_lists: names.map(|name| name.uri(&app.status_lists.uri)).collect(),
    })
}

/// Whoever asks goes on with the list that it has, for as long as that says.
fn unavailable(Failed(reason): &Failed) -> Response {
    tracing::error!(%reason, "a status list cannot be made");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// Whether a list of another time is asked for. There is none: it would show when each token was revoked
/// ([Token Status List section 8.4](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.4)).
fn is_of_the_past(uri: &Uri) -> bool {
    let mut parameters = uri.query().unwrap_or_default().split('&');
    parameters.any(|parameter| parameter.split('=').next() == Some("time"))
}

/// Whether a list in the one form that there is answers the request: who says nothing takes anything.
fn accepts_lists(headers: &HeaderMap) -> bool {
    let mut wanted = headers.get_all(ACCEPT).iter().peekable();
    wanted.peek().is_none()
        || wanted
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|range| range.split(';').next())
            .any(|range| [STATUS_LIST, "application/*", "*/*"].contains(&range.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [Token Status List section 8.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.1).
    #[test]
    fn whoever_wants_another_form_is_told_that_there_is_none() {
        for (accept, expected) in [
            (None, true),
            (Some("application/statuslist+jwt"), true),
            (Some("text/html, */*;q=0.8"), true),
            (Some("application/statuslist+cwt, application/*"), true),
            (Some("application/statuslist+cwt"), false),
            (Some("application/json"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, HeaderValue::from_static(accept));
            }
            assert_eq!(accepts_lists(&headers), expected, "{accept:?}");
        }
    }
}
