//! Who answers for tokens: as arguments name them, and as answers do.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use clap::Args;
use doorward_core::api_token::{Owner, OwnerStanding};
use doorward_core::identifiers::PersonId;
use doorward_core::person::{GroupName, Username};

use super::administration::Administration;
use super::contradiction::Contradiction;

/// Who answers for something.
#[derive(Debug, Args)]
#[group(id = "owner", multiple = false)]
pub(super) struct OwnerArguments {
    /// The person who answers for it: it ends when they are disabled or removed
    #[arg(long, value_name = "NAME")]
    owner_user: Option<Username>,
    /// The group that answers for it, so that it goes on when one of its people leaves
    #[arg(long, value_name = "GROUP")]
    owner_group: Option<GroupName>,
}

impl OwnerArguments {
    pub(super) const fn is_empty(&self) -> bool {
        self.owner_user.is_none() && self.owner_group.is_none()
    }

    /// The owner that is named, who is there.
    pub(super) async fn owner(&self, admin: &Administration) -> Result<Owner> {
        let owner = match (&self.owner_user, &self.owner_group) {
            (Some(username), _) => Owner::Person(admin.person(username).await?.id),
            (None, Some(group)) => Owner::Group(group.clone()),
            (None, None) => return Err(Contradiction::NobodyAnswers.into()),
        };
        if let Owner::Group(group) = &owner {
            let standing = admin.directory.api_tokens().standing_of(&owner).await?;
            ensure!(
                standing != OwnerStanding::Gone,
                "there is no group {group}; `doorward group add {group}` makes it"
            );
        }
        Ok(owner)
    }
}

/// The names of people, each asked for once.
#[derive(Default)]
pub(super) struct Names(BTreeMap<PersonId, Option<Username>>);

impl Names {
    /// The user name of this person; nothing when they are gone.
    pub(super) async fn of(
        &mut self,
        person: PersonId,
        admin: &Administration,
    ) -> Result<Option<Username>> {
        if let Some(known) = self.0.get(&person) {
            return Ok(known.clone());
        }
        let found = admin.directory.people().person(person).await?;
        let username = found.map(|person| person.username);
        self.0.insert(person, username.clone());
        Ok(username)
    }

    /// An owner by name.
    pub(super) async fn of_owner(
        &mut self,
        owner: &Owner,
        admin: &Administration,
    ) -> Result<NamedOwner> {
        Ok(match owner {
            Owner::Person(person) => NamedOwner::User(self.of(*person, admin).await?),
            Owner::Group(group) => NamedOwner::Group(group.clone()),
        })
    }
}

/// An owner by name.
#[derive(Debug)]
pub(super) enum NamedOwner {
    /// Somebody, unless they are gone.
    User(Option<Username>),
    /// A group.
    Group(GroupName),
}

impl NamedOwner {
    pub(super) const fn user(&self) -> Option<&Username> {
        match self {
            Self::User(username) => username.as_ref(),
            Self::Group(_) => None,
        }
    }

    pub(super) const fn group(&self) -> Option<&GroupName> {
        match self {
            Self::User(_) => None,
            Self::Group(group) => Some(group),
        }
    }

    pub(super) fn in_words(&self) -> String {
        match self {
            Self::User(Some(username)) => username.to_string(),
            Self::User(None) => "nobody any more".to_owned(),
            Self::Group(group) => format!("the group {group}"),
        }
    }
}
