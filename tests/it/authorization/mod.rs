//! The authorization endpoint and the pages behind it, one file for each rule.

mod claims;
mod consent;
mod errors;
mod forms;
mod id_token_hint;
mod interaction;
mod limits;
mod max_age;
mod parameters;
mod pkce;
mod prompt;
mod redirect_uri;
mod response_mode;
mod session;
mod sign_in;

use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::Destination;

/// The request was refused on a page of our own, for exactly this reason.
pub(crate) async fn assert_refused_here(
    provider: &TestProvider,
    destination: Destination,
    status: u16,
    reason: &str,
) -> Page {
    let page = destination.page();
    assert_eq!(page.status.as_u16(), status, "{page:?}");
    let refusal = provider.refusal(&page.reference()).await;
    assert_eq!(refusal.reason, reason);
    page
}

/// The client was told that its request is refused, and the events have exactly this reason.
pub(crate) async fn assert_refused_there(
    provider: &TestProvider,
    destination: Destination,
    error: &str,
    reason: &str,
) {
    let response = destination.response();
    assert_eq!(response.error(), error, "{response:?}");
    let refusal = provider.refusal(&response.reference()).await;
    assert_eq!(
        (refusal.error.as_str(), refusal.reason.as_str()),
        (error, reason)
    );
    let asked = response.request.as_ref();
    let client = asked.and_then(|request| request.get("client_id"));
    assert_eq!(refusal.client.as_deref(), client);
}
