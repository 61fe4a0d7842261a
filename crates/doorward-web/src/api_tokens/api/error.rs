//! Why a call is refused, and with which status.

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_core::api_token::{IssueRefused, ResumptionRefused, RotationRefused, StateRefused};
use doorward_core::bearer::BearerRefused;
use doorward_core::error::ErrorCode;
use doorward_core::identifiers::ApiTokenId;
use doorward_directory::Failure;
use doorward_sessions::StoreError;

use crate::form::FormRefused;
use crate::refusal::{Answer, BearerError, Failed, Fault, Refusal, bearer_status};

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error(transparent)]
    Bearer(BearerRefused),
    #[error("the API token has not the scope {0}, or not any more")]
    Scope(&'static str),
    #[error(transparent)]
    Body(#[from] FormRefused),
    /// What was sent has not the form that the document says.
    #[error("{0}")]
    Unreadable(String),
    #[error("there is no such token of yours")]
    Absent,
    #[error(transparent)]
    Issue(#[from] IssueRefused),
    #[error(transparent)]
    Rotation(#[from] RotationRefused),
    #[error(transparent)]
    Resumption(#[from] ResumptionRefused),
    #[error(transparent)]
    State(#[from] StateRefused),
    #[error("somebody changed the token at the same time; look at it, and try again")]
    Changed,
    /// The same key names one attempt alone.
    #[error(
        "a token was made with this Idempotency-Key already: {0}. It was shown then; rotate it if its answer was lost"
    )]
    Repeated(ApiTokenId),
    #[error("too many tokens were made or rotated within an hour")]
    TooMany,
    #[error("{0} is not a method of this")]
    Method(Method),
    #[error("{}", .0.0)]
    Failed(Failed),
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.into())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Failed> for ApiError {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl From<BearerRefused> for ApiError {
    fn from(refused: BearerRefused) -> Self {
        Self::Bearer(refused)
    }
}

impl From<BearerError> for ApiError {
    fn from(error: BearerError) -> Self {
        match error {
            BearerError::Refused(refused) => Self::Bearer(refused),
            BearerError::Failed(failed) => Self::Failed(failed),
        }
    }
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Bearer(refused) => bearer_status(refused),
            Self::Scope(_) => StatusCode::FORBIDDEN,
            Self::Body(FormRefused::NoJson) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Body(_) | Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Absent => StatusCode::NOT_FOUND,
            Self::Issue(refused) => of_issue(refused),
            Self::Rotation(refused) => of_rotation(refused),
            Self::Resumption(refused) => of_resumption(refused),
            Self::State(_) | Self::Changed | Self::Repeated(_) => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What the caller reads. Why a token does not work, whoever shows it does not learn.
    fn detail(&self) -> String {
        match self {
            Self::Bearer(refused) => match refused.code() {
                Some(code) => code.description().to_owned(),
                None => "Show an API token: Authorization: Bearer dw_pat_….".to_owned(),
            },
            Self::Failed(_) => ErrorCode::TemporarilyUnavailable.description().to_owned(),
            theirs => theirs.to_string(),
        }
    }

    /// How to come back with a token that works ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
    fn challenge(&self) -> Option<String> {
        let challenge = |more: &str| Some(format!("Bearer realm=\"doorward\"{more}"));
        match self {
            Self::Bearer(refused) => match refused.code() {
                None => challenge(""),
                Some(code) => challenge(&format!(", error=\"{}\"", code.as_str())),
            },
            Self::Scope(scope) => {
                let code = ErrorCode::InsufficientScope.as_str();
                challenge(&format!(", error=\"{code}\", scope=\"{scope}\""))
            }
            _ => None,
        }
    }
}

const fn of_issue(refused: &IssueRefused) -> StatusCode {
    match refused {
        IssueRefused::BeyondItself(_) | IssueRefused::Owner => StatusCode::FORBIDDEN,
        IssueRefused::TooMany(_) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

const fn of_rotation(refused: &RotationRefused) -> StatusCode {
    match refused {
        RotationRefused::Stopped | RotationRefused::Restored | RotationRefused::Expired => {
            StatusCode::CONFLICT
        }
        RotationRefused::Overlap(_) => StatusCode::UNPROCESSABLE_ENTITY,
        RotationRefused::Issue(refused) => of_issue(refused),
    }
}

const fn of_resumption(refused: &ResumptionRefused) -> StatusCode {
    match refused {
        ResumptionRefused::State(_) => StatusCode::CONFLICT,
        ResumptionRefused::ByOthers(_) => StatusCode::FORBIDDEN,
        ResumptionRefused::Beyond(refused) => of_issue(refused),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let fault = match self {
            Self::Failed(_) => Fault::Ours,
            _ => Fault::Theirs,
        };
        Refusal {
            endpoint: "api_tokens",
            fault,
            reason: self.to_string(),
            client: None,
            answer: Answer::Problem {
                status: self.status(),
                detail: self.detail(),
                challenge: self.challenge(),
            },
        }
        .into_response()
    }
}

/// A route that does not know the request's method.
pub(super) async fn method_not_allowed(method: Method) -> ApiError {
    ApiError::Method(method)
}
