//! `/auth/check`.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use doorward_core::event::Reference;
use doorward_core::forward_auth::{Decision, decide};

use super::answer::{invited, passes, refuse, unclear};
use super::caller::{Identified, identify};
use super::question::{Question, Reader};
use crate::provider::App;
use crate::refusal::Refusal;

/// Answers whether a request may pass.
pub(super) async fn check(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let reader = Reader::of(&parts.headers);
    let question = Question::read(&app, reference, &parts);
    let question = question.map_err(|reason| unclear(reader, &reason))?;
    let identified = identify(&app, &question, &parts.headers).await;
    let Identified { caller, refused } =
        identified.map_err(|failed| super::answer::failed(reader, failed))?;
    match (decide(&question.site, &question.asked, &caller), refused) {
        (Decision::Allowed(_), _) => Ok(passes(&caller)),
        (Decision::Unknown, None) => Ok(invited(&app, &question, reader)),
        (Decision::Unknown, Some(refused)) => Err(super::answer::bad_token(&refused)),
        (Decision::Denied(denied), _) => Err(refuse(&question, reader, &caller, denied)),
    }
}
