//! Which sites' scripts may talk to the endpoints that clients call: those that a client registered
//! a redirect URI at ([Fetch, CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol)).

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::provider::App;

/// What scripts may read of an answer beside its body: what a proof of possession needs
/// ([RFC 9449 section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)), and why a token does not work.
const EXPOSED: HeaderValue = HeaderValue::from_static("dpop-nonce, www-authenticate");

/// The middleware that answers preflight requests and lets registered origins read answers. Cookies play no
/// part at these endpoints, so credentials are never allowed.
pub(crate) async fn registered_origins(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let Some(origin) = origin.filter(|origin| is_registered(&app, origin)) else {
        return next.run(request).await;
    };
    let mut response = if request.method() == Method::OPTIONS {
        let allowed = [
            (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (
                ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, dpop",
            ),
            (ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        (StatusCode::NO_CONTENT, allowed).into_response()
    } else {
        next.run(request).await
    };
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
        .headers_mut()
        .append(VARY, HeaderValue::from_name(ORIGIN));
    response
}

fn is_registered(app: &App, origin: &HeaderValue) -> bool {
    let clients = app.directory.clients();
    origin
        .to_str()
        .is_ok_and(|origin| clients.has_origin(origin))
}
