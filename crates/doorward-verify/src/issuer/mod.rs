//! The issuer, as an API knows it: by copies of its metadata and of its keys.

mod metadata;

use std::sync::Arc;
use std::time::Duration;

use doorward_core::jose::JwkSet;
use doorward_core::outbound::{Document, max_age};
use doorward_core::{Clock, Timestamp};
use url::Url;

use self::metadata::Metadata;
pub(crate) use self::metadata::is_here;
use crate::http_client::{HttpClient, Unreachable};
use crate::kept::{Copy, Kept};

const METADATA: &str = "the metadata of the issuer";
const KEYS: &str = "the keys of the issuer";

/// How long a copy is fresh when its answer does not say.
const ORDINARY: Duration = Duration::from_mins(5);

/// The longest that a copy is fresh, whatever its answer says.
const LONGEST: Duration = Duration::from_hours(1);

/// The issuer of an API's tokens.
pub(crate) struct Issuer {
    /// Its identifier.
    pub(crate) name: String,
    /// Where its metadata is, with the name of the API whose copy it is.
    address: Url,
    pub(crate) http: HttpClient,
    pub(crate) clock: Arc<dyn Clock>,
    /// How much longer than they are fresh copies may be used when the issuer does not answer.
    stale: Duration,
    metadata: Kept<Metadata>,
    keys: Kept<JwkSet>,
}

impl Issuer {
    /// The issuer at `url`, which is its `name` too, byte for byte; `resource` asks it.
    pub(crate) fn new(
        (name, url): (&str, &Url),
        resource: &str,
        http: HttpClient,
        clock: Arc<dyn Clock>,
        stale: Duration,
    ) -> Self {
        let mut address = url.clone();
        let path = url.path().trim_end_matches('/');
        address.set_path(&format!("{path}/.well-known/openid-configuration"));
        // So that the issuer knows that this API has its newest key before it signs with it.
        address.query_pairs_mut().append_pair("resource", resource);
        Self {
            name: name.to_owned(),
            address,
            http,
            clock,
            stale,
            metadata: Kept::default(),
            keys: Kept::default(),
        }
    }

    /// The present time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where its endpoints are.
    pub(crate) async fn metadata(&self) -> Result<Arc<Copy<Metadata>>, Unreachable> {
        let fetch = || self.fetch_metadata();
        self.metadata.fresh(&*self.clock, fetch).await
    }

    /// Its keys.
    pub(crate) async fn keys(&self) -> Result<Arc<Copy<JwkSet>>, Unreachable> {
        self.keys.fresh(&*self.clock, || self.fetch_keys()).await
    }

    /// Its keys, among which there may be one that `known` does not have.
    pub(crate) async fn newer_keys(
        &self,
        known: &Arc<Copy<JwkSet>>,
    ) -> Result<Arc<Copy<JwkSet>>, Unreachable> {
        let fetch = || self.fetch_keys();
        self.keys.newer(known, &*self.clock, fetch).await
    }

    async fn fetch_metadata(&self) -> Result<Copy<Metadata>, Unreachable> {
        let failed = |reason: &dyn std::fmt::Display| Unreachable::new(METADATA, reason);
        let media_type = "application/json";
        let fetched = self.http.get(METADATA, &self.address, media_type).await?;
        let body = fetched.body_of(Document::Json).map_err(|e| failed(&e))?;
        let metadata = Metadata::parse(body, &self.name).map_err(|e| failed(&e))?;
        Ok(self.copy(metadata, fetched.cache_control.as_deref()))
    }

    async fn fetch_keys(&self) -> Result<Copy<JwkSet>, Unreachable> {
        let failed = |reason: &dyn std::fmt::Display| Unreachable::new(KEYS, reason);
        let metadata = self.metadata().await?;
        let media_types = "application/jwk-set+json, application/json";
        let address = &metadata.value.jwks_uri;
        let fetched = self.http.get(KEYS, address, media_types).await?;
        let body = fetched.body_of(Document::Keys).map_err(|e| failed(&e))?;
        let keys = JwkSet::published(body).map_err(|e| failed(&e))?;
        Ok(self.copy(keys, fetched.cache_control.as_deref()))
    }

    fn copy<T>(&self, value: T, cache_control: Option<&str>) -> Copy<T> {
        let fresh = max_age(cache_control).unwrap_or(ORDINARY).min(LONGEST);
        Copy::fresh_for(value, self.now(), fresh).stale_for(self.stale)
    }
}
