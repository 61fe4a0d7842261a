//! What a proxy is answered.

use axum::Json;
use axum::http::header::{LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_core::bearer::BearerRefused;
use doorward_core::error::ErrorCode;
use doorward_core::event::Reference;
use doorward_core::forward_auth::{Caller, Denied, identity};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::question::{Question, Reader, Style, Unclear};
use super::{SIGN_IN, address};
use crate::form::see_other;
use crate::pages::{self, Problem};
use crate::provider::App;
use crate::refusal::{Answer, Failed, Fault, Refusal};
use crate::texts::Texts;

/// The endpoint in events.
const ENDPOINT: &str = "forward_auth";

/// What leads to the reason, for proxies that show a page of their own.
const REFERENCE: HeaderName = HeaderName::from_static("doorward-reference");

/// How whoever has no token comes back with one ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
const CHALLENGE: &str = "Bearer realm=\"doorward\"";

/// A refusal, as a proxy passes it on.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) status: StatusCode,
    pub(crate) code: ErrorCode,
    reader: Reader,
    problem: Problem,
    /// Whether a token could change it.
    challenge: Challenge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    None,
    Token,
}

/// The request may pass, and this is what the application is told of whoever sent it.
pub(super) fn passes(caller: &Caller) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    for (name, value) in identity(caller) {
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}

/// Somebody may pass, and it is unknown who asks: a person is sent to sign in, everybody else is told to bring a token.
pub(super) fn invited(app: &App, question: &Question, reader: Reader) -> Response {
    let challenge = [(WWW_AUTHENTICATE, CHALLENGE)];
    let unauthorized = (StatusCode::UNAUTHORIZED, challenge).into_response();
    if reader == Reader::Program || !question.asked.method.is_visit() {
        return unauthorized;
    }
    let return_to = utf8_percent_encode(question.return_to.as_str(), NON_ALPHANUMERIC);
    let path = format!("{SIGN_IN}?return_to={return_to}");
    let sign_in = address(app, &question.site.host, &path);
    match question.style {
        Style::PassesOn => see_other(&sign_in),
        Style::ActsByStatus => ([(LOCATION, sign_in)], unauthorized).into_response(),
    }
}

/// The token that was brought does not work.
pub(super) fn bad_token(refused: &BearerRefused) -> Refusal {
    Refusal {
        endpoint: ENDPOINT,
        fault: Fault::Theirs,
        reason: refused.to_string(),
        client: None,
        answer: Answer::Gate(Gate {
            status: StatusCode::UNAUTHORIZED,
            code: refused.code().unwrap_or(ErrorCode::InvalidToken),
            reader: Reader::Program,
            problem: Problem::NotAdmitted,
            challenge: Challenge::Token,
        }),
    }
}

/// The rules do not let the request pass.
pub(super) fn refuse(
    question: &Question,
    reader: Reader,
    caller: &Caller,
    denied: Denied,
) -> Refusal {
    let (who, code, challenge) = match caller {
        Caller::Nobody => (
            "nobody in particular".to_owned(),
            ErrorCode::AccessDenied,
            Challenge::None,
        ),
        Caller::Browser(person) => (
            person.id.to_string(),
            ErrorCode::AccessDenied,
            Challenge::None,
        ),
        Caller::Token(holder) => {
            let who = format!("a token of {}", holder.subject);
            (who, ErrorCode::InsufficientScope, Challenge::Token)
        }
    };
    let (asked, host) = (&question.asked, &question.site.host);
    let reason = format!(
        "{} {host}{} by {who} from {}: {denied}",
        asked.method,
        asked.path.beginning(),
        asked.address
    );
    let client = match caller {
        Caller::Token(holder) => holder.client.as_ref().map(ToString::to_string),
        Caller::Nobody | Caller::Browser(_) => None,
    };
    Refusal {
        client,
        ..forbidden(reader, code, challenge, reason)
    }
}

/// What is asked cannot be understood or believed.
pub(super) fn unclear(reader: Reader, reason: &Unclear) -> Refusal {
    let code = ErrorCode::AccessDenied;
    forbidden(reader, code, Challenge::None, reason.to_string())
}

fn forbidden(reader: Reader, code: ErrorCode, challenge: Challenge, reason: String) -> Refusal {
    Refusal {
        endpoint: ENDPOINT,
        fault: Fault::Theirs,
        reason,
        client: None,
        answer: Answer::Gate(Gate {
            code,
            challenge,
            ..denied(reader)
        }),
    }
}

/// What whoever may not pass is told.
pub(super) const fn denied(reader: Reader) -> Gate {
    Gate {
        status: StatusCode::FORBIDDEN,
        code: ErrorCode::AccessDenied,
        reader,
        problem: Problem::NotAdmitted,
        challenge: Challenge::None,
    }
}

/// Whoever comes back to a site does not come in.
pub(super) fn not_let_in(problem: Problem, reason: &dyn ToString) -> Refusal {
    Refusal {
        endpoint: ENDPOINT,
        fault: Fault::Theirs,
        reason: reason.to_string(),
        client: None,
        answer: Answer::Gate(Gate {
            status: StatusCode::BAD_REQUEST,
            code: ErrorCode::InvalidRequest,
            reader: Reader::Person,
            problem,
            challenge: Challenge::None,
        }),
    }
}

/// Something of ours failed, and nothing passes meanwhile.
pub(super) fn failed(reader: Reader, Failed(reason): Failed) -> Refusal {
    Refusal {
        endpoint: ENDPOINT,
        fault: Fault::Ours,
        reason,
        client: None,
        answer: Answer::Gate(Gate {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: ErrorCode::TemporarilyUnavailable,
            reader,
            problem: Problem::TemporarilyUnavailable,
            challenge: Challenge::None,
        }),
    }
}

impl Gate {
    /// The answer, with the reference of the request.
    pub(crate) fn rendered(&self, reference: Reference, texts: &Texts) -> Response {
        let code = self.code.as_str();
        let description = format!("{} (reference {reference})", self.code.description());
        let mut response = match self.reader {
            Reader::Person => {
                let page = pages::Error {
                    problem: self.problem,
                    reference: reference.to_string(),
                    at: pages::ShownAt::Site,
                };
                (self.status, page.page(texts)).into_response()
            }
            Reader::Program => {
                let body = json!({ "error": code, "error_description": description });
                (self.status, Json(body)).into_response()
            }
        };
        let headers = response.headers_mut();
        if let Ok(reference) = HeaderValue::try_from(reference.to_string()) {
            headers.insert(REFERENCE, reference);
        }
        if self.challenge == Challenge::Token {
            let challenge =
                format!("{CHALLENGE}, error=\"{code}\", error_description=\"{description}\"");
            if let Ok(challenge) = HeaderValue::try_from(challenge) {
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
        }
        response
    }
}
