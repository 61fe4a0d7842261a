//! `doorward keys list`

use anyhow::Result;
use doorward_core::Timestamp;
use doorward_core::jose::StoredKey;
use serde_json::{Value, json};

use super::unreadable::unreadable;
use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, date, table, timestamp};

pub(super) async fn list(admin: &Administration) -> Result<Answer> {
    let (read, now) = (admin.directory.keys().read().await?, admin.now());
    let keys = read.keys;
    let rows: Vec<[String; 4]> = keys
        .iter()
        .map(|key| {
            let (algorithm, stage) = (key.algorithm.to_string(), key.life.stage(now).to_string());
            [key.kid.clone(), algorithm, stage, date(key.created_at)]
        })
        .collect();
    let rows_of_none = read.unreadable.iter();
    let unread = rows_of_none.map(|row| json!({ "kid": row.kid, "unreadable": true }));
    let value: Vec<Value> = keys
        .iter()
        .map(|key| member(key, now))
        .chain(unread)
        .collect();
    let text = table(
        ["KID", "ALGORITHM", "STATE", "MADE"],
        &rows,
        "no keys yet; the first start makes them",
    );
    let text = [Some(text), unreadable(&read.unreadable)];
    let text: Vec<String> = text.into_iter().flatten().collect();
    Ok(Answer::new(&value, text.join("\n\n"))?)
}

/// A key as programs read it.
pub(super) fn member(key: &StoredKey, now: Timestamp) -> Value {
    let moments = key.life.moments();
    json!({
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": key.life.stage(now).as_str(),
        "created_at": timestamp(key.created_at),
        "published_at": timestamp(moments.published_at),
        "signs_from": moments.signs_from.map(timestamp),
        "signs_until": moments.signs_until.map(timestamp),
        "gone_at": moments.gone_at.map(timestamp),
    })
}
