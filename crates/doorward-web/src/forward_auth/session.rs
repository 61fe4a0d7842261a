//! A browser's session at a site: the name of its session at the provider, which is looked up each time and ends both.

use std::sync::Arc;

use axum::http::HeaderMap;
use doorward_core::forward_auth::{Caller, SiteHost};
use doorward_core::identifiers::SessionId;
use doorward_core::secret::{Secret, SecretHash, SecretKind};
use serde::{Deserialize, Serialize};

use crate::browser::{SetCookie, insert, live_session, site};
use crate::provider::App;
use crate::refusal::Failed;

/// The kind of entry that they are in the session store.
const KIND: &str = "site-session";

/// What the cookie of a site leads to.
#[derive(Serialize, Deserialize)]
struct SiteSession {
    host: SiteHost,
    session: SessionId,
}

/// Begins a session at a site; what it returns sets the cookie.
pub(super) async fn begin(
    app: &App,
    host: SiteHost,
    session: SessionId,
) -> Result<SetCookie, Failed> {
    let secret = Secret::generate(SecretKind::SiteSession, &*app.random);
    let begun = SiteSession { host, session };
    let lasts = app.settings.session.absolute;
    insert(app, KIND, secret.reveal(), &begun, lasts).await?;
    Ok(site::session(app, &secret))
}

/// The person who is signed in at a site, in a session that still lives.
pub(super) async fn person(
    app: &App,
    host: &SiteHost,
    headers: &HeaderMap,
) -> Result<Option<Arc<Caller>>, Failed> {
    let Some(secret) = site::held_session(app, headers) else {
        return Ok(None);
    };
    let key = SecretHash::of(&format!("{host} {}", secret.reveal()));
    let now = app.now();
    if let Some(known) = app.site_visitors.get(key, now) {
        return Ok(Some(known));
    }
    let Some(begun) = app.sessions.get(KIND, secret.reveal()).await? else {
        return Ok(None);
    };
    let SiteSession {
        host: of_site,
        session,
    } = begun;
    if of_site != *host {
        return Ok(None);
    }
    let Some((session, person)) = live_session(app, session).await? else {
        return Ok(None);
    };
    let ends = session.expires_at(app.settings.session);
    let person = Arc::new(Caller::Browser(person));
    app.site_visitors
        .remember(key, Arc::clone(&person), now, ends);
    Ok(Some(person))
}
