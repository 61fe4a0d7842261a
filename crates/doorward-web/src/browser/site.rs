//! The cookies of sites, which browsers bring there alone: the session, and what binds the way to it to the browser that goes it.

use axum::http::HeaderMap;
use doorward_core::forward_auth::Challenge;
use doorward_core::secret::{Secret, SecretKind};

use super::{SetCookie, cookie_name, found};
use crate::interaction::PATIENCE;
use crate::provider::App;

/// The session at a site that a request's cookies name.
pub(crate) fn held_session(app: &App, headers: &HeaderMap) -> Option<Secret> {
    let name = cookie_name(app, "site");
    Secret::parse(SecretKind::SiteSession, found(headers, &name)?)
}

/// The cookie of a session at a site. It lasts as long as the browser runs.
pub(crate) fn session(app: &App, secret: &Secret) -> SetCookie {
    SetCookie::new(app, &cookie_name(app, "site"), secret.reveal(), None)
}

/// Somebody sets out from a site to sign in, and comes back.
pub(crate) struct Way {
    app: App,
    name: String,
    secret: Secret,
}

impl Way {
    /// A new one, of this browser alone.
    pub(crate) fn new(app: &App) -> Self {
        let secret = Secret::generate(SecretKind::BrowserBinding, &*app.random);
        Self {
            name: name(app, &Challenge::of(&secret)),
            app: app.clone(),
            secret,
        }
    }

    /// The one that a request's cookies hold.
    pub(crate) fn held(app: &App, headers: &HeaderMap, challenge: &Challenge) -> Option<Self> {
        let name = name(app, challenge);
        let secret = Secret::parse(SecretKind::BrowserBinding, found(headers, &name)?)?;
        let app = app.clone();
        Some(Self { app, name, secret })
    }

    /// What only this browser has.
    pub(crate) const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What others know of it.
    pub(crate) fn challenge(&self) -> Challenge {
        Challenge::of(&self.secret)
    }

    /// A response part that sets the cookie.
    pub(crate) fn set(&self) -> SetCookie {
        let value = self.secret.reveal();
        SetCookie::new(&self.app, &self.name, value, Some(PATIENCE.as_secs()))
    }

    /// A response part that removes the cookie.
    pub(crate) fn clear(&self) -> SetCookie {
        SetCookie::new(&self.app, &self.name, "", Some(0))
    }
}

/// Each way has a cookie of its own, so that several tabs can set out side by side.
fn name(app: &App, challenge: &Challenge) -> String {
    let short: String = challenge.to_string().chars().take(10).collect();
    cookie_name(app, &format!("way-{short}"))
}
