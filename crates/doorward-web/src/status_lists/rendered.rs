//! Lists as they are served: made of what the directory says, so that they are the same on all nodes, and signed again when that has
//! changed or the list grows old.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use doorward_core::jose::Typ;
use doorward_core::status_list::{ListName, StatusBits, StatusListClaims, StatusListFor};
use doorward_core::time::Timestamp;
use doorward_directory::status_lists::Dead;

use super::registrations;
use crate::discovery::Document;
use crate::provider::App;
use crate::refusal::Failed;

/// How long a list is served without looking whether something was revoked.
const FRESH: Duration = Duration::from_millis(500);

/// The lists that were asked for of late.
pub(super) type RenderedLists = HashMap<ListName, Rendered>;

/// A list as it was made last.
pub(super) struct Rendered {
    dead: BTreeSet<Dead>,
    /// The key that signed it.
    kid: String,
    signed_at: Timestamp,
    looked_at: Timestamp,
    document: Arc<Document>,
}

/// The list of this name, if there is one that a living token may name.
pub(super) async fn list(app: &App, name: ListName) -> Result<Option<Arc<Document>>, Failed> {
    let mut lists = app.status_lists.rendered.lock().await;
    let now = app.now();
    if let Some(known) = lists.get(&name)
        && is_within(FRESH, known.looked_at, now)
    {
        return Ok(Some(Arc::clone(&known.document)));
    }
    let living = app.directory.status_lists().living(now).await?;
    let numbers = living.numbers.map(|(first, last)| first..=last);
    let is_there = |name: &ListName| {
        let numbers = numbers.as_ref();
        name.epoch == living.epoch && numbers.is_some_and(|all| all.contains(&name.number))
    };
    lists.retain(|name, _| is_there(name));
    if !is_there(&name) {
        return Ok(None);
    }
    let before = lists.remove(&name);
    let rendered = render(app, name, before, now).await?;
    let document = rendered.as_ref().map(|list| Arc::clone(&list.document));
    lists.extend(rendered.map(|rendered| (name, rendered)));
    Ok(document)
}

/// The list as it is now: `before` again, when nothing has changed and it is not old. `None` where no key signs so.
async fn render(
    app: &App,
    name: ListName,
    before: Option<Rendered>,
    now: Timestamp,
) -> Result<Option<Rendered>, Failed> {
    let keyring = app.signers().await?;
    let Some(signer) = keyring.signer(name.algorithm) else {
        return Ok(None);
    };
    let (kid, dead) = (signer.kid().to_owned(), dead(app, name.number, now).await?);
    let half = app.settings.tokens.status_list_ttl / 2;
    let before = before.filter(|before| {
        before.dead == dead && before.kid == kid && is_within(half, before.signed_at, now)
    });
    if let Some(before) = before {
        return Ok(Some(Rendered {
            looked_at: now,
            ..before
        }));
    }
    let (lists, ttl) = (
        app.status_lists.uri.clone(),
        app.settings.tokens.status_list_ttl,
    );
    let (pace, statuses) = (keyring.pace(name.algorithm), bits(&dead));
    let sign = move || {
        let claims = StatusListClaims::of(StatusListFor {
            uri: &name.uri(&lists),
            aggregation_uri: &lists,
            bits: &statuses,
            ttl,
            now,
        });
        keyring.sign(name.algorithm, Typ::StatusList, &claims)
    };
    let token = app.signing.run(pace, sign).await??;
    Ok(Some(Rendered {
        dead,
        kid,
        signed_at: now,
        looked_at: now,
        document: Arc::new(Document::new(token.into_bytes())),
    }))
}

/// What is dead in a list, by what the directory says and by what is registered.
async fn dead(app: &App, number: u64, now: Timestamp) -> Result<BTreeSet<Dead>, Failed> {
    let found = app.directory.status_lists().dead(number, now).await?;
    let ended = registrations::dead(app).await?.into_iter();
    let ended = ended.filter(|run| run.list() == number).map(Dead::Run);
    Ok(found.into_iter().chain(ended).collect())
}

fn bits(dead: &BTreeSet<Dead>) -> StatusBits {
    let mut bits = StatusBits::default();
    for dead in dead {
        match dead {
            Dead::Run(run) => run.places().for_each(|idx| bits.revoke(idx)),
            Dead::Token(index) => bits.revoke(index.idx()),
        }
    }
    bits
}

/// Whether it is less than `span` from `then` to `now`. A clock that was put back says no.
fn is_within(span: Duration, then: Timestamp, now: Timestamp) -> bool {
    then <= now && now.since(then) < span
}
