//! `doorward session show`: one session, and what applications were told of its end.

use anyhow::{Result, ensure};
use clap::Args;
use doorward_core::backchannel_logout::Delivery;
use doorward_core::identifiers::SessionId;
use doorward_core::person::Person;
use doorward_core::session::Session;
use serde_json::{Value, json};

use super::browser;
use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, date, facts, table, timestamp};

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// The session, as `session list` shows it
    #[arg(value_name = "SESSION")]
    session: SessionId,
}

impl Show {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let found = admin.directory.sessions();
        let found = found.with_person(self.session).await?;
        let deliveries = admin.directory.logout_deliveries();
        let deliveries = deliveries.of_session(self.session).await?;
        // Those of a removed person outlive the session.
        ensure!(
            found.is_some() || !deliveries.is_empty(),
            "there is no session {}",
            self.session
        );
        let value = json!({
            "session": self.session,
            "username": found.as_ref().map(|(_, person)| &person.username),
            "browser": found.as_ref().and_then(|(session, _)| browser(session)),
            "started_at": found.as_ref().map(|(session, _)| timestamp(session.started_at)),
            "seen_at": found.as_ref().map(|(session, _)| timestamp(session.seen_at)),
            "ended_at": found.as_ref().and_then(|(session, _)| session.ended_at.map(timestamp)),
            "told": deliveries.iter().map(members).collect::<Vec<_>>(),
        });
        Ok(Answer::new(
            &value,
            text(self.session, found.as_ref(), &deliveries),
        )?)
    }
}

fn members(delivery: &Delivery) -> Value {
    json!({
        "client": delivery.client,
        "status": delivery.status,
        "queued_at": timestamp(delivery.queued_at),
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.next_attempt_at.map(timestamp),
        "finished_at": delivery.finished_at.map(timestamp),
        "outcome": delivery.outcome,
    })
}

fn text(id: SessionId, found: Option<&(Session, Person)>, deliveries: &[Delivery]) -> String {
    let of_session = |fact: fn(&Session) -> Option<String>| found.and_then(|(it, _)| fact(it));
    let about = facts(&[
        ("session", Some(id.to_string())),
        ("name", found.map(|(_, person)| person.username.to_string())),
        ("browser", of_session(browser)),
        ("began", of_session(|it| Some(date(it.started_at)))),
        ("last seen", of_session(|it| Some(date(it.seen_at)))),
        ("ended", of_session(|it| it.ended_at.map(date))),
    ]);
    if deliveries.is_empty() {
        return about;
    }
    let rows: Vec<[String; 5]> = deliveries.iter().map(row).collect();
    let told = table(["TOLD", "STATUS", "WHEN", "ATTEMPTS", "ANSWER"], &rows, "");
    format!("{about}\n\n{told}")
}

/// When it was told, or is to be told next.
fn row(delivery: &Delivery) -> [String; 5] {
    let when = delivery.finished_at.or(delivery.next_attempt_at);
    [
        delivery.client.to_string(),
        delivery.status.as_str().to_owned(),
        when.map(date).unwrap_or_default(),
        delivery.attempts.to_string(),
        delivery.outcome.clone().unwrap_or_default(),
    ]
}
