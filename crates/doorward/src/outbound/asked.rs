//! What is asked of a server.

use bytes::Bytes;
use doorward_core::outbound::Document;
use http_body_util::Full;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};

use super::destination::Destination;

/// What is asked of a server.
pub(super) enum Asked {
    /// To take a form; of its answer nothing but the status is read.
    ToTake(String),
    /// For a document.
    For(Document),
}

impl Asked {
    /// Whether the body of the answer is read.
    pub(super) const fn is_read(&self) -> bool {
        matches!(self, Self::For(_))
    }

    /// The request.
    pub(super) fn request(self, destination: &Destination) -> Result<Request<Full<Bytes>>, String> {
        let (method, header, body) = match self {
            Self::ToTake(form) => {
                let kind = "application/x-www-form-urlencoded";
                (Method::POST, (CONTENT_TYPE, kind.to_owned()), form)
            }
            Self::For(document) => {
                let kinds = document.media_types().join(", ");
                (Method::GET, (ACCEPT, kinds), String::new())
            }
        };
        Request::builder()
            .method(method)
            .uri(&destination.path)
            .header(HOST, destination.authority())
            .header(header.0, header.1)
            .header(USER_AGENT, "doorward")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| error.to_string())
    }
}
