//! `doorward event`

use std::fmt::Write;

use anyhow::Result;
use clap::{Args, Subcommand};
use doorward_core::event::{EventClass, EventRecord};
use doorward_directory::events::Found;
use serde_json::{Value, json};

use super::administration::Administration;
use super::answer::{Answer, date, table, timestamp};
use super::choice::one_of;

/// What the provider did or refused, and what operators changed
#[derive(Debug, Subcommand)]
pub(super) enum Event {
    /// List the last events, the newest first
    #[command(after_help = "\
Examples:
  doorward event list --class refusal
  doorward event list --class sign_in --class consent --limit 200
  doorward event list --about wiki --json

Classes:
  sign_in         people who sign in and out, and applications that are told so
  consent         what people allow applications and devices, and what they do not
  token           tokens that are issued, exchanged and revoked
  administration  what operators change, and applications that manage their registration
  refusal         requests that were refused, and why
  failure         requests that failed for a reason of the provider's own")]
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only those of this class; may be given again
    #[arg(long, value_name = "CLASS", value_parser = one_of(EventClass::ALL))]
    class: Vec<EventClass>,
    /// Only those that name this: a client, a person's `sub`, a session or a grant
    #[arg(long, value_name = "NAME")]
    about: Option<String>,
    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
}

impl Event {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::List(list) => list.run(admin).await,
        }
    }
}

impl List {
    async fn run(&self, admin: &Administration) -> Result<Answer> {
        let events = admin.directory.events();
        let found = events.matching(self.limit, |record| self.wants(record));
        listed(&found.await?)
    }

    fn wants(&self, record: &EventRecord) -> bool {
        let class = EventClass::of(&record.event);
        let of_class = self.class.is_empty() || self.class.contains(&class);
        of_class && self.about.as_ref().is_none_or(|name| names(record, name))
    }
}

/// The events that were found, and how many were passed over.
fn listed(found: &Found) -> Result<Answer> {
    let described = found.events.iter().map(describe);
    let described = described.collect::<Result<Vec<_>>>()?;
    let (mut values, rows): (Vec<Value>, Vec<[String; 4]>) = described.into_iter().unzip();
    let headings = ["WHEN", "CLASS", "EVENT", "ABOUT"];
    let mut text = table(headings, &rows, "nothing of the kind is recorded");
    if found.unreadable > 0 {
        let count = found.unreadable;
        values.push(json!({ "unreadable": count }));
        write!(text, "\n\nevents passed over that cannot be read: {count}")?;
    }
    Ok(Answer::new(&values, text)?)
}

/// Whether a member of the event is this.
fn names(record: &EventRecord, name: &str) -> bool {
    let event = serde_json::to_value(&record.event).unwrap_or_default();
    let members = event.as_object();
    members.is_some_and(|members| members.values().any(|member| member == name))
}

/// One event, for programs and as a row.
fn describe(record: &EventRecord) -> Result<(Value, [String; 4])> {
    let mut value = serde_json::to_value(&record.event)?;
    let class = EventClass::of(&record.event).to_string();
    let about = about(&value);
    let name = record.event.name().to_owned();
    if let Some(members) = value.as_object_mut() {
        members.insert("event".to_owned(), name.clone().into());
        members.insert("class".to_owned(), class.clone().into());
        members.insert("at".to_owned(), timestamp(record.at).into());
        let reference = record.reference.map(|reference| reference.to_string());
        members.insert("reference".to_owned(), reference.into());
    }
    Ok((value, [date(record.at), class, name, about]))
}

/// All that an event says, in one line.
fn about(event: &Value) -> String {
    let members = event.as_object().into_iter().flatten();
    let said = members.filter(|(name, _)| *name != "event");
    let said = said.map(|(name, member)| match member.as_str() {
        Some(text) => format!("{name}={text}"),
        None => format!("{name}={member}"),
    });
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_cannot_be_read_are_counted_below_the_others() {
        let found = Found {
            events: Vec::new(),
            unreadable: 2,
        };
        let answer = listed(&found).unwrap();
        assert_eq!(
            answer.rendered(false),
            "nothing of the kind is recorded\n\nevents passed over that cannot be read: 2"
        );
        let json: Value = serde_json::from_str(&answer.rendered(true)).unwrap();
        assert_eq!(json, json!([{ "unreadable": 2 }]));
    }
}
