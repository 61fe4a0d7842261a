//! Requests that the provider makes itself. The binary provides them, since it alone knows the world outside.

use async_trait::async_trait;
use doorward_core::outbound::{Document, Fetched};
use url::Url;

/// Makes requests to addresses that clients registered.
#[async_trait]
pub trait Outbound: Send + Sync + 'static {
    /// Posts a form, and returns the status of the answer. Nothing else of the answer is looked at, and no redirect is followed.
    async fn post_form(&self, url: &Url, form: String) -> Result<u16, NoAnswer>;

    /// Fetches a document that somebody publishes. No redirect is followed, and an answer longer than such documents ever are is
    /// none.
    async fn fetch(&self, url: &Url, document: Document) -> Result<Fetched, NoAnswer>;
}

/// Why there was no answer, in words for operators; never told to who asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);
