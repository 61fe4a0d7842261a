//! Forms that work once, however often a browser sends them.

use std::time::Duration;

use doorward_core::identifiers::ApiTokenId;
use doorward_core::secret::{Secret, SecretKind};
use doorward_sessions::Inserted;

use super::visit::{Visit, refuse};
use crate::pages::{ONCE_FIELD, Problem};
use crate::provider::App;
use crate::refusal::{Failed, PageError};

/// The kind of entry that forms are in the session store.
const KIND: &str = "api-token-form";

/// How long a form that was sent is remembered: longer than it is taken, since the sign-in behind it grows old before.
const REMEMBERED: Duration = Duration::from_hours(1);

/// What makes a form work once.
pub(super) fn form(app: &App) -> String {
    let name = Secret::generate(SecretKind::Interaction, &*app.random);
    name.reveal().to_owned()
}

/// What a form comes to that was sent.
pub(super) enum Sent {
    /// It was never sent before.
    First,
    /// It was, and it was about this token.
    Again(ApiTokenId),
}

/// Remembers that the visit's form was sent, and what it is about.
pub(super) async fn sent(visit: &Visit, about: ApiTokenId) -> Result<Sent, PageError> {
    let form = visit.parameters.one(ONCE_FIELD).unwrap_or_default();
    let form = Secret::parse(SecretKind::Interaction, form);
    let form = form.ok_or_else(|| refuse(Problem::FormOutdated, &"it is no form of ours"))?;
    let (sessions, form) = (&visit.app.sessions, form.reveal());
    match sessions.insert(KIND, form, &about, REMEMBERED).await? {
        Inserted::New => Ok(Sent::First),
        Inserted::AlreadyThere => {
            let first: Option<ApiTokenId> = sessions.get(KIND, form).await?;
            let first = first.ok_or_else(|| Failed("a form was sent and forgotten".to_owned()))?;
            Ok(Sent::Again(first))
        }
    }
}
