//! Runs whose tokens no longer work because of what is registered, by the same rules as at our own endpoints.

use std::collections::BTreeSet;
use std::time::Duration;

use doorward_core::status_list::RunNumber;
use doorward_core::time::Timestamp;
use doorward_directory::status_lists::SharedTerms;

use crate::access_token::terms_stand;
use crate::provider::App;
use crate::refusal::{BearerError, Failed};

/// How long a judgement holds while nothing was registered anew: an assertion issuer may end by itself.
const HOLDS: Duration = Duration::from_secs(5);

/// What was judged last.
#[derive(Default)]
pub(super) struct Judged {
    /// How often registrations had changed by then, and when it was.
    of: Option<((u64, i64), Timestamp)>,
    dead: BTreeSet<RunNumber>,
}

/// The runs that registrations of today have ended.
pub(super) async fn dead(app: &App) -> Result<BTreeSet<RunNumber>, Failed> {
    let mut judged = app.status_lists.judged.lock().await;
    let (now, lists) = (app.now(), app.directory.status_lists());
    let registrations = lists.registrations();
    let holds = |(of, at): ((u64, i64), Timestamp)| {
        of == registrations && at <= now && now.since(at) < HOLDS
    };
    if !judged.of.is_some_and(holds) {
        let mut dead = BTreeSet::new();
        for shared in lists.terms(now).await? {
            dead.extend(ended(app, &shared).await?);
        }
        *judged = Judged {
            of: Some((registrations, now)),
            dead,
        };
    }
    Ok(judged.dead.clone())
}

/// Those of these terms that ended: what holds for the oldest holds for all.
async fn ended(app: &App, shared: &SharedTerms) -> Result<Vec<RunNumber>, Failed> {
    let mut ended = Vec::new();
    if stand(app, shared, shared.since).await? {
        return Ok(ended);
    }
    for (number, begun_at) in app.directory.status_lists().runs_of(shared).await? {
        if !stand(app, shared, begun_at).await? {
            ended.push(number);
        }
    }
    Ok(ended)
}

/// Whether tokens that were issued then on these terms work.
async fn stand(app: &App, shared: &SharedTerms, issued_at: Timestamp) -> Result<bool, Failed> {
    match terms_stand(app, &shared.first, &shared.terms, issued_at).await {
        Ok(()) => Ok(true),
        Err(BearerError::Refused(_)) => Ok(false),
        Err(BearerError::Failed(failed)) => Err(failed),
    }
}
