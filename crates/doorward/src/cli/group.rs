//! `doorward group`

use anyhow::{Result, bail, ensure};
use clap::{Args, Subcommand};
use doorward_core::person::{GroupName, Username};
use doorward_directory::groups::{Added, MemberAdded};
use serde_json::json;

use super::administration::{Administration, PAGE};
use super::answer::{Answer, table};
use super::text;

/// Groups of people
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  doorward group add wiki-editors --description 'May change the wiki'
  doorward group add-member wiki-editors alice

Applications that ask for the scope `groups` are told the groups of who signs in.")]
pub(super) enum Group {
    /// Add a group
    Add(Add),
    /// List the groups
    List,
    /// Show who is in a group
    Show(Name),
    /// Remove a group; its members stay
    Remove(Name),
    /// Put a person into a group
    AddMember(Member),
    /// Take a person out of a group
    RemoveMember(Member),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The group
    #[arg(value_name = "GROUP")]
    name: GroupName,
    /// What the group is for
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, value_parser = text::line)]
    description: String,
}

#[derive(Debug, Args)]
pub(super) struct Name {
    /// The group
    #[arg(value_name = "GROUP")]
    name: GroupName,
}

#[derive(Debug, Args)]
pub(super) struct Member {
    /// The group
    #[arg(value_name = "GROUP")]
    group: GroupName,
    /// The person's user name
    #[arg(value_name = "NAME")]
    user: Username,
}

impl Group {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::Add(add) => add.run(admin).await,
            Self::List => list(admin).await,
            Self::Show(name) => name.show(admin).await,
            Self::Remove(name) => name.remove(admin).await,
            Self::AddMember(member) => member.add(admin).await,
            Self::RemoveMember(member) => member.remove(admin).await,
        }
    }
}

async fn list(admin: &Administration) -> Result<Answer> {
    let groups = admin.directory.groups().list().await?;
    let rows: Vec<[String; 3]> = groups
        .iter()
        .map(|group| {
            let members = group.members.to_string();
            [group.name.to_string(), members, group.description.clone()]
        })
        .collect();
    let value: Vec<_> = groups
        .iter()
        .map(|group| json!({ "name": group.name, "members": group.members, "description": group.description }))
        .collect();
    Ok(Answer::new(
        &value,
        table(["NAME", "MEMBERS", "DESCRIPTION"], &rows, "no groups"),
    )?)
}

impl Add {
    async fn run(&self, admin: &Administration) -> Result<Answer> {
        let Self { name, description } = self;
        let added = admin.directory.groups().add(name, description).await?;
        ensure!(added == Added::Added, "there is a group {name} already");
        admin.record("group add", name.to_string()).await?;
        let value = json!({ "name": name, "members": 0, "description": description });
        Ok(Answer::new(&value, format!("added the group {name}"))?)
    }
}

impl Name {
    async fn show(&self, admin: &Administration) -> Result<Answer> {
        let door = admin.directory.groups();
        let groups = door.list().await?;
        let Some(group) = groups.into_iter().find(|group| group.name == self.name) else {
            bail!("there is no group {}", self.name);
        };
        let mut members: Vec<Username> = Vec::new();
        loop {
            let page = door.members(&self.name, members.last(), PAGE).await?;
            if page.is_empty() {
                break;
            }
            members.extend(page);
        }
        let value =
            json!({ "name": group.name, "description": group.description, "members": members });
        let rows: Vec<[String; 1]> = members.iter().map(|member| [member.to_string()]).collect();
        Ok(Answer::new(
            &value,
            table(["MEMBER"], &rows, "nobody is in it"),
        )?)
    }

    async fn remove(&self, admin: &Administration) -> Result<Answer> {
        let name = &self.name;
        let removed = admin.directory.groups().remove(name).await?;
        ensure!(removed, "there is no group {name}");
        admin.record("group remove", name.to_string()).await?;
        Ok(Answer::new(
            &json!({ "name": name }),
            format!("removed the group {name}"),
        )?)
    }
}

impl Member {
    async fn add(&self, admin: &Administration) -> Result<Answer> {
        let Self { group, user } = self;
        let person = admin.person(user).await?;
        match admin
            .directory
            .groups()
            .add_member(group, person.id)
            .await?
        {
            MemberAdded::Added => {
                admin.record("group add-member", self.to_string()).await?;
                self.answer(format!("{user} is in {group} now"))
            }
            MemberAdded::AlreadyMember => self.answer(format!("{user} was in {group} already")),
            MemberAdded::NoSuchGroup => bail!("there is no group {group}"),
            MemberAdded::NoSuchPerson => bail!("there is no user {user}"),
        }
    }

    async fn remove(&self, admin: &Administration) -> Result<Answer> {
        let Self { group, user } = self;
        let person = admin.person(user).await?;
        let removed = admin
            .directory
            .groups()
            .remove_member(group, person.id)
            .await?;
        ensure!(removed, "{user} is not in a group {group}");
        admin
            .record("group remove-member", self.to_string())
            .await?;
        self.answer(format!("{user} is in {group} no longer"))
    }

    fn answer(&self, text: String) -> Result<Answer> {
        let value = json!({ "group": self.group, "username": self.user });
        Ok(Answer::new(&value, text)?)
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.group, self.user)
    }
}
