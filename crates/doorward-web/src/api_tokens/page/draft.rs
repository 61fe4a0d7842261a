//! What somebody typed who has to sign in once more before it counts.

use std::time::Duration;

use doorward_sessions::Inserted;

use super::visit::Visit;
use crate::pages::TypedToken;
use crate::refusal::PageError;

/// The kind of entry that drafts are in the session store.
const KIND: &str = "api-token-draft";

/// As long as a sign-in may take.
const PATIENCE: Duration = crate::interaction::PATIENCE;

/// Keeps what was typed for this session, in place of what it typed before.
pub(super) async fn keep(visit: &Visit, typed: &TypedToken) -> Result<(), PageError> {
    let session = visit.here.present.session.id.to_string();
    let sessions = &visit.app.sessions;
    sessions.remove(KIND, &session).await?;
    match sessions.insert(KIND, &session, typed, PATIENCE).await? {
        // Another tab was faster, and its draft is as good.
        Inserted::New | Inserted::AlreadyThere => Ok(()),
    }
}

/// What was typed in this session, once.
pub(super) async fn take(visit: &Visit) -> Result<Option<TypedToken>, PageError> {
    let session = visit.here.present.session.id.to_string();
    let sessions = &visit.app.sessions;
    let typed = sessions.get(KIND, &session).await?;
    if typed.is_some() {
        sessions.remove(KIND, &session).await?;
    }
    Ok(typed)
}
