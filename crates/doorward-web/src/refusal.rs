//! Refusals and failures: what a handler returns when it cannot say yes.
//!
//! There is one error type per family of answers, each with two arms: *refused* (theirs) and
//! *failed* (ours). None of them builds its body: the middleware in [`crate::answer`] does, since only
//! it knows the request's reference and language, and it logs the reason once.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_core::access_token::AccessTokenFallen;
use doorward_core::authorization::ResponseTarget;
use doorward_core::authorization::pushed::PushRefused;
use doorward_core::bearer::BearerRefused;
use doorward_core::client_authentication::ClientRefused;
use doorward_core::client_keys::KeysUnavailable;
use doorward_core::confirmation::TokenType;
use doorward_core::dpop::DpopRefused;
use doorward_core::error::ErrorCode;
use doorward_core::identifiers::ClientId;
use doorward_core::jose::{JwtRefused, SigningFailed};
use doorward_core::registration::RegistrationRefused;
use doorward_directory::Failure;
use doorward_sessions::StoreError;

use crate::client_documents::Undescribed;
use crate::form::FormRefused;
use crate::forward_auth::Gate;
use crate::pages::Problem;

/// A refusal or failure on its way through the middleware, as an extension of the response.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) endpoint: &'static str,
    pub(crate) fault: Fault,
    pub(crate) reason: String,
    pub(crate) client: Option<String>,
    pub(crate) answer: Answer,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Theirs,
    Ours,
    /// Nobody's: it is told as an error, and is none.
    Nobodys,
}

/// What the other side is to be given.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A page for a person.
    Page {
        status: StatusCode,
        problem: Problem,
    },
    /// An error response at a place that the client registered.
    Client {
        target: ResponseTarget,
        code: ErrorCode,
    },
    /// The JSON of the token endpoint ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    Json { status: StatusCode, code: ErrorCode },
    /// The same with the exact reason, which is about what the other side sent itself
    /// ([RFC 7591 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2)).
    Explained { status: StatusCode, code: ErrorCode },
    /// A challenge to somebody whose token came as `scheme` ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3),
    /// [RFC 9449 section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
    Bearer {
        status: StatusCode,
        code: Option<ErrorCode>,
        scheme: TokenType,
    },
    /// Problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), and how to come back where a token is missing.
    Problem {
        status: StatusCode,
        detail: String,
        challenge: Option<String>,
    },
    /// What a proxy passes on.
    Gate(Gate),
}

impl Answer {
    /// The standard's code that it carries, if any.
    pub(crate) const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Page { .. } | Self::Problem { .. } => None,
            Self::Client { code, .. } | Self::Json { code, .. } | Self::Explained { code, .. } => {
                Some(*code)
            }
            Self::Bearer { code, .. } => *code,
            Self::Gate(gate) => Some(gate.code),
        }
    }
}

impl Refusal {
    /// The same, which came in the way of telling a client of `another`.
    pub(crate) fn instead_of(self, another: &Self) -> Self {
        let reason = format!(
            "{}; so the client is not told: {}",
            self.reason, another.reason
        );
        Self { reason, ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // What lies between here and the middleware goes by the status: the cookie layer saves nothing for one of 500.
        let placeholder = match self.fault {
            Fault::Theirs | Fault::Nobodys => StatusCode::BAD_REQUEST,
            Fault::Ours => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = placeholder.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Something of ours failed; the reason is for the log only.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<KeysUnavailable> for Failed {
    fn from(unavailable: KeysUnavailable) -> Self {
        Self(unavailable.to_string())
    }
}

impl From<SigningFailed> for Failed {
    fn from(error: SigningFailed) -> Self {
        Self(error.to_string())
    }
}

/// Lets `?` turn every failure of ours into the given error.
macro_rules! fails_from {
    ($error:ident: $($failure:ty),+) => {$(
        impl From<$failure> for $error {
            fn from(failure: $failure) -> Self {
                Self::Failed(Failed::from(failure))
            }
        }
    )+};
}

/// Answered with a page.
#[derive(Debug)]
pub(crate) enum PageError {
    Refused {
        endpoint: &'static str,
        status: StatusCode,
        problem: Problem,
        reason: String,
        client: Option<String>,
    },
    Failed(Failed),
}

fails_from!(PageError: Failure, StoreError, Failed);

impl PageError {
    /// A refusal of what cannot be understood or trusted.
    pub(crate) fn bad_request(
        endpoint: &'static str,
        problem: Problem,
        reason: impl ToString,
    ) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, endpoint, problem, reason)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "reasons come owned and borrowed"
    )]
    pub(crate) fn with_status(
        status: StatusCode,
        endpoint: &'static str,
        problem: Problem,
        reason: impl ToString,
    ) -> Self {
        Self::Refused {
            endpoint,
            status,
            problem,
            reason: reason.to_string(),
            client: None,
        }
    }

    /// Names the client that the request named.
    pub(crate) fn by(mut self, named: Option<&str>) -> Self {
        if let Self::Refused { client, .. } = &mut self {
            *client = named.map(|named| {
                named
                    .chars()
                    .filter(|char| !char.is_control())
                    .take(128)
                    .collect()
            });
        }
        self
    }
}

impl From<PageError> for Refusal {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Refused {
                endpoint,
                status,
                problem,
                reason,
                client,
            } => Self {
                endpoint,
                fault: Fault::Theirs,
                reason,
                client,
                answer: Answer::Page { status, problem },
            },
            PageError::Failed(Failed(reason)) => Self {
                endpoint: "page",
                fault: Fault::Ours,
                reason,
                client: None,
                answer: Answer::Page {
                    status: StatusCode::SERVICE_UNAVAILABLE,
                    problem: Problem::TemporarilyUnavailable,
                },
            },
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        Refusal::from(self).into_response()
    }
}

/// Answered at the client's own address, or with a page where there is none to trust.
#[derive(Debug)]
pub(crate) enum AuthorizationError {
    Return {
        to: ResponseTarget,
        code: ErrorCode,
        reason: String,
        client: ClientId,
    },
    Page(PageError),
}

impl<E: Into<PageError>> From<E> for AuthorizationError {
    fn from(error: E) -> Self {
        Self::Page(error.into())
    }
}

impl IntoResponse for AuthorizationError {
    fn into_response(self) -> Response {
        match self {
            Self::Return {
                to,
                code,
                reason,
                client,
            } => Refusal {
                endpoint: "authorization",
                fault: Fault::Theirs,
                reason,
                client: Some(client.to_string()),
                answer: Answer::Client { target: to, code },
            }
            .into_response(),
            Self::Page(error) => error.into_response(),
        }
    }
}

/// Answered with the JSON of the token endpoint, at all endpoints that clients call.
#[derive(Debug)]
pub(crate) enum TokenError {
    Refused {
        code: ErrorCode,
        reason: String,
        client: Option<ClientId>,
    },
    TooMany {
        reason: String,
        client: Option<ClientId>,
    },
    /// Asked too early, which happens all the time and is no refusal
    /// ([RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5)).
    Undecided(ErrorCode),
    Failed(Failed),
}

fails_from!(TokenError: Failure, StoreError, SigningFailed, Failed);

impl TokenError {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reasons come owned and borrowed"
    )]
    pub(crate) fn refused(code: ErrorCode, reason: impl ToString) -> Self {
        Self::Refused {
            code,
            reason: reason.to_string(),
            client: None,
        }
    }

    /// A refusal of what may be tried again later.
    pub(crate) fn too_many(reason: String) -> Self {
        let client = None;
        Self::TooMany { reason, client }
    }

    /// Names the client that asked.
    pub(crate) fn by(mut self, name: &ClientId) -> Self {
        if let Self::Refused { client, .. } | Self::TooMany { client, .. } = &mut self {
            *client = Some(name.clone());
        }
        self
    }

    /// The answer of `endpoint`.
    pub(crate) fn at(self, endpoint: &'static str) -> Refusal {
        let later = ErrorCode::TemporarilyUnavailable;
        let (fault, status, code, reason, client) = match self {
            Self::Refused {
                code,
                reason,
                client,
            } => {
                let status = match code {
                    ErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
                    ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::BAD_REQUEST,
                };
                (Fault::Theirs, status, code, reason, client)
            }
            Self::TooMany { reason, client } => {
                let status = StatusCode::TOO_MANY_REQUESTS;
                (Fault::Theirs, status, later, reason, client)
            }
            Self::Undecided(code) => {
                let status = StatusCode::BAD_REQUEST;
                (Fault::Nobodys, status, code, String::new(), None)
            }
            Self::Failed(Failed(reason)) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                (Fault::Ours, status, later, reason, None)
            }
        };
        Refusal {
            endpoint,
            fault,
            reason,
            client: client.map(String::from),
            answer: Answer::Json { status, code },
        }
    }
}

/// It may be proven later: the client's server, not the client, has failed.
impl From<KeysUnavailable> for TokenError {
    fn from(unavailable: KeysUnavailable) -> Self {
        Self::refused(ErrorCode::TemporarilyUnavailable, unavailable)
    }
}

impl From<KeysUnavailable> for PageError {
    fn from(unavailable: KeysUnavailable) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let problem = Problem::TemporarilyUnavailable;
        Self::with_status(status, "authorization", problem, unavailable)
    }
}

impl From<Undescribed> for TokenError {
    fn from(undescribed: Undescribed) -> Self {
        match undescribed {
            Undescribed::Silent(refused) => {
                Self::refused(ErrorCode::TemporarilyUnavailable, refused)
            }
            Undescribed::Document(refused) => Self::refused(ErrorCode::InvalidClient, refused),
            Undescribed::TooMany(reason) => Self::too_many(reason),
            Undescribed::Failed(failed) => Self::Failed(failed),
        }
    }
}

/// One page for all that is wrong with a document, so that nobody learns of it what a host answers us.
impl From<Undescribed> for PageError {
    fn from(undescribed: Undescribed) -> Self {
        let endpoint = "authorization";
        match undescribed {
            Undescribed::Document(refused) | Undescribed::Silent(refused) => {
                Self::bad_request(endpoint, Problem::UnknownApplication, refused)
            }
            Undescribed::TooMany(reason) => {
                let status = StatusCode::TOO_MANY_REQUESTS;
                Self::with_status(status, endpoint, Problem::TooManyRequests, reason)
            }
            Undescribed::Failed(failed) => Self::Failed(failed),
        }
    }
}

impl From<PushRefused> for TokenError {
    fn from(refused: PushRefused) -> Self {
        Self::refused(refused.code(), refused)
    }
}

impl From<ClientRefused> for TokenError {
    fn from(refused: ClientRefused) -> Self {
        Self::refused(refused.code(), refused)
    }
}

impl From<DpopRefused> for TokenError {
    fn from(refused: DpopRefused) -> Self {
        Self::refused(refused.code(), refused)
    }
}

/// Answered with a challenge.
#[derive(Debug)]
pub(crate) enum BearerError {
    Refused(BearerRefused),
    Failed(Failed),
}

fails_from!(BearerError: Failure, StoreError, SigningFailed, Failed);

/// Lets `?` turn every reason against an access token into the given error.
macro_rules! refused_from {
    ($error:ident: $($refused:ty),+) => {$(
        impl From<$refused> for $error {
            fn from(refused: $refused) -> Self {
                Self::Refused(refused.into())
            }
        }
    )+};
}

refused_from!(
    BearerError: BearerRefused,
    AccessTokenFallen,
    JwtRefused,
    DpopRefused,
    KeysUnavailable
);

impl BearerError {
    /// The answer to somebody whose token came as `scheme`.
    pub(crate) fn by(self, scheme: TokenType) -> Refusal {
        let (fault, status, code, reason) = match self {
            Self::Refused(refused) => {
                let status = bearer_status(&refused);
                (Fault::Theirs, status, refused.code(), refused.to_string())
            }
            Self::Failed(Failed(reason)) => (
                Fault::Ours,
                StatusCode::SERVICE_UNAVAILABLE,
                Some(ErrorCode::TemporarilyUnavailable),
                reason,
            ),
        };
        Refusal {
            endpoint: "userinfo",
            fault,
            reason,
            client: None,
            answer: Answer::Bearer {
                status,
                code,
                scheme,
            },
        }
    }
}

pub(crate) fn bearer_status(refused: &BearerRefused) -> StatusCode {
    match refused.code() {
        Some(ErrorCode::InvalidRequest) => StatusCode::BAD_REQUEST,
        Some(ErrorCode::InsufficientScope) => StatusCode::FORBIDDEN,
        Some(ErrorCode::TemporarilyUnavailable) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNAUTHORIZED,
    }
}

/// Answered with the JSON of the registration endpoint, or with a challenge.
#[derive(Debug)]
pub(crate) enum RegistrationError {
    /// What was sent cannot be registered.
    Refused(RegistrationRefused),
    /// What was sent cannot be read.
    Unreadable(FormRefused),
    /// Nobody may register.
    Closed,
    /// There is no token, or none that says that it is one.
    Bearer(BearerRefused),
    /// The token does not work.
    Token(String),
    TooMany(String),
    Failed(Failed),
}

fails_from!(RegistrationError: Failure, Failed);

impl From<RegistrationRefused> for RegistrationError {
    fn from(refused: RegistrationRefused) -> Self {
        Self::Refused(refused)
    }
}

impl From<BearerRefused> for RegistrationError {
    fn from(refused: BearerRefused) -> Self {
        Self::Bearer(refused)
    }
}

impl From<FormRefused> for RegistrationError {
    fn from(refused: FormRefused) -> Self {
        Self::Unreadable(refused)
    }
}

impl RegistrationError {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reasons come owned and borrowed"
    )]
    pub(crate) fn token(which: impl ToString) -> Self {
        Self::Token(format!(
            "{}: it is unknown or works no more",
            which.to_string()
        ))
    }

    fn answer(&self) -> Answer {
        let json = |status, code| Answer::Json { status, code };
        match self {
            Self::Refused(refused) => Answer::Explained {
                status: StatusCode::BAD_REQUEST,
                code: refused.code(),
            },
            Self::Unreadable(_) => Answer::Explained {
                status: StatusCode::BAD_REQUEST,
                code: ErrorCode::InvalidClientMetadata,
            },
            Self::Closed => json(StatusCode::FORBIDDEN, ErrorCode::AccessDenied),
            Self::Bearer(refused) => Answer::Bearer {
                status: bearer_status(refused),
                code: refused.code(),
                scheme: TokenType::Bearer,
            },
            Self::Token(_) => Answer::Bearer {
                status: StatusCode::UNAUTHORIZED,
                code: Some(ErrorCode::InvalidToken),
                scheme: TokenType::Bearer,
            },
            Self::TooMany(_) => json(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::TemporarilyUnavailable,
            ),
            Self::Failed(_) => json(
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::TemporarilyUnavailable,
            ),
        }
    }
}

impl IntoResponse for RegistrationError {
    fn into_response(self) -> Response {
        let answer = self.answer();
        let (fault, reason) = match self {
            Self::Refused(refused) => (Fault::Theirs, refused.to_string()),
            Self::Unreadable(refused) => (Fault::Theirs, refused.to_string()),
            Self::Closed => (Fault::Theirs, "registration is closed".to_owned()),
            Self::Bearer(refused) => (Fault::Theirs, refused.to_string()),
            Self::Token(reason) | Self::TooMany(reason) => (Fault::Theirs, reason),
            Self::Failed(Failed(reason)) => (Fault::Ours, reason),
        };
        Refusal {
            endpoint: "registration",
            fault,
            reason,
            client: None,
            answer,
        }
        .into_response()
    }
}
