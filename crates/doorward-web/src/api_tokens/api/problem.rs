//! Errors as programs read them ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).

use axum::Json;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_core::event::Reference;
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problem details.
pub(super) const PROBLEM: &str = "application/problem+json";

/// Why a call was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDetails {
    /// Always `about:blank`: the status says which problem it is.
    #[serde(rename = "type")]
    problem_type: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong, and what to do.
    detail: String,
    /// Leads an operator to the exact reason: `doorward explain REFERENCE`.
    reference: String,
}

impl ProblemDetails {
    pub(crate) fn new(status: StatusCode, detail: &str, reference: Reference) -> Self {
        Self {
            problem_type: "about:blank",
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: detail.to_owned(),
            reference: reference.to_string(),
        }
    }

    /// The answer, with how to come back where a token is missing.
    pub(crate) fn answer(self, challenge: Option<&str>) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, [(CONTENT_TYPE, PROBLEM)], Json(self)).into_response();
        let challenge = challenge.and_then(|challenge| HeaderValue::from_str(challenge).ok());
        if let Some(challenge) = challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
