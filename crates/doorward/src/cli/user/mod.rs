//! `doorward user`

mod password;
mod profile;
mod view;

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use doorward_core::identifiers::PersonId;
use doorward_core::person::{GroupName, Person, PersonStatus, Profile, Username};
use doorward_directory::api_tokens::ApiTokenFilter;
use doorward_directory::people::Added;
use serde_json::json;

use super::Input;
use super::administration::{Administration, PAGE};
use super::answer::Answer;
use super::contradiction::Contradiction;
use super::token::counted;
use password::{Owner, PasswordArguments};
use profile::ProfileArguments;

/// People who sign in
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a person
    #[command(after_help = "\
Examples:
  doorward user add alice --email alice@example.com --name 'Alice Doe' --group staff
  doorward user add alice --generate-password
  pass show alice | doorward user add alice --password-stdin

On a terminal the password is asked for; it is never an argument, where other users of the machine could read it.")]
    Add(Box<Add>),
    /// List the people
    List,
    /// Show what is known of a person
    Show(Name),
    /// Change what is known of a person
    #[command(after_help = "\
Examples:
  doorward user set alice --name 'Alice Doe' --locality Oslo
  doorward user set alice --email new@example.com --email-verified
  doorward user set alice --picture=              takes the picture away")]
    Set(Box<Set>),
    /// Give a person a new password; every browser is signed out
    SetPassword(SetPassword),
    /// Let a person no longer sign in; every browser is signed out
    Disable(Name),
    /// Let a person sign in again
    Enable(Name),
    /// Remove a person for good
    Remove(Name),
}

#[derive(Debug, Args)]
pub(super) struct Name {
    /// The user name
    #[arg(value_name = "NAME")]
    username: Username,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The name to sign in with
    #[arg(value_name = "NAME")]
    username: Username,
    /// Put the person into this group, which is made if need be; may be given again
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<GroupName>,
    #[command(flatten)]
    password: PasswordArguments,
    #[command(flatten)]
    profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// The user name
    #[arg(value_name = "NAME")]
    username: Username,
    #[command(flatten)]
    profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(super) struct SetPassword {
    /// The user name
    #[arg(value_name = "NAME")]
    username: Username,
    #[command(flatten)]
    password: PasswordArguments,
}

impl User {
    pub(super) async fn run(self, admin: &Administration, input: &mut Input) -> Result<Answer> {
        match self {
            Self::Add(add) => add.run(admin, input).await,
            Self::List => list(admin).await,
            Self::Show(name) => name.show(admin).await,
            Self::Set(set) => set.run(admin).await,
            Self::SetPassword(set) => set.run(admin, input).await,
            Self::Disable(name) => name.set_status(admin, PersonStatus::Disabled).await,
            Self::Enable(name) => name.set_status(admin, PersonStatus::Enabled).await,
            Self::Remove(name) => name.remove(admin).await,
        }
    }
}

async fn list(admin: &Administration) -> Result<Answer> {
    let mut people: Vec<Person> = Vec::new();
    loop {
        let after = people.last().map(|person| person.username.clone());
        let page = admin.directory.people().list(after.as_ref(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        people.extend(page);
    }
    let views = people
        .iter()
        .map(view::members)
        .collect::<Result<Vec<_>>>()?;
    Ok(Answer::new(&views, view::rows(&people))?)
}

impl Add {
    async fn run(self, admin: &Administration, input: &mut Input) -> Result<Answer> {
        let taken = admin.directory.people().by_username(&self.username).await?;
        ensure!(taken.is_none(), "there is a user {} already", self.username);
        let mut profile = Profile::default();
        self.profile.apply(&mut profile);
        let owner = Owner {
            username: &self.username,
            email: profile.email.as_deref(),
        };
        let chosen = self.password.choose(owner, admin, input).await?;
        let now = admin.now();
        let person = Person {
            id: PersonId::generate(now, &*admin.random),
            username: self.username,
            status: PersonStatus::Enabled,
            profile,
            groups: self.groups.into_iter().collect(),
            created_at: now,
            updated_at: now,
        };
        let added = admin
            .directory
            .people()
            .add(&person, Some(&chosen.hash))
            .await?;
        ensure!(
            added == Added::Added,
            "there is a user {} already",
            person.username
        );
        admin
            .record("user add", person.username.to_string())
            .await?;
        view::answer(&person, chosen.generated.as_ref())
    }
}

impl Set {
    async fn run(self, admin: &Administration) -> Result<Answer> {
        ensure!(!self.profile.is_empty(), Contradiction::NothingToChange);
        let mut person = admin.person(&self.username).await?;
        self.profile.apply(&mut person.profile);
        person.updated_at = admin.now();
        let people = admin.directory.people();
        let updated = people
            .update_profile(person.id, &person.profile, person.updated_at)
            .await?;
        ensure!(updated, "there is no user {}", self.username);
        admin.record("user set", self.username.to_string()).await?;
        view::answer(&person, None)
    }
}

impl SetPassword {
    async fn run(self, admin: &Administration, input: &mut Input) -> Result<Answer> {
        let person = admin.person(&self.username).await?;
        let owner = Owner {
            username: &person.username,
            email: person.profile.email.as_deref(),
        };
        let chosen = self.password.choose(owner, admin, input).await?;
        let people = admin.directory.people();
        let updated = people
            .set_password(person.id, &chosen.hash, admin.now())
            .await?;
        ensure!(updated, "there is no user {}", self.username);
        admin
            .record("user set-password", self.username.to_string())
            .await?;
        view::answer(&person, chosen.generated.as_ref())
    }
}

impl Name {
    async fn show(&self, admin: &Administration) -> Result<Answer> {
        let person = admin.person(&self.username).await?;
        let tokens = tokens_of(&person, admin).await?;
        let list = format!("(`doorward token list --user {}`)", self.username);
        view::answer_with_tokens(&person, tokens, &list)
    }

    async fn set_status(&self, admin: &Administration, status: PersonStatus) -> Result<Answer> {
        let mut person = admin.person(&self.username).await?;
        let people = admin.directory.people();
        let updated = people.set_status(person.id, status, admin.now()).await?;
        ensure!(updated, "there is no user {}", self.username);
        let action = match status {
            PersonStatus::Enabled => "user enable",
            PersonStatus::Disabled => "user disable",
        };
        admin.record(action, self.username.to_string()).await?;
        person.status = status;
        let tokens = tokens_of(&person, admin).await?;
        let works = match status {
            PersonStatus::Enabled => "may be used again: those that nobody stopped",
            PersonStatus::Disabled => "cannot be used until the user is enabled",
        };
        view::answer_with_tokens(&person, tokens, works)
    }

    async fn remove(&self, admin: &Administration) -> Result<Answer> {
        let person = admin.person(&self.username).await?;
        let tokens = tokens_of(&person, admin).await?;
        let removed = admin
            .directory
            .people()
            .remove(person.id, admin.now())
            .await?;
        ensure!(removed, "there is no user {}", self.username);
        admin
            .record("user remove", self.username.to_string())
            .await?;
        let value = json!({ "username": self.username, "sub": person.id, "api_tokens": tokens });
        let text = format!("removed the user {}", self.username);
        let text = match tokens {
            0 => text,
            _ => format!("{text}, and {} with them", counted(tokens)),
        };
        Ok(Answer::new(&value, text)?)
    }
}

/// How many API tokens somebody answers for that have neither expired nor been revoked.
async fn tokens_of(person: &Person, admin: &Administration) -> Result<u64> {
    let filter = ApiTokenFilter::AnsweredForBy(person.id);
    let tokens = admin.directory.api_tokens();
    Ok(tokens.count(&filter, admin.now()).await?)
}
