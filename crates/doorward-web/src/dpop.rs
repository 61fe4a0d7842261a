//! Proofs of possession as requests bring them ([RFC 9449 section 4.1](https://www.rfc-editor.org/rfc/rfc9449#section-4.1)),
//! and the nonces that answers bring back ([section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use doorward_core::dpop::{DpopRefused, NoncePolicy, Occasion, Proof, ProofUse, prove};
use doorward_core::error::ErrorCode;
use doorward_sessions::{StoreError, Use};

use crate::provider::App;
use crate::refusal::Refusal;

/// The header that brings a proof.
const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The header that brings a nonce for the next proof.
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// A request to one of our endpoints.
#[derive(Clone, Copy)]
pub(crate) struct Requested<'a> {
    pub(crate) method: &'a Method,
    /// The address of the endpoint, as its route has it.
    pub(crate) path: &'static str,
    pub(crate) headers: &'a HeaderMap,
    /// The access token that it brings, if any.
    pub(crate) access_token: Option<&'a str>,
}

/// The proof that a request brings, if any: right in everything, but perhaps used before. It is spent when all else is
/// decided, so that nobody makes the store grow who has neither credentials nor a code or token.
pub(crate) fn brought(app: &App, requested: Requested<'_>) -> Result<Option<Proof>, DpopRefused> {
    let mut values = requested.headers.get_all(DPOP).iter();
    let text = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        // What is no text is no token either.
        (Some(value), None) => value.to_str().unwrap_or_default(),
        (Some(_), Some(_)) => return Err(DpopRefused::Repeated),
    };
    let alias = app.settings.mutual_tls.alias(requested.path);
    let on = Occasion {
        method: requested.method.as_str(),
        address: &format!("{}{}", app.issuer, requested.path),
        alias: alias.as_deref(),
        access_token: requested.access_token,
        now: app.now(),
    };
    prove(text, on, &app.nonces, app.settings.dpop_nonce).map(Some)
}

/// Takes the one use of a proof, on all nodes. While the store cannot say that it is the first, there is none.
pub(crate) async fn spend<E>(app: &App, single_use: Option<&ProofUse>) -> Result<(), E>
where
    E: From<DpopRefused> + From<StoreError>,
{
    let Some(single_use) = single_use else {
        return Ok(());
    };
    match app.replays.spend_proof(single_use).await? {
        Use::First => Ok(()),
        Use::Replayed => Err(DpopRefused::Replayed.into()),
    }
}

/// The middleware that gives clients the nonce for their next proof: where the operator demands one, with every answer to a
/// proof, so that they are sent back at most once; and whenever a proof had none that is good.
pub(crate) async fn supply_nonce(State(app): State<App>, request: Request, next: Next) -> Response {
    let proves = request.headers().contains_key(DPOP);
    let mut response = next.run(request).await;
    let demanded = app.settings.dpop_nonce == NoncePolicy::Required;
    if (proves && demanded) || lacks_nonce(&response) {
        let nonce = HeaderValue::try_from(app.nonces.issue(app.now()));
        response
            .headers_mut()
            .extend(nonce.ok().map(|nonce| (DPOP_NONCE, nonce)));
    }
    response
}

fn lacks_nonce(response: &Response) -> bool {
    let refusal = response.extensions().get::<Arc<Refusal>>();
    refusal.and_then(|refusal| refusal.answer.code()) == Some(ErrorCode::UseDpopNonce)
}
