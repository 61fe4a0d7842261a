//! Metadata and keys: what a library needs to know of the provider
//! ([OpenID Connect Discovery section 4], [RFC 8414 section 3]).
//!
//! [OpenID Connect Discovery section 4]: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
//! [RFC 8414 section 3]: https://www.rfc-editor.org/rfc/rfc8414#section-3

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_core::discovery::Metadata;
use doorward_core::resource_server::ResourceServers;

use crate::headers::TRANSPORT;
use crate::key_set_readers;
use crate::provider::App;

/// The address of the keys.
pub(crate) const JWKS: &str = "/jwks";

/// Browsers may read these documents from anywhere, and caches keep them for [`KEY_SET_CACHED`](doorward_core::keys::KEY_SET_CACHED), which
/// is shorter than a new key is published before it signs.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_TYPE, HeaderValue::from_static("application/json")),
    (
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    ),
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

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route(JWKS, get(jwks))
}

async fn metadata(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let servers = app.directory.resource_servers().registry();
    match key_set_readers::named(&app, &uri) {
        None => document(&app.metadata.of(&servers), &headers),
        Some(_) => document(&app.metadata.for_one(&servers, &uri), &headers),
    }
}

async fn jwks(State(app): State<App>, parts: Parts) -> Response {
    let key_set = app.key_set().await;
    key_set_readers::note(&app, &parts, key_set.newest);
    document(&key_set.document, &parts.headers)
}

/// A document that was rendered before, with its validator.
pub(crate) struct Document {
    body: Bytes,
    etag: HeaderValue,
}

impl Document {
    /// Takes the rendered `body`.
    pub(crate) fn new(body: Vec<u8>) -> Self {
        let hash = doorward_core::secret::SecretHash::of(&String::from_utf8_lossy(&body));
        let tag = hash
            .as_bytes()
            .iter()
            .take(8)
            .fold(0_u64, |tag, byte| tag << 8 | u64::from(*byte));
        let etag = HeaderValue::from_str(&format!("\"{tag:016x}\""))
            .unwrap_or(HeaderValue::from_static("\"\""));
        Self {
            body: Bytes::from(body),
            etag,
        }
    }
}

/// The metadata, rendered anew when the resource servers were changed.
pub(crate) struct MetadataDocument {
    metadata: Metadata,
    rendered: Mutex<Option<(Arc<ResourceServers>, Arc<Document>)>>,
}

impl MetadataDocument {
    /// That of `metadata`.
    pub(crate) fn new(metadata: Metadata) -> Self {
        Self {
            metadata,
            rendered: Mutex::default(),
        }
    }

    /// The document for an application that `uri` names: its key set is at an address that names it too, so that we see whether it knows
    /// the next key.
    fn for_one(&self, servers: &ResourceServers, uri: &Uri) -> Document {
        let metadata = self.metadata.with_detail_types(servers);
        let metadata = metadata.with_key_set_query(uri.query().unwrap_or_default());
        Document::new(serde_json::to_vec(&metadata).unwrap_or_default())
    }

    /// The document while the resource servers are these.
    fn of(&self, servers: &Arc<ResourceServers>) -> Arc<Document> {
        let mut rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        match &*rendered {
            Some((known, document)) if Arc::ptr_eq(known, servers) => Arc::clone(document),
            _ => {
                let metadata = self.metadata.with_detail_types(servers);
                let body = serde_json::to_vec(&metadata).unwrap_or_default();
                let document = Arc::new(Document::new(body));
                *rendered = Some((Arc::clone(servers), Arc::clone(&document)));
                document
            }
        }
    }
}

fn document(document: &Document, headers: &HeaderMap) -> Response {
    served(document, headers, HEADERS)
}

/// A document with these headers, unless whoever asks has it.
pub(crate) fn served(
    document: &Document,
    headers: &HeaderMap,
    described: [(HeaderName, HeaderValue); 6],
) -> Response {
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .any(|tags| names(tags, &document.etag));
    let etag = [(ETAG, document.etag.clone())];
    if known {
        return (StatusCode::NOT_MODIFIED, described, etag).into_response();
    }
    (described, etag, document.body.clone()).into_response()
}

/// Whether `tags` has `etag`, strong or as a proxy that compresses makes it weak
/// ([RFC 9110 section 13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)).
fn names(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    tags.as_bytes()
        .split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .any(|tag| tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == etag.as_bytes())
}

#[cfg(test)]
mod tests {
    use doorward_core::keys::KEY_SET_CACHED;

    use super::*;

    /// K02: nobody keeps the key set for longer than a new key is published before it signs.
    #[test]
    fn caches_keep_the_key_set_as_long_as_keys_count_on() {
        let cached = format!("public, max-age={}", KEY_SET_CACHED.as_secs());
        let sent = HEADERS.into_iter().find(|(name, _)| name == CACHE_CONTROL);
        let sent = sent.map(|(_, value)| value);
        assert_eq!(
            sent.as_ref().map(HeaderValue::as_bytes),
            Some(cached.as_bytes())
        );
    }
}
