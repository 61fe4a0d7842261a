//! `doorward explain`

use anyhow::{Result, ensure};
use clap::Args;
use doorward_core::event::{EventRecord, Reference};
use serde_json::{Value, json};

use super::administration::Administration;
use super::answer::{Answer, date, facts, timestamp};

/// Tells why somebody was refused
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  doorward explain K7QX2-M4PTR

The reference stands on the error page. Upper and lower case, dashes and spaces do not matter.")]
pub(super) struct Explain {
    /// The reference, such as K7QX2-M4PTR
    reference: Reference,
}

impl Explain {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let events = admin
            .directory
            .events()
            .by_reference(&self.reference)
            .await?;
        ensure!(
            !events.is_empty(),
            "nothing is recorded under {}; it may be mistyped, from another installation, or too old",
            self.reference
        );
        let described = events.iter().map(describe).collect::<Result<Vec<_>>>()?;
        let texts: Vec<String> = described.iter().map(|(_, text)| text.clone()).collect();
        let values: Vec<Value> = described.into_iter().map(|(value, _)| value).collect();
        let value = json!({ "reference": self.reference.to_string(), "events": values });
        Ok(Answer::new(&value, texts.join("\n\n"))?)
    }
}

/// One event, for programs and for people.
fn describe(record: &EventRecord) -> Result<(Value, String)> {
    let mut value = serde_json::to_value(&record.event)?;
    let mut known = vec![("when".to_owned(), Some(date(record.at)))];
    for (name, member) in value.as_object().into_iter().flatten() {
        known.push((name.clone(), Some(plain(member))));
    }
    let known: Vec<(&str, Option<String>)> = known
        .iter()
        .map(|(name, member)| (name.as_str(), member.clone()))
        .collect();
    let text = facts(&known);
    if let Some(members) = value.as_object_mut() {
        members.insert("at".to_owned(), timestamp(record.at).into());
    }
    Ok((value, text))
}

/// A JSON value without the quotation marks of a text.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
