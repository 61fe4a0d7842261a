//! The steps of somebody on the way to a site.

use axum::response::{IntoResponse, Response};
use doorward_core::forward_auth::Visit;

use super::Step;
use crate::forward_auth::let_in;
use crate::interaction::finish;
use crate::refusal::PageError;

impl Step<'_> {
    /// Sends whoever is signed in on, and asks everybody else to sign in.
    pub(super) async fn go_on_to(self, visit: Visit) -> Result<Response, PageError> {
        let Some(here) = &self.here else {
            return Ok(self.sign_in_page(None, None));
        };
        let on = let_in(self.app, self.reference, &here.present, visit).await?;
        let cleared = finish(self.app, Some(self.waiting)).await?;
        Ok((cleared, on).into_response())
    }
}
