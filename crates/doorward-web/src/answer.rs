//! What every request gets: a reference, a span, and its refusal rendered and logged once.

use std::sync::Arc;

use axum::Json;
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Response};
use doorward_core::confirmation::TokenType;
use doorward_core::dpop::ALGORITHMS;
use doorward_core::error::ErrorCode;
use doorward_core::event::{Event, Reference};
use doorward_core::jose::{Algorithm, Encrypter};
use doorward_core::parameters::Parameters;
use serde_json::json;
use tracing::Instrument;

use crate::api_tokens::ProblemDetails;
use crate::authorization::{respond, response_encrypter};
use crate::device_authorization::DEVICE_AUTHORIZATION;
use crate::introspection::INTROSPECT;
use crate::pages::{Error, Problem, ShownAt};
use crate::provider::App;
use crate::pushed_authorization::PAR;
use crate::refusal::{Answer, Failed, Fault, PageError, Refusal};
use crate::revocation::REVOKE;
use crate::texts::Texts;
use crate::token::TOKEN;

/// The header with the reference of an answer that says nothing of its reason, so that an operator can be asked for that.
pub(crate) const REFERENCE: HeaderName = HeaderName::from_static("doorward-reference");

/// The most of a reason that is written down, in characters: what is refused may be quoted in it.
const LONGEST_REASON: usize = 2_000;

/// Seconds after which a client that we could not answer may try again.
const RETRY_SECONDS: &str = "2";

/// The middleware: names the request, and gives refusals their body.
pub(crate) async fn answer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let reference = Reference::generate(&*app.random);
    request.extensions_mut().insert(reference);
    let (uri, headers) = (
        request.uri().clone(),
        request.headers().get(ACCEPT_LANGUAGE).cloned(),
    );
    let span = tracing::info_span!(
        "request",
        request.id = %reference,
        http.method = %request.method(),
        // The route, not the path: an interaction's path holds its name, which is a secret.
        http.route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str),
        client.id = tracing::field::Empty,
        user.id = tracing::field::Empty,
    );
    async move {
        let mut response = next.run(request).await;
        let refusal = response.extensions().get::<Arc<Refusal>>().cloned();
        if let Some(refusal) = refusal.or_else(|| unexplained(&response)) {
            // What inner layers added, such as who may read the answer, holds for a refusal as well.
            let added = std::mem::take(response.headers_mut());
            let texts = negotiate(&uri, headers.as_ref());
            response = render(&app, &refusal, reference, texts).await;
            response.headers_mut().extend(added);
        }
        if matches!(
            response.status(),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            let retry = HeaderValue::from_static(RETRY_SECONDS);
            response.headers_mut().entry(RETRY_AFTER).or_insert(retry);
        }
        response
    }
    .instrument(span)
    .await
}

/// The layer of the browser's session could not keep what a handler put there, and left an empty answer; what it
/// knows, it has logged itself.
fn unexplained(response: &Response) -> Option<Arc<Refusal>> {
    (response.status() == StatusCode::INTERNAL_SERVER_ERROR).then(|| {
        Arc::new(Refusal {
            endpoint: "page",
            fault: Fault::Ours,
            reason: "the browser's session was not kept; the line before says why".to_owned(),
            client: None,
            answer: Answer::Page {
                status: StatusCode::SERVICE_UNAVAILABLE,
                problem: Problem::TemporarilyUnavailable,
            },
        })
    })
}

/// The language of pages: what the request asks for, then what the browser reads.
pub(crate) fn language(uri: &Uri, headers: &HeaderMap) -> &'static Texts {
    negotiate(uri, headers.get(ACCEPT_LANGUAGE))
}

/// What the browser says that its user reads.
pub(crate) fn accepted_language(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
}

fn negotiate(uri: &Uri, accepted: Option<&HeaderValue>) -> &'static Texts {
    let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    Texts::negotiate(
        query.one("ui_locales"),
        accepted.and_then(|value| value.to_str().ok()),
    )
}

async fn render(
    app: &App,
    refusal: &Refusal,
    reference: Reference,
    texts: &'static Texts,
) -> Response {
    match encrypter(app, &refusal.answer).await {
        Ok(encrypter) => rendered(app, refusal, encrypter, reference, texts).await,
        // Nobody but the person is told then.
        Err(untold) => {
            let untold = Refusal::from(untold).instead_of(refusal);
            rendered(app, &untold, None, reference, texts).await
        }
    }
}

/// What encrypts an answer for the client that it goes to, if anything has to.
async fn encrypter(app: &App, answer: &Answer) -> Result<Option<Encrypter>, PageError> {
    match answer {
        Answer::Client { target, .. } => response_encrypter(app, target).await,
        _ => Ok(None),
    }
}

async fn rendered(
    app: &App,
    refusal: &Refusal,
    encrypter: Option<Encrypter>,
    reference: Reference,
    texts: &'static Texts,
) -> Response {
    record(app, refusal, reference);
    let mut response = match &refusal.answer {
        Answer::Page { status, problem } => page(*status, *problem, reference, texts),
        Answer::Client { target, code } => {
            let error = target.error(&app.issuer, *code, &described(*code, reference));
            let responded = respond(app, error, encrypter, texts).await;
            responded.unwrap_or_else(|failed| unsigned(&failed, reference, texts))
        }
        Answer::Json { status, code } if refusal.fault == Fault::Nobodys => {
            let body = json!({ "error": code.as_str(), "error_description": code.description() });
            (*status, Json(body)).into_response()
        }
        Answer::Json { status, code } => (*status, Json(error(*code, reference))).into_response(),
        Answer::Explained { status, code } => {
            let reason = permitted(&refusal.reason);
            let description = format!("{reason} (reference {reference})");
            let body = json!({ "error": code.as_str(), "error_description": description });
            (*status, Json(body)).into_response()
        }
        Answer::Bearer {
            status,
            code,
            scheme,
        } => challenge(*status, *code, *scheme, reference),
        Answer::Problem {
            status,
            detail,
            challenge,
        } => ProblemDetails::new(*status, detail, reference).answer(challenge.as_deref()),
        Answer::Gate(gate) => gate.rendered(reference, texts),
    };
    if matches!(
        refusal.answer,
        Answer::Json {
            status: StatusCode::UNAUTHORIZED,
            ..
        }
    ) {
        response.headers_mut().insert(
            WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"doorward\""),
        );
    }
    response
}

fn page(
    status: StatusCode,
    problem: Problem,
    reference: Reference,
    texts: &'static Texts,
) -> Response {
    let page = Error {
        problem,
        reference: reference.to_string(),
        at: ShownAt::Issuer,
    };
    (status, page.page(texts)).into_response()
}

/// The client wants its errors signed, and that failed: nobody but the person is told.
fn unsigned(failed: &Failed, reference: Reference, texts: &'static Texts) -> Response {
    tracing::error!(
        reason = failed.0,
        "an authorization response is not signed, or not encrypted"
    );
    let status = StatusCode::SERVICE_UNAVAILABLE;
    page(status, Problem::TemporarilyUnavailable, reference, texts)
}

/// The one place where a refusal is written down.
fn record(app: &App, refusal: &Refusal, reference: Reference) {
    let Refusal {
        endpoint,
        reason,
        client,
        ..
    } = refusal;
    let error = match &refusal.answer {
        Answer::Page { problem, .. } => format!("{problem:?}"),
        Answer::Client { code, .. }
        | Answer::Json { code, .. }
        | Answer::Explained { code, .. }
        | Answer::Bearer {
            code: Some(code), ..
        } => code.as_str().to_owned(),
        Answer::Bearer { code: None, .. } => "unauthorized".to_owned(),
        Answer::Problem { status, .. } => status.to_string(),
        Answer::Gate(gate) => gate.code.as_str().to_owned(),
    };
    let endpoint = (*endpoint).to_owned();
    match refusal.fault {
        Fault::Theirs => {
            app.note(
                reference,
                Event::Refused {
                    endpoint,
                    error,
                    reason: reason.chars().take(LONGEST_REASON).collect(),
                    client: client.clone(),
                },
            );
        }
        Fault::Nobodys => {}
        Fault::Ours => {
            tracing::error!(endpoint, reason, "failed");
            app.note(
                reference,
                Event::Failed {
                    endpoint,
                    reason: reason.clone(),
                },
            );
        }
    }
}

/// A reason in the characters that `error_description` may have
/// ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
fn permitted(reason: &str) -> String {
    let unfit = |c: char| !matches!(c, ' '..='~') || matches!(c, '"' | '\\');
    reason
        .chars()
        .take(512)
        .map(|c| if unfit(c) { '\'' } else { c })
        .collect()
}

/// The sentence for the client's developer, with the reference that leads an operator to the reason.
fn described(code: ErrorCode, reference: Reference) -> String {
    format!("{} (reference {reference})", code.description())
}

fn error(code: ErrorCode, reference: Reference) -> serde_json::Value {
    json!({ "error": code.as_str(), "error_description": described(code, reference) })
}

/// The challenges of an endpoint that takes access tokens: the scheme that was used is told the error, and whoever did not
/// use a key learns how to. A request without any token learns only how to come back: RFC 6750 wants no error code there.
fn challenge(
    status: StatusCode,
    code: Option<ErrorCode>,
    scheme: TokenType,
    reference: Reference,
) -> Response {
    let error_of = |code: ErrorCode| {
        let (name, description) = (code.as_str(), described(code, reference));
        format!(", error=\"{name}\", error_description=\"{description}\"")
    };
    let used = realm(scheme) + &code.map(error_of).unwrap_or_default();
    let other = scheme == TokenType::Bearer && status == StatusCode::UNAUTHORIZED;
    let challenges = [Some(used), other.then(|| realm(TokenType::Dpop))];
    let challenges = challenges.into_iter().flatten();
    let headers = AppendHeaders(challenges.map(|challenge| (WWW_AUTHENTICATE, challenge)));
    match code {
        Some(code) => (status, headers, Json(error(code, reference))).into_response(),
        None => (status, headers).into_response(),
    }
}

/// How to come back with a token of this type
/// ([RFC 9449 section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
fn realm(scheme: TokenType) -> String {
    let name = scheme.as_str();
    match scheme {
        TokenType::Bearer => format!("{name} realm=\"doorward\""),
        TokenType::Dpop => {
            let algorithms = ALGORITHMS.map(Algorithm::names).concat().join(" ");
            format!("{name} realm=\"doorward\", algs=\"{algorithms}\"")
        }
    }
}

/// A route that does not know the request's method. At the endpoints that clients call the answer is JSON, elsewhere a page.
pub(crate) async fn method_not_allowed(OriginalUri(uri): OriginalUri, method: Method) -> Response {
    let reason = format!("{method} is not a method of {}", place(&uri));
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let for_clients = match uri.path() {
        TOKEN => Some("token"),
        PAR => Some("par"),
        INTROSPECT => Some("introspection"),
        REVOKE => Some("revocation"),
        DEVICE_AUTHORIZATION => Some("device_authorization"),
        _ => None,
    };
    if let Some(endpoint) = for_clients {
        let answer = Answer::Json {
            status,
            code: ErrorCode::InvalidRequest,
        };
        let (fault, client) = (Fault::Theirs, None);
        return Refusal {
            endpoint,
            fault,
            reason,
            client,
            answer,
        }
        .into_response();
    }
    PageError::with_status(status, "none", Problem::InvalidLink, reason).into_response()
}

/// A path for the log: without what follows a second slash, which may be the name of an interaction, a secret.
fn place(uri: &Uri) -> String {
    let mut parts = uri.path().splitn(3, '/');
    let (_, first, more) = (parts.next(), parts.next().unwrap_or_default(), parts.next());
    let first: String = first.chars().take(64).collect();
    format!("/{first}{}", if more.is_some() { "/…" } else { "" })
}

/// What no route knows.
pub(crate) async fn not_found(OriginalUri(uri): OriginalUri) -> PageError {
    let reason = format!("there is nothing at {}", place(&uri));
    PageError::with_status(StatusCode::NOT_FOUND, "none", Problem::NotFound, reason)
}
