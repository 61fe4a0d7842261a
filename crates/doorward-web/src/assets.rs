//! `/assets/`: the files that pages load; pages at sites load them under `/.doorward/`, which is all that their proxies pass on.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::pages::assets::Asset;
use crate::provider::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/assets/{name}", get(asset))
        .route("/.doorward/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>, RawQuery(version): RawQuery) -> Response {
    let Some(asset) = Asset::named(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, asset.content_type()),
        (CACHE_CONTROL, asset.cache_control(version.as_deref())),
    ];
    (headers, asset.bytes()).into_response()
}
