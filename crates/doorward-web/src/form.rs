//! Reading what browsers and clients send.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use doorward_core::parameters::{Parameters, ParametersMalformed};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

/// The longest body that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest form that may become a link, in bytes.
const LONGEST_LINK: usize = 16 * 1024;

/// What a form may have and a query may not.
const UNFIT_FOR_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// Why a form could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormRefused {
    #[error("the body is not application/x-www-form-urlencoded")]
    ContentType,
    #[error("the body is not application/json")]
    NoJson,
    #[error("the body is longer than 64 KiB or was cut off")]
    Body,
    #[error("the body did not arrive within 10 s")]
    Slow,
    #[error("the form is longer than 16 KiB")]
    TooLongForLink,
    #[error(transparent)]
    Malformed(#[from] ParametersMalformed),
}

/// A POST's form beside the rest of the request.
pub(crate) struct Form {
    pub(crate) parts: Parts,
    pub(crate) parameters: Parameters,
    text: Bytes,
}

/// Reads the JSON of a request.
pub(crate) async fn json(request: Request) -> Result<Bytes, FormRefused> {
    let (parts, body) = request.into_parts();
    if !is_of(&parts, "application/json") {
        return Err(FormRefused::NoJson);
    }
    read(body).await
}

/// Whether the body of a request is of that media type.
pub(crate) fn is_of(parts: &Parts, media_type: &str) -> bool {
    let content_type = parts.headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next();
    let essence = essence.unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(media_type)
}

async fn read(body: Body) -> Result<Bytes, FormRefused> {
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, LONGEST)).await;
    read.map_err(|_| FormRefused::Slow)?
        .map_err(|_| FormRefused::Body)
}

impl Form {
    /// Reads a form, of one content type and up to a length.
    pub(crate) async fn read(request: Request) -> Result<Self, FormRefused> {
        let (parts, body) = request.into_parts();
        if !is_of(&parts, "application/x-www-form-urlencoded") {
            return Err(FormRefused::ContentType);
        }
        let text = read(body).await?;
        Ok(Self {
            parameters: Parameters::parse(&text)?,
            parts,
            text,
        })
    }
}

impl Form {
    /// The same request as a link to `path`. A form posted from another site comes without our cookies; the
    /// link that answers it brings them.
    pub(crate) fn as_link(&self, path: &str) -> Result<Response, FormRefused> {
        if self.text.len() > LONGEST_LINK {
            return Err(FormRefused::TooLongForLink);
        }
        let query = percent_encode(&self.text, UNFIT_FOR_QUERY);
        Ok(see_other(&format!("{path}?{query}")))
    }
}

/// A redirect that turns any request into a GET ([RFC 9700 section 4.12](https://www.rfc-editor.org/rfc/rfc9700#section-4.12)).
pub(crate) fn see_other(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}

/// The parameters of a request's query.
pub(crate) fn query(parts: &Parts) -> Result<Parameters, ParametersMalformed> {
    Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes())
}
