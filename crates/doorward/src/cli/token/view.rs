//! A token as answers show it.

use anyhow::Result;
use doorward_core::Timestamp;
use doorward_core::api_token::{ActsFor, FoundToken};
use doorward_core::secret::Secret;
use serde_json::{Value, json};

use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, date, facts, table, timestamp};
use crate::cli::owner::{NamedOwner, Names};

/// A token, with the names of those behind it.
pub(super) struct Shown {
    found: FoundToken,
    owner: NamedOwner,
}

impl Shown {
    pub(super) async fn of(found: FoundToken, admin: &Administration) -> Result<Self> {
        Self::named(found, &mut Names::default(), admin).await
    }

    pub(super) async fn named(
        found: FoundToken,
        names: &mut Names,
        admin: &Administration,
    ) -> Result<Self> {
        let owner = match found.owner() {
            Some(owner) => names.of_owner(&owner, admin).await?,
            None => NamedOwner::User(None),
        };
        Ok(Self { found, owner })
    }

    pub(super) fn answer(&self, now: Timestamp) -> Result<Answer> {
        Ok(Answer::new(&self.members(now), self.facts(now))?)
    }

    /// The answer with what opens the token, which is shown this once.
    pub(super) fn answer_with(
        &self,
        secret: &Secret,
        now: Timestamp,
        more: &str,
    ) -> Result<Answer> {
        let mut value = self.members(now);
        if let Some(members) = value.as_object_mut() {
            members.insert("token".to_owned(), secret.reveal().into());
        }
        let text = format!(
            "{}\n\ntoken  {}\nIt is shown this once; only its hash is kept.{more}",
            self.facts(now),
            secret.reveal()
        );
        Ok(Answer::new(&value, text)?)
    }

    /// A token for programs.
    fn members(&self, now: Timestamp) -> Value {
        let token = &self.found.token;
        let account = self.found.standing.account.as_ref();
        let user = match &token.acts_for {
            ActsFor::Person(_) => self.owner.user(),
            _ => None,
        };
        json!({
            "id": token.id,
            "name": token.name,
            "kind": token.kind(),
            "user": user,
            "service_account": account.map(|account| &account.name),
            "project": project(&token.acts_for),
            "owner_user": self.owner.user(),
            "owner_group": self.owner.group(),
            "scope": token.scope.to_string(),
            "resources": token.resources,
            "networks": token.networks,
            "per_minute": token.quota.per_minute,
            "per_day": token.quota.per_day,
            "created_at": timestamp(token.created_at),
            "rotated_at": token.rotated_at.map(timestamp),
            "expires_at": token.expires_at.map(timestamp),
            "status": self.found.status(now).as_str(),
            "reason": self.reason(now),
        })
    }

    /// A token for people.
    fn facts(&self, now: Timestamp) -> String {
        let token = &self.found.token;
        let listed = |text: String| (!text.is_empty()).then_some(text);
        let resources: Vec<String> = token.resources.iter().map(ToString::to_string).collect();
        let networks = token.networks.as_ref();
        facts(&[
            ("id", Some(token.id.to_string())),
            ("name", Some(token.name.to_string())),
            ("kind", Some(token.kind().as_str().replace('_', " "))),
            ("acts for", Some(self.acts_for())),
            ("owner", Some(self.owner.in_words())),
            ("scope", listed(token.scope.to_string())),
            ("resources", listed(resources.join(" "))),
            ("networks", networks.map(ToString::to_string)),
            (
                "per minute",
                token.quota.per_minute.map(|most| most.to_string()),
            ),
            ("per day", token.quota.per_day.map(|most| most.to_string())),
            ("created", Some(date(token.created_at))),
            ("rotated", token.rotated_at.map(date)),
            ("expires", Some(self.end())),
            ("status", Some(self.status(now))),
            ("reason", self.reason(now)),
        ])
    }

    fn acts_for(&self) -> String {
        let account = self.found.standing.account.as_ref();
        match &self.found.token.acts_for {
            ActsFor::Person(_) => self.owner.in_words(),
            ActsFor::Project { project, .. } => format!("the project {project}"),
            ActsFor::ServiceAccount(id) => account.map_or_else(
                || format!("the service account {id}"),
                |account| format!("the service account {}", account.name),
            ),
        }
    }

    fn end(&self) -> String {
        let never = || "never".to_owned();
        self.found.token.expires_at.map_or_else(never, date)
    }

    fn status(&self, now: Timestamp) -> String {
        self.found.status(now).as_str().replace('_', " ")
    }

    /// Why it does not work, if it does not.
    fn reason(&self, now: Timestamp) -> Option<String> {
        let refused = self.found.is_alive(now).err()?;
        Some(refused.to_string())
    }

    fn row(&self, now: Timestamp) -> [String; 6] {
        let token = &self.found.token;
        [
            token.id.to_string(),
            token.name.to_string(),
            self.acts_for(),
            token.scope.to_string(),
            self.end(),
            self.status(now),
        ]
    }
}

fn project(acts_for: &ActsFor) -> Option<&str> {
    match acts_for {
        ActsFor::Project { project, .. } => Some(project.as_str()),
        _ => None,
    }
}

/// The answer that lists tokens.
pub(super) fn list(tokens: &[Shown], now: Timestamp) -> Result<Answer> {
    let views: Vec<Value> = tokens.iter().map(|token| token.members(now)).collect();
    let rows: Vec<[String; 6]> = tokens.iter().map(|token| token.row(now)).collect();
    let headings = ["ID", "NAME", "ACTS FOR", "SCOPE", "EXPIRES", "STATUS"];
    Ok(Answer::new(
        &views,
        table(headings, &rows, "no API tokens"),
    )?)
}
