//! Headers that every answer carries, so that no page can be framed, sniffed or injected into.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// Two years of TLS only. Browsers heed it only when it came by TLS.
pub(crate) const TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// What every answer has; a handler that knows better keeps its own.
const ALWAYS: [(HeaderName, &str); 4] = [
    (STRICT_TRANSPORT_SECURITY, TRANSPORT),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (CACHE_CONTROL, "no-store"),
];

/// What pages have besides, and a policy of their own.
const ON_PAGES: [(HeaderName, &str); 4] = [
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)",
    ),
];

/// Where a page's forms may lead beside the provider itself, as an extension of its response.
///
/// Browsers apply `form-action` also to the redirects that answer a form, so a page whose form ends at
/// a client names the scheme of that client's address.
#[derive(Clone)]
pub(crate) struct FormsLeadTo(pub(crate) Vec<String>);

/// Where images of a page may come from beside the provider itself.
#[derive(Clone)]
pub(crate) struct ImagesFrom(pub(crate) String);

/// The origins that a page may frame; none without it.
#[derive(Clone)]
pub(crate) struct FramesFrom(pub(crate) Vec<String>);

/// The middleware that adds them.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if is_page(&response) {
        secure_page(&mut response);
    }
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        put_if_absent(headers, name, HeaderValue::from_static(value));
    }
    response
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

fn secure_page(response: &mut Response) {
    let policy = policy(
        response
            .extensions()
            .get::<FormsLeadTo>()
            .map(|FormsLeadTo(places)| places.as_slice())
            .unwrap_or_default(),
        response.extensions().get::<ImagesFrom>(),
        response.extensions().get::<FramesFrom>(),
    );
    let headers = response.headers_mut();
    for (name, value) in ON_PAGES {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

fn put_if_absent(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

fn policy(
    forms_lead_to: &[String],
    images_from: Option<&ImagesFrom>,
    frames_from: Option<&FramesFrom>,
) -> String {
    let images = images_from.map_or("", |ImagesFrom(origin)| origin);
    let forms = forms_lead_to.join(" ");
    let frames = frames_from.map_or_else(String::new, |FramesFrom(origins)| {
        format!("frame-src {}; ", origins.join(" "))
    });
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {images}; connect-src 'self'; \
         {frames}font-src 'self'; form-action 'self' {forms}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )
}
