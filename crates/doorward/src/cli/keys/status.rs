//! `doorward keys status`: what comes next, and who knows the keys that wait.

use anyhow::Result;
use doorward_core::jose::StoredKey;
use doorward_core::keys::{Awaiting, Key, Seen, Sighting, Uptake, timeline};
use serde_json::{Value, json};

use super::list::member;
use super::picture::{picture, programs};
use super::unreadable::unreadable;
use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, date, table, timestamp};
use crate::signing_keys::{Readers, algorithms};

pub(super) async fn status(admin: &Administration) -> Result<Answer> {
    let (now, schedule) = (admin.now(), admin.configuration.key_schedule());
    let read = admin.directory.keys().read().await?;
    let stored = read.keys;
    let keys: Vec<Key> = stored.iter().map(StoredKey::as_key).collect();
    let readers = Readers::load(&admin.directory, now).await?;
    let algorithms = algorithms(&admin.configuration.keys.algorithms.0, &keys, now);
    let waiting = readers.waiting(&algorithms, &keys, &schedule);
    let happenings = timeline(&keys, &algorithms, &schedule, now);
    let mut text = vec![picture(&happenings, now)];
    text.extend(
        waiting
            .iter()
            .map(|(awaiting, uptake)| in_words(awaiting, uptake)),
    );
    text.extend(unreadable(&read.unreadable));
    let strangers = readers.strangers();
    if !strangers.is_empty() {
        text.push(others(&strangers));
    }
    let value = json!({
        "others": strangers.iter().map(|seen| json!({
            "name": seen.application,
            "seen_at": timestamp(seen.seen_at),
        })).collect::<Vec<Value>>(),
        "keys": stored.iter().map(|key| member(key, now)).collect::<Vec<Value>>(),
        "timeline": programs(&happenings),
        "waiting": waiting.iter().map(|(awaiting, uptake)| json!({
            "kid": awaiting.kid,
            "takes_the_place_of": awaiting.from,
            "earliest": timestamp(awaiting.earliest),
            "latest": timestamp(awaiting.latest),
            "applications": members(uptake),
        })).collect::<Vec<Value>>(),
    });
    Ok(Answer::new(&value, text.join("\n\n"))?)
}

fn in_words(awaiting: &Awaiting, uptake: &[Uptake]) -> String {
    let behind = uptake.iter().filter(|uptake| !uptake.is_known()).count();
    let (kid, earliest, latest) = (
        &awaiting.kid,
        date(awaiting.earliest),
        date(awaiting.latest),
    );
    let waits = match behind {
        0 => format!("{kid} waits until {earliest}; every application in use knows it."),
        1 => format!(
            "{kid} waits until {earliest}, and until {latest} for one application that was not seen to know it."
        ),
        behind => format!(
            "{kid} waits until {earliest}, and until {latest} for {behind} applications that were not seen to know it."
        ),
    };
    format!("{waits}\n{}", applications(uptake))
}

fn others(strangers: &[&Sighting]) -> String {
    let rows: Vec<[String; 2]> = strangers
        .iter()
        .take(10)
        .map(|seen| [seen.application.clone(), date(seen.seen_at)])
        .collect();
    let others = table(["OTHERS WHO FETCHED THE KEY SET", "LAST"], &rows, "");
    format!(
        "{others}\nAn application is known by the address of its key set: /jwks?client_id=… or /jwks?resource=…"
    )
}

/// Who knows a key, as people read it; those who do not come first.
pub(super) fn applications(uptake: &[Uptake]) -> String {
    let mut sorted: Vec<&Uptake> = uptake.iter().collect();
    sorted.sort_by_key(|uptake| uptake.is_known());
    let rows: Vec<[String; 3]> = sorted.into_iter().map(row).collect();
    table(
        ["APPLICATION", "KNOWS THE KEY", "LAST FETCHED THE KEY SET"],
        &rows,
        "no application in use verifies what it signs",
    )
}

/// The same for programs.
pub(super) fn members(uptake: &[Uptake]) -> Vec<Value> {
    let members = uptake.iter().map(|uptake| {
        let seen = match uptake.seen {
            Seen::Unseen => None,
            Seen::Knows { seen_at, way } | Seen::Behind { seen_at, way } => Some((seen_at, way)),
        };
        json!({
            "application": uptake.application,
            "knows": uptake.is_known(),
            "seen_at": seen.map(|(seen_at, _)| timestamp(seen_at)),
            "way": seen.map(|(_, way)| way.as_str()),
        })
    });
    members.collect()
}

fn row(uptake: &Uptake) -> [String; 3] {
    let (knows, fetched) = match uptake.seen {
        Seen::Knows { seen_at, way } => ("yes", format!("{} ({})", date(seen_at), way.in_words())),
        Seen::Behind { seen_at, way } => ("NO", format!("{} ({})", date(seen_at), way.in_words())),
        Seen::Unseen => ("NO", "never seen".to_owned()),
    };
    [uptake.application.clone(), knows.to_owned(), fetched]
}
