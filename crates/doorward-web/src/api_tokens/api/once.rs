//! A token that is made once, however often it is asked for with the same `Idempotency-Key`.
//!
//! The answer is not kept: a token is shown this once. Whoever asks again learns which token was made, and rotates it.

use std::time::Duration;

use axum::http::HeaderMap;
use doorward_core::identifiers::ApiTokenId;
use doorward_sessions::Inserted;

use super::caller::Caller;
use super::error::ApiError;
use crate::provider::App;

/// The header that names one attempt.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The longest key, in characters.
const LONGEST: usize = 255;

/// How long a key is known.
const KNOWN_FOR: Duration = Duration::from_hours(24);

/// The kind of entry that knows a key.
const KIND: &str = "api-token-made";

/// The name of one attempt, if the caller gave it one.
pub(super) struct Attempt(Option<String>);

impl Attempt {
    pub(super) fn of(caller: &Caller, headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(key) = keys.next() else {
            return Ok(Self(None));
        };
        let key = key.to_str().ok().filter(|key| !key.is_empty());
        match (key, keys.next()) {
            (Some(key), None) if key.len() <= LONGEST => {
                Ok(Self(Some(format!("{}\n{key}", caller.person))))
            }
            _ => Err(ApiError::Unreadable(
                "Idempotency-Key is given once, in 1 to 255 visible characters".to_owned(),
            )),
        }
    }

    /// Takes the key for the token `id`, unless another was made with it.
    pub(super) async fn begin(&self, app: &App, id: ApiTokenId) -> Result<(), ApiError> {
        let Some(key) = &self.0 else {
            return Ok(());
        };
        match app.sessions.insert(KIND, key, &id, KNOWN_FOR).await? {
            Inserted::New => Ok(()),
            Inserted::AlreadyThere => match app.sessions.get(KIND, key).await? {
                Some(made) => Err(ApiError::Repeated(made)),
                None => Err(ApiError::Changed),
            },
        }
    }

    /// Gives the key back: nothing was made.
    pub(super) async fn undo(&self, app: &App) {
        if let Some(key) = &self.0
            && let Err(error) = app.sessions.remove(KIND, key).await
        {
            tracing::warn!(%error, "an Idempotency-Key stays taken for a day, and no token was made with it");
        }
    }
}
