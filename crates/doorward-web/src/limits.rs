//! How much one address or account may try. The counters are in the session store, so that they hold on every
//! node and across restarts; when they cannot be kept, nothing is tried.

use std::time::Duration;

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

const MINUTE: Duration = Duration::from_mins(1);
/// How long failed attempts count against an account.
pub(crate) const ACCOUNT_WINDOW: Duration = Duration::from_mins(15);

/// Counts a request that will wait for somebody to sign in.
pub(crate) async fn interaction(app: &App, address: &str) -> Result<Verdict, Failed> {
    let count = app
        .sessions
        .add("limit-interaction", address, MINUTE)
        .await?;
    Ok(verdict(count, app.settings.limits.interactions_per_address))
}

/// Counts an attempt to sign in, before the password is looked at, so that no burst slips through.
pub(crate) async fn sign_in(
    app: &App,
    address: &str,
    account: &Username,
) -> Result<Verdict, Failed> {
    let limits = &app.settings.limits;
    let from_here = format!("{account}\n{address}");
    let counts = [
        (
            app.sessions.add("limit-address", address, MINUTE).await?,
            limits.sign_ins_per_address,
        ),
        (
            app.sessions
                .add("limit-account", &from_here, ACCOUNT_WINDOW)
                .await?,
            limits.attempts_per_account,
        ),
        (
            app.sessions
                .add("limit-account-all", account.as_str(), ACCOUNT_WINDOW)
                .await?,
            limits.attempts_per_account.saturating_mul(10),
        ),
    ];
    let exceeded = counts
        .into_iter()
        .any(|(count, most)| verdict(count, most) == Verdict::Exceeded);
    Ok(if exceeded {
        Verdict::Exceeded
    } else {
        Verdict::Within
    })
}

/// Forgets the failed attempts of somebody who has proven who they are.
pub(crate) async fn signed_in(app: &App, address: &str, account: &Username) -> Result<(), Failed> {
    app.sessions
        .remove("limit-account", &format!("{account}\n{address}"))
        .await?;
    app.sessions
        .remove("limit-account-all", account.as_str())
        .await?;
    Ok(())
}

const fn verdict(count: u64, most: u64) -> Verdict {
    if count > most {
        Verdict::Exceeded
    } else {
        Verdict::Within
    }
}
