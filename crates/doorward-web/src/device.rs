//! `/device`, where people enter the code that a device shows
//! ([RFC 8628 section 3.3](https://www.rfc-editor.org/rfc/rfc8628#section-3.3)).
//!
//! All pages from there on are those of an interaction, whose steps [`crate::sign_in`] takes.

mod answer;
mod entry;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use doorward_core::authorization::Purpose;

use crate::form;
use crate::interaction;
use crate::pages::Problem;
use crate::provider::App;
use crate::refusal::PageError;

pub(crate) use answer::DeviceCourse;
pub(crate) use entry::enter;

/// The address of the page: short, since people type it.
pub(crate) const DEVICE: &str = "/device";

/// The longest code that a link may bring.
const LONGEST: usize = 64;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(DEVICE, get(device))
}

/// Begins at the field for the code. A code that the link brings
/// ([RFC 8628 section 3.3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.3.1)) stands in it already, and is entered by
/// the person all the same.
async fn device(State(app): State<App>, request: Request) -> Result<Response, PageError> {
    let (parts, _) = request.into_parts();
    let parameters = form::query(&parts)
        .map_err(|refused| PageError::bad_request("device", Problem::InvalidLink, refused))?;
    let code = parameters.one("user_code").unwrap_or_default();
    let code = code.chars().take(LONGEST).collect();
    interaction::begin(&app, &parts, Purpose::DeviceCode(code)).await
}
