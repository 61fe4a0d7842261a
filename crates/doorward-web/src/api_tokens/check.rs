//! Whether a token that was shown works now, and what it opens.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::api_token::{ApiTokenRefused, FoundToken, PresentedApiToken, Use, Working};
use doorward_core::event::{Event, Reference};
use doorward_core::identifiers::ApiTokenId;
use doorward_directory::api_tokens::Memories;

use super::quota;
use crate::provider::{App, Provider};
use crate::refusal::BearerError;

/// How long ago this node may have seen the directory for what it remembers of tokens to count. It looks every second.
const IN_SIGHT: Duration = Duration::from_secs(3);

/// One showing of a token, as far as whoever checks it knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// Where whoever shows it is.
    pub(crate) address: Option<IpAddr>,
    /// The request that it is checked in.
    pub(crate) reference: Reference,
}

/// A token that works, and what it opens.
#[derive(Debug)]
pub(crate) struct WorkingApiToken {
    pub(crate) found: Arc<FoundToken>,
    pub(crate) working: Working,
}

/// Judges a token that was shown, and counts this as a use of it. What is refused is noted, with the reason.
pub(crate) async fn check(
    app: &App,
    presented: &PresentedApiToken,
    shown: Shown,
) -> Result<WorkingApiToken, BearerError> {
    let tokens = app.directory.api_tokens();
    let Some(found) = tokens.find(presented, app.memories()).await? else {
        note(app, None, shown, &ApiTokenRefused::Unknown);
        return Err(refused(ApiTokenRefused::Unknown));
    };
    let judged = judge(app, &found, shown).await;
    if let Err(BearerError::Refused(reason)) = &judged {
        note(app, Some(found.token.id), shown, reason);
    }
    judged.map(|working| WorkingApiToken { found, working })
}

async fn judge(app: &App, found: &FoundToken, shown: Shown) -> Result<Working, BearerError> {
    let working = found.check(Use {
        address: shown.address,
        servers: &app.directory.resource_servers().registry(),
        policy: &app.settings.api_tokens,
        now: app.now(),
    });
    let working = working.map_err(refused)?;
    quota::count(app, &found.token).await?;
    Ok(working)
}

pub(super) fn refused(reason: ApiTokenRefused) -> BearerError {
    BearerError::Refused(reason.into())
}

fn note(app: &App, token: Option<ApiTokenId>, shown: Shown, reason: &impl ToString) {
    let event = Event::ApiTokenRefused {
        token,
        reason: reason.to_string(),
        address: shown.address,
    };
    app.note(shown.reference, event);
}

impl Provider {
    /// Whether what this node remembers of API tokens counts.
    pub(super) fn memories(&self) -> Memories {
        if self.signing_keys.may_have_missed(IN_SIGHT, self.now()) {
            Memories::Stale
        } else {
            Memories::Fresh
        }
    }
}
