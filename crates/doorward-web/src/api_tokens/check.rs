//! Whether a token that was shown works now, and what it opens.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::api_token::usage::{Agent, Denial, LastUse};
use doorward_core::api_token::{ApiTokenRefused, FoundToken, PresentedApiToken, Use, Working};
use doorward_core::bearer::BearerRefused;
use doorward_core::event::{Event, Reference};
use doorward_core::identifiers::{ApiTokenId, ClientId};
use doorward_core::resource_server::Resource;
use doorward_directory::api_tokens::Memories;

use super::quota;
use super::uses::Kept;
use crate::provider::{App, Provider};
use crate::refusal::BearerError;

/// How long ago this node may have seen the directory for what it remembers of tokens to count. It looks every second.
const IN_SIGHT: Duration = Duration::from_secs(3);

/// One showing of a token, as far as whoever checks it knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// Where whoever shows it is.
    pub(crate) address: Option<IpAddr>,
    /// The program that shows it.
    pub(crate) agent: Option<Agent>,
    /// To whom it is shown.
    pub(crate) to: ShownTo<'a>,
    /// The request that it is checked in.
    pub(crate) reference: Reference,
}

/// To whom a token is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ShownTo<'a> {
    /// A resource server, as this client of its own says.
    Api(&'a ClientId),
    /// This resource server, as whoever checks it for that knows.
    Resource(&'a Resource),
    /// Somebody who is no resource server, or may be one of several.
    Somebody,
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
    shown: Shown<'_>,
) -> Result<WorkingApiToken, BearerError> {
    let tokens = app.directory.api_tokens();
    let Some(found) = tokens.find(presented, app.memories()).await? else {
        note(app, None, shown, &ApiTokenRefused::Unknown);
        return Err(refused(ApiTokenRefused::Unknown));
    };
    match judge(app, &found, shown).await {
        Ok((working, resource)) => {
            count(app, found.token.id, shown, resource);
            Ok(WorkingApiToken { found, working })
        }
        Err(error) => {
            if let BearerError::Refused(BearerRefused::ApiToken(reason)) = &error {
                note(app, Some(found.token.id), shown, reason);
            }
            Err(error)
        }
    }
}

/// What a token opens, and the resource server that it is shown to.
async fn judge(
    app: &App,
    found: &FoundToken,
    shown: Shown<'_>,
) -> Result<(Working, Option<Resource>), BearerError> {
    let working = found.check(Use {
        address: shown.address,
        servers: &app.directory.resource_servers().registry(),
        policy: &app.settings.api_tokens,
        now: app.now(),
    });
    let working = working.map_err(refused)?;
    let resource = shown_to(app, &working, shown.to).map_err(refused)?;
    quota::count(app, &found.token).await?;
    Ok((working, resource))
}

/// The resource server that a token is shown to, if that is known. One that the token is not for must not know that it works.
fn shown_to(
    app: &App,
    working: &Working,
    to: ShownTo<'_>,
) -> Result<Option<Resource>, ApiTokenRefused> {
    let servers = app.directory.resource_servers().registry();
    let is_meant = |resource: &&Resource| match to {
        ShownTo::Api(client) => {
            let server = servers.get(resource);
            server.is_some_and(|server| server.introspected_by.contains(client))
        }
        ShownTo::Resource(meant) => *resource == meant,
        ShownTo::Somebody => false,
    };
    match (working.resources.iter().find(is_meant), to) {
        (None, ShownTo::Api(_) | ShownTo::Resource(_)) => Err(ApiTokenRefused::ForOthers),
        (resource, _) => Ok(resource.cloned()),
    }
}

fn count(app: &App, id: ApiTokenId, shown: Shown<'_>, resource: Option<Resource>) {
    let used = LastUse {
        at: app.now(),
        address: shown.address,
        agent: shown.agent,
        resource,
    };
    app.metrics.api_token_used();
    if app.api_token_uses.used(id, used) == Kept::Overflown {
        app.metrics.api_token_use_overflown();
    }
}

pub(super) fn refused(reason: ApiTokenRefused) -> BearerError {
    BearerError::Refused(reason.into())
}

fn note(app: &App, token: Option<ApiTokenId>, shown: Shown<'_>, reason: &ApiTokenRefused) {
    app.metrics.api_token_refused(reason);
    if let Some((id, denial)) = token.zip(Denial::of(reason)) {
        let uses = &app.api_token_uses;
        if uses.denied(id, denial, shown.address, app.now()) == Kept::Overflown {
            app.metrics.api_token_use_overflown();
        }
    }
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
