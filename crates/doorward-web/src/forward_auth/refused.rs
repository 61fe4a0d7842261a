//! `/auth/refused`: the page of a refusal, for proxies that act by the status of an answer and show none of it.

use axum::extract::Request;
use axum::response::Response;

use super::answer::denied;
use super::question::Reader;
use crate::answer::language;
use crate::form;
use crate::pages::Problem;
use crate::refusal::PageError;

/// Shows why somebody may not pass, by the reference that the answer had.
pub(super) async fn refused(request: Request) -> Result<Response, PageError> {
    let (parts, _) = request.into_parts();
    let malformed = "the address names no reference";
    let parameters = form::query(&parts).unwrap_or_default();
    let reference = parameters.one("reference").unwrap_or_default();
    let reference = reference
        .parse()
        .map_err(|_| PageError::bad_request("forward_auth", Problem::InvalidLink, malformed))?;
    let texts = language(&parts.uri, &parts.headers);
    Ok(denied(Reader::of(&parts.headers)).rendered(reference, texts))
}
