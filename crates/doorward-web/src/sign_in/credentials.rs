//! Checking a name and a password, within limits and in the same time whoever is named.

use axum::http::StatusCode;
use doorward_core::parameters::Parameters;
use doorward_core::password::{Password, PasswordHash};
use doorward_core::person::{Person, Username};
use doorward_core::sign_in::{StoredHash, judge};

use super::Step;
use crate::client_address::counted;
use crate::limits::{self, ACCOUNT_WINDOW, Verdict};
use crate::pages::{Problem, SignInProblem};
use crate::passwords::Overloaded;
use crate::provider::App;
use crate::refusal::{Failed, PageError};

/// Somebody who has just proven a password.
pub(super) struct Proven {
    pub(super) person: Person,
    password: Password,
    pub(super) hash: PasswordHash,
    pub(super) stored: StoredHash,
}

/// Stores a stronger hash of a password that was just proven, unless it was changed meanwhile; nobody waits for it.
pub(super) fn renew(
    app: App,
    Proven {
        person,
        password,
        hash,
        ..
    }: Proven,
) {
    tokio::spawn(async move {
        let Ok(stronger) = app.passwords.hash(password, app.random.bytes()).await else {
            return;
        };
        let people = app.directory.people();
        if let Err(error) = people.rehash_password(person.id, &hash, &stronger).await {
            tracing::warn!(%error, "a stronger password hash was not stored");
        }
    });
}

impl Step<'_> {
    /// Checks a name and a password: the attempt is counted first, and takes the same time whoever it names.
    pub(super) async fn check_password(
        &self,
        form: &Parameters,
    ) -> Result<Result<Proven, SignInProblem>, PageError> {
        let app = self.app;
        let address = counted(self.parts, &app.settings.trusted_proxies);
        let name = form.one("username").unwrap_or_default().parse::<Username>();
        let (Ok(name), Ok(password)) = (
            name,
            Password::parse(form.one("password").unwrap_or_default()),
        ) else {
            self.refused("the user name or password is empty or malformed".to_owned());
            return Ok(Err(SignInProblem::WrongCredentials));
        };
        if limits::sign_in(app, &address, &name).await? == Verdict::Exceeded {
            self.refused(format!(
                "too many attempts from {address} or for this account"
            ));
            let minutes = u32::try_from(ACCOUNT_WINDOW.as_secs() / 60).unwrap_or(u32::MAX);
            return Ok(Err(SignInProblem::TooManyAttempts { minutes }));
        }
        let (found, hash) = match app.directory.people().credential(&name).await? {
            Some((person, hash)) => (Some(person), hash),
            None => (None, None),
        };
        let overloaded = |Overloaded| {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let reason = "too many passwords are waiting to be checked";
            PageError::with_status(status, "sign-in", Problem::TemporarilyUnavailable, reason)
        };
        let verified = app
            .passwords
            .verify(password.clone(), hash.clone())
            .await
            .map_err(overloaded)?;
        let verified = verified
            .map_err(|unusable| Failed(format!("the stored hash of {name}: {unusable}")))?;
        match judge(found, verified) {
            Ok((person, stored)) => {
                limits::signed_in(app, &address, name);
                let hash =
                    hash.ok_or_else(|| Failed("a password matched without a hash".to_owned()))?;
                Ok(Ok(Proven {
                    person,
                    password,
                    hash,
                    stored,
                }))
            }
            Err(reason) => {
                self.refused(reason.to_string());
                limits::sign_in_failed(app, &address).await?;
                Ok(Err(SignInProblem::WrongCredentials))
            }
        }
    }

    /// Notes why somebody was not signed in; the page itself tells nobody.
    pub(super) fn refused(&self, reason: String) {
        self.refused_at("sign-in", reason);
    }
}
