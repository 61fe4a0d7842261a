//! Reading what browsers and clients send.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use doorward_core::parameters::{Parameters, ParametersMalformed};

/// The longest body that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// Why a form could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormRefused {
    #[error("the body is not application/x-www-form-urlencoded")]
    ContentType,
    #[error("the body is longer than 64 KiB or was cut off")]
    Body,
    #[error(transparent)]
    Malformed(#[from] ParametersMalformed),
}

/// A POST's form beside the rest of the request.
pub(crate) struct Form {
    pub(crate) parts: Parts,
    pub(crate) parameters: Parameters,
    pub(crate) text: axum::body::Bytes,
}

impl Form {
    /// Reads a form, of one content type and up to a length.
    pub(crate) async fn read(request: Request) -> Result<Self, FormRefused> {
        let (parts, body) = request.into_parts();
        let content_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormRefused::ContentType);
        }
        let text = to_bytes(body, LONGEST)
            .await
            .map_err(|_| FormRefused::Body)?;
        Ok(Self {
            parameters: Parameters::parse(&text)?,
            parts,
            text,
        })
    }
}

/// The parameters of a request's query.
pub(crate) fn query(parts: &Parts) -> Result<Parameters, ParametersMalformed> {
    Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes())
}
