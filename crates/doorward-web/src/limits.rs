//! How much one address or account may try. The counters are in the session store, so that they hold on every
//! node and across restarts; when they cannot be kept, nothing is tried.

use std::time::Duration;

use doorward_core::identifiers::{ClientId, PersonId};
use doorward_core::person::Username;

use crate::provider::App;
use crate::refusal::Failed;

/// Whether something may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may.
    Within,
    /// Not now.
    Exceeded,
}

/// The kind of entry that bars an address.
const BARRED: &str = "limit-barred";

/// How often an hour a client may ask for another registration.
const REGISTRATION_CHANGES: u64 = 30;

/// How often an hour one address may hand in what it found.
const FINDS: u64 = 60;

/// How often an hour a person's tokens may make or rotate one.
const API_TOKENS_MADE: u64 = 60;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
/// How long failed attempts count against an account.
pub(crate) const ACCOUNT_WINDOW: Duration = Duration::from_mins(15);

/// Counts a request that will wait for somebody to sign in.
pub(crate) async fn interaction(app: &App, address: &str) -> Result<Verdict, Failed> {
    waiting(app, "limit-interaction", address).await
}

/// Counts a request that a client pushed without proving who it is. Most of them become interactions, so they have as
/// many, counted by themselves.
pub(crate) async fn push(app: &App, address: &str) -> Result<Verdict, Failed> {
    waiting(app, "limit-push", address).await
}

/// Counts a client that registers itself without a token.
pub(crate) async fn registration(app: &App, address: &str) -> Result<Verdict, Failed> {
    let count = app
        .sessions
        .add("limit-registration", address, HOUR)
        .await?;
    Ok(if count > app.settings.limits.registrations_per_address {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Counts a request that hands in secrets which somebody found.
pub(crate) async fn finds(app: &App, address: &str) -> Result<Verdict, Failed> {
    let count = app.sessions.add("limit-finds", address, HOUR).await?;
    Ok(if count > FINDS {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Counts a change that a client asks of its own registration, which every node has to read.
pub(crate) async fn registration_change(app: &App, client: &ClientId) -> Result<Verdict, Failed> {
    let kind = "limit-registration-change";
    let count = app.sessions.add(kind, client.as_str(), HOUR).await?;
    Ok(if count > REGISTRATION_CHANGES {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Counts an API token that another one makes or rotates, for the person that both act for.
pub(crate) async fn api_token_made(app: &App, person: PersonId) -> Result<Verdict, Failed> {
    let kind = "limit-api-token-made";
    let count = app.sessions.add(kind, &person.to_string(), HOUR).await?;
    Ok(if count > API_TOKENS_MADE {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Counts a device that somebody who has proven nothing lets wait.
pub(crate) async fn device(app: &App, address: &str) -> Result<Verdict, Failed> {
    waiting(app, "limit-device", address).await
}

/// Counts a user code that somebody enters, right or wrong, before it is looked up.
///
/// Codes are short, and whoever guesses does it from many addresses. So those who are not signed in share one count, and
/// those who are have one each, which nobody else can use up.
pub(crate) async fn user_code(
    app: &App,
    address: &str,
    person: Option<PersonId>,
) -> Result<Verdict, Failed> {
    if app.sessions.get::<()>(BARRED, address).await?.is_some() {
        return Ok(Verdict::Exceeded);
    }
    let limits = app.settings.limits;
    let most = limits.failed_sign_ins_per_address;
    let from_here = app.sessions.add("limit-user-code", address, MINUTE);
    if from_here.await? > most {
        return Ok(Verdict::Exceeded);
    }
    let (name, most, window) = match person {
        Some(person) => (
            person.to_string(),
            limits.attempts_per_account,
            ACCOUNT_WINDOW,
        ),
        None => ("nobody".to_owned(), most.saturating_mul(10), MINUTE),
    };
    let by_person = app.sessions.add("limit-user-code-all", &name, window);
    Ok(if by_person.await? > most {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Counts what waits at the wish of an address.
async fn waiting(app: &App, kind: &'static str, address: &str) -> Result<Verdict, Failed> {
    let count = app.sessions.add(kind, address, MINUTE).await?;
    let exceeded = count > app.settings.limits.interactions_per_address;
    Ok(if exceeded {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Counts an attempt to sign in, before the password is looked at, so that no burst slips through.
///
/// Against an account every attempt counts until one succeeds. Against an address only failures do
/// ([`sign_in_failed`]): a whole company may share one, and all of it signs in at nine.
pub(crate) async fn sign_in(
    app: &App,
    address: &str,
    account: &Username,
) -> Result<Verdict, Failed> {
    let most = app.settings.limits.attempts_per_account;
    // Each count only after the narrower one allows it: whoever is stopped here stops nobody elsewhere.
    if app.sessions.get::<()>(BARRED, address).await?.is_some() {
        return Ok(Verdict::Exceeded);
    }
    let from_here = from_here(address, account);
    if app
        .sessions
        .add("limit-account", &from_here, ACCOUNT_WINDOW)
        .await?
        > most
    {
        return Ok(Verdict::Exceeded);
    }
    let by_account = app
        .sessions
        .add("limit-account-all", account.as_str(), ACCOUNT_WINDOW)
        .await?;
    Ok(if by_account > most.saturating_mul(10) {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Counts a failed attempt against its address, and bars the address for a minute after too many.
pub(crate) async fn sign_in_failed(app: &App, address: &str) -> Result<(), Failed> {
    let failures = app.sessions.add("limit-address", address, MINUTE).await?;
    if failures > app.settings.limits.failed_sign_ins_per_address {
        // Whoever finds the bar there already has nothing to add.
        let _ = app.sessions.insert(BARRED, address, &(), MINUTE).await?;
    }
    Ok(())
}

/// Forgets the failed attempts of somebody who has proven who they are. Nobody waits for it: what is not
/// forgotten counts against later attempts, and no more.
pub(crate) fn signed_in(app: &App, address: &str, account: Username) {
    let (app, from_here) = (app.clone(), from_here(address, &account));
    tokio::spawn(async move {
        let forgotten = tokio::try_join!(
            app.sessions.remove("limit-account", &from_here),
            app.sessions.remove("limit-account-all", account.as_str()),
        );
        if let Err(error) = forgotten {
            tracing::warn!(%error, "failed attempts to sign in are not forgotten");
        }
    });
}

fn from_here(address: &str, account: &Username) -> String {
    format!("{account}\n{address}")
}
