//! `doorward session`

mod show;

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use doorward_core::identifiers::SessionId;
use doorward_core::person::Username;
use doorward_core::session::Session as Browser;
use serde_json::json;

use super::administration::{Administration, PAGE};
use super::answer::{Answer, date, table, timestamp};
use show::Show;

/// Browsers that somebody is signed in with
#[derive(Debug, Subcommand)]
pub(super) enum Session {
    /// List who is signed in, the earliest sign-in first
    List(List),
    /// Show one session, and what applications were told of its end
    Show(Show),
    /// Sign somebody out, in one browser or everywhere
    #[command(after_help = "\
Examples:
  doorward session end 0192f0c1-0000-7000-8000-000000000000
  doorward session end --user alice")]
    End(End),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only those of this person
    #[arg(long, value_name = "NAME")]
    user: Option<Username>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct End {
    /// The session, as `session list` shows it
    #[arg(value_name = "SESSION")]
    session: Option<SessionId>,
    /// Every session of this person
    #[arg(long, value_name = "NAME")]
    user: Option<Username>,
}

impl Session {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::List(list) => list.run(admin).await,
            Self::Show(show) => show.run(admin).await,
            Self::End(end) => end.run(admin).await,
        }
    }
}

impl List {
    async fn run(&self, admin: &Administration) -> Result<Answer> {
        let limits = admin.configuration.session.limits();
        let mut sessions = self.sessions(admin).await?;
        sessions.retain(|(session, _)| is_live(session, admin));
        let rows: Vec<[String; 5]> = sessions
            .iter()
            .map(|(session, username)| {
                let (began, seen) = (date(session.started_at), date(session.seen_at));
                [
                    session.id.to_string(),
                    username.to_string(),
                    browser(session).unwrap_or_default(),
                    began,
                    seen,
                ]
            })
            .collect();
        let value: Vec<_> = sessions
            .iter()
            .map(|(session, username)| {
                json!({
                    "session": session.id,
                    "username": username,
                    "sub": session.person,
                    "browser": browser(session),
                    "started_at": timestamp(session.started_at),
                    "seen_at": timestamp(session.seen_at),
                    "expires_at": timestamp(session.expires_at(limits)),
                })
            })
            .collect();
        let text = table(
            ["SESSION", "NAME", "BROWSER", "BEGAN", "LAST SEEN"],
            &rows,
            "nobody is signed in",
        );
        Ok(Answer::new(&value, text)?)
    }

    /// The sessions that were not ended; they may have expired.
    async fn sessions(&self, admin: &Administration) -> Result<Vec<(Browser, Username)>> {
        let door = admin.directory.sessions();
        if let Some(username) = &self.user {
            let person = admin.person(username).await?;
            let sessions = door.live_of(person.id).await?;
            return Ok(sessions
                .into_iter()
                .map(|session| (session, username.clone()))
                .collect());
        }
        let mut all = Vec::new();
        loop {
            let after = all
                .last()
                .map(|(session, _): &(Browser, Username)| session.id);
            let page = door.list_live(after, PAGE).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }
}

impl End {
    async fn run(&self, admin: &Administration) -> Result<Answer> {
        let ended = match (&self.user, self.session) {
            (Some(username), _) => end_all_of(username, admin).await?,
            (None, Some(session)) => end(session, admin).await?,
            (None, None) => 0,
        };
        let text = match ended {
            0 => "nobody was signed in".to_owned(),
            1 => "ended 1 session".to_owned(),
            _ => format!("ended {ended} sessions"),
        };
        Ok(Answer::new(&json!({ "ended": ended }), text)?)
    }
}

async fn end(session: SessionId, admin: &Administration) -> Result<usize> {
    let door = admin.directory.sessions();
    let found = door.with_person(session).await?;
    let live = found.is_some_and(|(session, _)| is_live(&session, admin));
    ensure!(
        live && door.end(session, admin.now()).await?,
        "there is no session {session}, or it is over"
    );
    admin.record("session end", session.to_string()).await?;
    Ok(1)
}

async fn end_all_of(username: &Username, admin: &Administration) -> Result<usize> {
    let person = admin.person(username).await?;
    let door = admin.directory.sessions();
    let sessions = door.live_of(person.id).await?;
    let live = sessions.iter().filter(|session| is_live(session, admin));
    let live = live.count();
    door.end_all_of(person.id, admin.now()).await?;
    admin.record("session end", username.to_string()).await?;
    Ok(live)
}

/// Which browser it is, as far as it said when somebody signed in.
fn browser(session: &Browser) -> Option<String> {
    session.user_agent.map(|user_agent| user_agent.to_string())
}

/// Whether somebody is still signed in there; the directory keeps sessions that have expired for a while.
fn is_live(session: &Browser, admin: &Administration) -> bool {
    session.is_live(admin.configuration.session.limits(), admin.now())
}
