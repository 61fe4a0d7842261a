//! The one door to the browser's session, and to the cookies that bind a browser to what it began.
//!
//! The session cookie is tower-sessions'; what it leads to is only the name of the session and the token of
//! its forms. The session itself is in the directory, where ending it is final. No other file knows a
//! session key or a cookie.

pub(crate) mod site;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{COOKIE, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};
use doorward_core::authorization::Present;
use doorward_core::identifiers::PersonId;
use doorward_core::identifiers::SessionId;
use doorward_core::password::PasswordHash;
use doorward_core::person::Person;
use doorward_core::secret::{Secret, SecretHash, SecretKind};
use doorward_core::session::{Authentication, Session};
use doorward_core::user_agent::UserAgent;
use doorward_sessions::Inserted;
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Session as Cookie, SessionManagerLayer};

use crate::provider::App;
use crate::refusal::{Failed, PageError};

/// What a log filter has so that the cookie layer's spans and guesses stay out of every line.
pub const WITHOUT_COOKIE_LAYER: &str = "tower_sessions=off,tower_sessions_core=off";

/// The kind of entry that sessions are in the session store.
const KIND: &str = "session";
/// The one key in a session's record.
const SIGNED_IN: &str = "signed_in";

/// What the session cookie leads to.
#[derive(Serialize, Deserialize)]
struct SignedIn {
    session: SessionId,
    csrf: String,
}

/// A browser, as its request shows it.
pub(crate) struct Browser {
    cookie: Cookie,
    user_agent: Option<UserAgent>,
    app: App,
}

/// Somebody is signed in at the browser.
pub(crate) struct Here {
    /// Who, in which session.
    pub(crate) present: Present,
    /// The token that the session's forms must carry.
    pub(crate) csrf: String,
}

impl Browser {
    /// Who is signed in at the browser, in a session that still lives.
    pub(crate) async fn signed_in(&self) -> Result<Option<Here>, Failed> {
        let Some(SignedIn { session, csrf }) = self.cookie.get(SIGNED_IN).await.map_err(failed)?
        else {
            return Ok(None);
        };
        let live = live_session(&self.app, session).await?;
        Ok(live.map(|(session, person)| Here {
            present: Present { session, person },
            csrf,
        }))
    }

    /// Signs `person` in, with a new cookie. Somebody who was signed in and proves it again keeps the session;
    /// somebody else starts a clean one. Nobody is signed in whose session or password was ended while they waited.
    pub(crate) async fn sign_in(
        &self,
        before: Option<&Session>,
        person: PersonId,
        proven: &PasswordHash,
        authentication: Authentication,
    ) -> Result<Option<SessionId>, Failed> {
        let now = self.app.now();
        let sessions = self.app.directory.sessions();
        let id = match before {
            Some(before) if before.person == person => {
                if !sessions
                    .reauthenticated(before.id, &authentication, now)
                    .await?
                {
                    return Ok(None);
                }
                before.id
            }
            _ => {
                if let Some(another) = before {
                    sessions.end(another.id, now).await?;
                    self.app.logout_queued.notify_one();
                }
                let id = SessionId::generate(now, &*self.app.random);
                let session = Session {
                    id,
                    person,
                    authentication,
                    started_at: now,
                    seen_at: now,
                    ended_at: None,
                    user_agent: self.user_agent,
                };
                if !sessions.begin(&session, Some(proven)).await? {
                    return Ok(None);
                }
                id
            }
        };
        let csrf = Secret::generate(SecretKind::BrowserBinding, &*self.app.random);
        if self.cookie.id().is_some() {
            self.cookie.cycle_id().await.map_err(failed)?;
        }
        let signed_in = SignedIn {
            session: id,
            csrf: csrf.reveal().to_owned(),
        };
        self.cookie
            .insert(SIGNED_IN, signed_in)
            .await
            .map_err(failed)?;
        Ok(Some(id))
    }

    /// Ends a session, whether or not it is this browser's, and forgets the browser's cookie; `false` when it had
    /// ended before.
    pub(crate) async fn sign_out(&self, session: SessionId) -> Result<bool, Failed> {
        let ended = self
            .app
            .directory
            .sessions()
            .end(session, self.app.now())
            .await?;
        self.app.logout_queued.notify_one();
        if self.cookie.id().is_some() {
            self.cookie.flush().await.map_err(failed)?;
        }
        Ok(ended)
    }
}

/// The session of this name, if it still lives, and whose it is. It is used by being asked for.
pub(crate) async fn live_session(
    app: &App,
    session: SessionId,
) -> Result<Option<(Session, Person)>, Failed> {
    let sessions = app.directory.sessions();
    let Some((session, person)) = sessions.with_person(session).await? else {
        return Ok(None);
    };
    let (limits, now) = (app.settings.session, app.now());
    if !session.is_live(limits, now) {
        return Ok(None);
    }
    if session.is_stale(limits, now) {
        sessions.seen(session.id, now).await?;
    }
    Ok(Some((session, person)))
}

fn failed(error: impl fmt::Display) -> Failed {
    Failed(format!("the browser's session: {error}"))
}

impl FromRequestParts<App> for Browser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let cookie = parts.extensions.get::<Cookie>().cloned();
        let cookie = cookie.ok_or_else(|| Failed("the session layer is missing".to_owned()))?;
        let user_agent = parts.headers.get(USER_AGENT);
        Ok(Self {
            cookie,
            user_agent: user_agent.and_then(|header| UserAgent::of_header(header.as_bytes())),
            app: app.clone(),
        })
    }
}

impl OptionalFromRequestParts<App> for Browser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, PageError> {
        <Self as FromRequestParts<App>>::from_request_parts(parts, app)
            .await
            .map(Some)
    }
}

/// The layer that gives handlers a [`Browser`].
///
/// The cookie lasts as long as the browser runs; how long the session does is decided by the directory.
pub(crate) fn layer(app: &App) -> SessionManagerLayer<CookieStore> {
    SessionManagerLayer::new(CookieStore { app: app.clone() })
        .with_name(cookie_name(app, "session"))
        .with_secure(app.is_secure())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
}

/// The name of a cookie. `__Host-` keeps other hosts from setting it; browsers demand TLS for that.
fn cookie_name(app: &App, name: &str) -> String {
    if app.is_secure() {
        format!("__Host-doorward-{name}")
    } else {
        format!("doorward-{name}")
    }
}

/// The value of the cookie of this name, if a request has one.
fn found<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter();
    let cookies = cookies.filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Session records, in the session store.
#[derive(Clone)]
pub(crate) struct CookieStore {
    app: App,
}

impl fmt::Debug for CookieStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieStore(..)")
    }
}

impl CookieStore {
    fn ttl(&self) -> Duration {
        self.app.settings.session.absolute
    }
}

#[async_trait]
impl SessionStore for CookieStore {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        record.id = Id(i128::from_le_bytes(self.app.random.bytes()));
        let id = record.id.to_string();
        insert(&self.app, KIND, &id, &record.data, self.ttl())
            .await
            .map_err(|Failed(reason)| backend(reason))
    }

    /// Writes a session that exists; one that was ended meanwhile stays ended.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let id = record.id.to_string();
        let before: Option<serde_json::Value> = self
            .app
            .sessions
            .replace(KIND, &id, &record.data, self.ttl())
            .await
            .map_err(backend)?;
        drop(before);
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let data = self
            .app
            .sessions
            .get(KIND, &id.to_string())
            .await
            .map_err(backend)?;
        let expiry_date =
            time::OffsetDateTime::from_unix_timestamp(self.app.now().plus(self.ttl()).as_seconds())
                .map_err(backend)?;
        Ok(data.map(|data| Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.app
            .sessions
            .remove(KIND, &id.to_string())
            .await
            .map_err(backend)
    }
}

/// Stores something under a new random name.
pub(crate) async fn insert<T: Serialize>(
    app: &App,
    kind: &'static str,
    name: &str,
    value: &T,
    ttl: Duration,
) -> Result<(), Failed> {
    match app.sessions.insert(kind, name, value, ttl).await? {
        Inserted::New => Ok(()),
        Inserted::AlreadyThere => Err(Failed(format!("a random name of a {kind} was drawn twice"))),
    }
}

fn backend(error: impl fmt::Display) -> session_store::Error {
    // The cookie layer keeps this to itself.
    tracing::error!(%error, "the browser's session cannot be kept");
    session_store::Error::Backend(error.to_string())
}

/// Binds an interaction to the browser that began it: a cookie that no other browser has.
pub(crate) struct Binding {
    name: String,
    secret: Secret,
    secure: bool,
}

impl Binding {
    /// A new binding for the interaction of this name.
    pub(crate) fn new(app: &App, interaction: &Secret) -> Self {
        let secret = Secret::generate(SecretKind::BrowserBinding, &*app.random);
        Self {
            name: Self::cookie_name(app, interaction),
            secret,
            secure: app.is_secure(),
        }
    }

    /// The binding that a request's cookies hold for the interaction of this name.
    pub(crate) fn held(app: &App, interaction: &Secret, parts: &Parts) -> Option<Self> {
        let name = Self::cookie_name(app, interaction);
        let value = found(&parts.headers, &name)?;
        let secret = Secret::parse(SecretKind::BrowserBinding, value)?;
        Some(Self {
            name,
            secret,
            secure: app.is_secure(),
        })
    }

    /// Each interaction has a cookie of its own, so that several tabs can sign in side by side.
    fn cookie_name(app: &App, interaction: &Secret) -> String {
        let short: String = interaction
            .reveal()
            .chars()
            .skip("dw_ix_".len())
            .take(10)
            .collect();
        cookie_name(app, &format!("interaction-{short}"))
    }

    /// What the interaction keeps of it.
    pub(crate) fn hash(&self) -> SecretHash {
        self.secret.hash()
    }

    /// The token that the interaction's forms must carry: derived from the cookie, which no other site can read,
    /// and from who is signed in, so that a form shown to one person does nothing for another.
    pub(crate) fn csrf(&self, session: Option<SessionId>) -> String {
        let session = session
            .map(|session| session.to_string())
            .unwrap_or_default();
        let hash = SecretHash::of(&format!("csrf {} {session}", self.secret.reveal()));
        hash.as_bytes()
            .iter()
            .map(|byte| char::from(b'a' + byte % 16))
            .collect()
    }

    /// Whether `token` is the one for `session`, compared in constant time.
    pub(crate) fn is_csrf(&self, token: &str, session: Option<SessionId>) -> bool {
        SecretHash::of(&self.csrf(session)).matches(token)
    }

    /// A response part that sets the cookie.
    pub(crate) fn set(&self) -> SetCookie {
        SetCookie(self.cookie(self.secret.reveal(), 1800))
    }

    /// A response part that removes the cookie.
    pub(crate) fn clear(&self) -> SetCookie {
        SetCookie(self.cookie("", 0))
    }

    fn cookie(&self, value: &str, max_age: u32) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!(
            "{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}",
            self.name
        )
    }
}

/// A cookie in a response.
pub(crate) struct SetCookie(String);

impl SetCookie {
    /// One for this host alone; it lasts as long as the browser runs unless it has an age in seconds.
    fn new(app: &App, name: &str, value: &str, max_age: Option<u64>) -> Self {
        let age = max_age.map_or_else(String::new, |age| format!("; Max-Age={age}"));
        let secure = if app.is_secure() { "; Secure" } else { "" };
        Self(format!(
            "{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}"
        ))
    }
}

impl IntoResponseParts for SetCookie {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            response.headers_mut().append(SET_COOKIE, value);
        }
        Ok(response)
    }
}
