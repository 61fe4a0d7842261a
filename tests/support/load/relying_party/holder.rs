//! A client that proves to hold a key ([RFC 9449 section 4](https://www.rfc-editor.org/rfc/rfc9449#section-4)).

use doorward::provider::Ambient;
use url::Url;

use crate::dpop_key::{DpopKey, Draft};

/// The key, and the provider that it is proven to.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    key: DpopKey,
    origin: String,
}

impl Holder {
    pub(super) fn new(issuer: &Url) -> Self {
        Self {
            key: DpopKey::generate("ES256"),
            origin: issuer.origin().ascii_serialization(),
        }
    }

    /// A proof for a request that is made now.
    pub(super) fn proof(&self, method: &str, path: &str) -> Draft {
        let now = Ambient::default().clock.now();
        let address = format!("{}{path}", self.origin);
        self.key.proof(method, &address, now.as_seconds())
    }
}
