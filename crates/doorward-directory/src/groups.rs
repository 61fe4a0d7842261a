//! Groups of people.
//!
//! Who is in which group is written twice in one transaction: a row of `group_member`, and the name in the person's
//! `memberships`, so that reading a person with their groups is reading one row.

use doorward_core::identifiers::PersonId;
use doorward_core::person::{GroupName, Username};

use crate::database::{Database, Outcome, Statement};
use crate::failure::Failure;
use crate::memory::Memory;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// The door to the groups.
#[derive(Clone, Copy, Debug)]
pub struct Groups<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

/// A group and how many are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, as the `groups` claim has it.
    pub name: GroupName,
    /// What it is for, in an operator's words.
    pub description: String,
    /// How many people are in it.
    pub members: u64,
}

/// What became of a group that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// It is there now.
    Added,
    /// There was one of that name.
    NameTaken,
}

/// What became of somebody who was to join a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum MemberAdded {
    /// They are in it now.
    Added,
    /// They were in it.
    AlreadyMember,
    /// There is no such group.
    NoSuchGroup,
    /// There is no such person.
    NoSuchPerson,
}

impl Stored for Group {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("people_group");
        Ok(Self {
            name: fields.parsed()?,
            description: fields.text()?,
            members: fields.integer()?.unsigned_abs(),
        })
    }
}

impl Stored for GroupName {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("people_group").parsed()
    }
}

impl Stored for Username {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("person").parsed()
    }
}

impl<'a> Groups<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// Every group, in the order of their names.
    pub async fn list(&self) -> Result<Vec<Group>, Failure> {
        let sql = "SELECT name, description, \
                   (SELECT COUNT(*) FROM group_member WHERE people_group = people_group.name) \
                   FROM people_group ORDER BY name";
        row::all(self.database.query(sql, params![]).await?)
    }

    /// Up to `limit` of those in a group in the order of their names, from the one that follows `after`.
    pub async fn members(
        &self,
        group: &GroupName,
        after: Option<&Username>,
        limit: u32,
    ) -> Result<Vec<Username>, Failure> {
        let sql = "SELECT person.username FROM group_member \
                   JOIN person ON person.id = group_member.person \
                   WHERE group_member.people_group = $1 AND person.username > $2 \
                   ORDER BY person.username LIMIT $3";
        let after = after.map_or("", Username::as_str);
        let params = params![group.as_str(), after, limit];
        row::all(self.database.query(sql, params).await?)
    }

    /// Adds a group that nobody is in.
    pub async fn add(&self, name: &GroupName, description: &str) -> Result<Added, Failure> {
        let sql = "INSERT INTO people_group (name, description) VALUES ($1, $2) \
                   ON CONFLICT DO NOTHING";
        let insert = Statement::one(sql, params![name.as_str(), description]);
        Ok(match self.commit(vec![insert]).await? {
            Outcome::Committed(_) => Added::Added,
            Outcome::Conflict { .. } => Added::NameTaken,
        })
    }

    /// Removes a group; nobody is in it any more. `false` when there was none.
    pub async fn remove(&self, name: &GroupName) -> Result<bool, Failure> {
        // Changed before its members are looked up, so that whoever joins at this moment has joined before or finds it gone.
        let close = "UPDATE people_group SET description = '' WHERE name = $1";
        let forget = "UPDATE person SET memberships = REPLACE(memberships, $1, ' ') \
                      WHERE id IN (SELECT person FROM group_member WHERE people_group = $2)";
        // Whoever makes a group of that name again does not answer for what this one left behind.
        let tokens = "UPDATE api_token SET people_group = NULL WHERE people_group = $1";
        let accounts = "UPDATE service_account SET people_group = NULL WHERE people_group = $1";
        let delete = "DELETE FROM people_group WHERE name = $1";
        let outcome = self.commit(vec![
            Statement::one(close, params![name.as_str()]),
            Statement::any(forget, params![listed(name), name.as_str()]),
            Statement::any(tokens, params![name.as_str()]),
            Statement::any(accounts, params![name.as_str()]),
            Statement::one(delete, params![name.as_str()]),
        ]);
        Ok(outcome.await?.is_committed())
    }

    /// Takes somebody into a group.
    pub async fn add_member(
        &self,
        group: &GroupName,
        person: PersonId,
    ) -> Result<MemberAdded, Failure> {
        let join = "INSERT INTO group_member (people_group, person) \
                    SELECT people_group.name, person.id FROM people_group, person \
                    WHERE people_group.name = $1 AND person.id = $2 \
                    /*pg FOR SHARE OF people_group */ ON CONFLICT DO NOTHING";
        let list = "UPDATE person SET memberships = memberships || $1 || ' ' WHERE id = $2";
        let outcome = self.commit(vec![
            Statement::one(join, params![group.as_str(), person.as_bytes()]),
            Statement::one(list, params![group.as_str(), person.as_bytes()]),
        ]);
        match outcome.await? {
            Outcome::Committed(_) => Ok(MemberAdded::Added),
            Outcome::Conflict { .. } => self.why_not(group, person).await,
        }
    }

    async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure> {
        let outcome = self.database.commit(statements).await?;
        if outcome.is_committed() {
            // API tokens that members answer for, or the group itself, are in memory.
            self.memory.refresh(self.database).await?;
        }
        Ok(outcome)
    }

    async fn why_not(&self, group: &GroupName, person: PersonId) -> Result<MemberAdded, Failure> {
        let of_name = "SELECT name FROM people_group WHERE name = $1";
        let of_id = "SELECT id FROM person WHERE id = $1";
        let group = self.database.query(of_name, params![group.as_str()]);
        if group.await?.is_empty() {
            return Ok(MemberAdded::NoSuchGroup);
        }
        let person = self.database.query(of_id, params![person.as_bytes()]);
        Ok(if person.await?.is_empty() {
            MemberAdded::NoSuchPerson
        } else {
            MemberAdded::AlreadyMember
        })
    }

    /// Takes somebody out of a group; `false` when they were not in it.
    pub async fn remove_member(
        &self,
        group: &GroupName,
        person: PersonId,
    ) -> Result<bool, Failure> {
        let leave = "DELETE FROM group_member WHERE people_group = $1 AND person = $2";
        let forget = "UPDATE person SET memberships = REPLACE(memberships, $1, ' ') WHERE id = $2";
        let outcome = self.commit(vec![
            Statement::one(leave, params![group.as_str(), person.as_bytes()]),
            Statement::one(forget, params![listed(group), person.as_bytes()]),
        ]);
        Ok(outcome.await?.is_committed())
    }
}

/// The part of a commit that takes somebody, whose `memberships` name the group, into it.
pub(crate) fn place(group: &GroupName, person: PersonId) -> [Statement; 2] {
    let add = "INSERT INTO people_group (name, description) VALUES ($1, '') ON CONFLICT DO NOTHING";
    let join = "INSERT INTO group_member (people_group, person) \
                SELECT name, $1 FROM people_group WHERE name = $2 /*pg FOR SHARE OF people_group */";
    [
        Statement::any(add, params![group.as_str()]),
        Statement::one(join, params![person.as_bytes(), group.as_str()]),
    ]
}

/// The name between spaces, as `memberships` has it; no name has a space in it.
fn listed(name: &GroupName) -> String {
    format!(" {name} ")
}
