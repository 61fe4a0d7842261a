//! People who sign in.

use std::collections::BTreeSet;

use doorward_core::Timestamp;
use doorward_core::identifiers::PersonId;
use doorward_core::password::PasswordHash;
use doorward_core::person::{GroupName, Person, PersonStatus, Profile, Username};

use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::memory::Memory;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};
use crate::{grants, groups, logout_deliveries, sessions, status_lists};

/// The door to the people. A person's groups change through [`Groups`](crate::groups::Groups).
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

/// What became of somebody who was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// They are there now.
    Added,
    /// Somebody else signs in with that name.
    UsernameTaken,
}

/// What a [`Person`] is read from.
macro_rules! person_columns {
    () => {
        "person.id, person.username, person.status, person.profile, person.memberships, \
         person.created_at, person.updated_at"
    };
}
pub(crate) use person_columns;

impl Stored for Person {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("person");
        Ok(Self {
            id: PersonId::from_bytes(fields.bytes()?),
            username: fields.parsed()?,
            status: fields.word()?,
            profile: fields.json()?,
            groups: memberships(fields)?,
            created_at: fields.timestamp()?,
            updated_at: fields.timestamp()?,
        })
    }
}

impl Stored for Option<PasswordHash> {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let phc = fields.columns_of("person").optional_text()?;
        Ok(phc.map(PasswordHash::from_stored))
    }
}

/// The groups that somebody is in; none for nobody.
pub(crate) fn memberships(fields: &mut Fields) -> Result<BTreeSet<GroupName>, Failure> {
    let names = fields.optional_text()?.unwrap_or_default();
    let names = names.split(' ').filter(|name| !name.is_empty());
    names
        .map(|name| name.parse().map_err(|error| fields.bad(error)))
        .collect()
}

impl<'a> People<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// Who has this id.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>, Failure> {
        let sql = concat!("SELECT ", person_columns!(), " FROM person WHERE id = $1");
        row::first(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// Who signs in with this name.
    pub async fn by_username(&self, username: &Username) -> Result<Option<Person>, Failure> {
        let sql = concat!(
            "SELECT ",
            person_columns!(),
            " FROM person WHERE username = $1"
        );
        row::first(self.database.query(sql, params![username.as_str()]).await?)
    }

    /// Those in whose profile this address stands, in upper or lower case and verified or not; a few of them.
    pub async fn by_email(&self, email: &str) -> Result<Vec<Person>, Failure> {
        let sql = concat!(
            "SELECT ",
            person_columns!(),
            " FROM person WHERE email = $1 ORDER BY id LIMIT 10"
        );
        let email = email.to_ascii_lowercase();
        row::all(self.database.query(sql, params![email.as_str()]).await?)
    }

    /// Who signs in with this name, and the hash of the password when one is set.
    pub async fn credential(
        &self,
        username: &Username,
    ) -> Result<Option<(Person, Option<PasswordHash>)>, Failure> {
        let sql = concat!(
            "SELECT ",
            person_columns!(),
            ", person.password_hash FROM person WHERE username = $1"
        );
        row::first(self.database.query(sql, params![username.as_str()]).await?)
    }

    /// Up to `limit` people in the order of their names, from the one that follows `after`.
    pub async fn list(&self, after: Option<&Username>, limit: u32) -> Result<Vec<Person>, Failure> {
        let sql = concat!(
            "SELECT ",
            person_columns!(),
            " FROM person WHERE username > $1 ORDER BY username LIMIT $2"
        );
        let after = after.map_or("", Username::as_str);
        row::all(self.database.query(sql, params![after, limit]).await?)
    }

    /// Adds somebody. Groups they are in that are not there yet are added too.
    pub async fn add(
        &self,
        person: &Person,
        password: Option<&PasswordHash>,
    ) -> Result<Added, Failure> {
        let mut statements = vec![insert(person, password)?];
        for group in &person.groups {
            statements.extend(groups::place(group, person.id));
        }
        let outcome = self.database.commit(statements).await?;
        Ok(if outcome.is_committed() {
            Added::Added
        } else {
            Added::UsernameTaken
        })
    }

    /// Puts `profile` in place of what was known; `false` when there is nobody.
    pub async fn update_profile(
        &self,
        id: PersonId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let sql = "UPDATE person SET profile = $1, updated_at = $2 WHERE id = $3";
        let profile = value::json("person", profile)?;
        self.change(vec![Statement::one(
            sql,
            params![profile, now, id.as_bytes()],
        )])
        .await
    }

    /// Gives somebody another password, and ends all their sessions and grants; `false` when there is nobody.
    pub async fn set_password(
        &self,
        id: PersonId,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        self.change(vec![
            replace_hash(id, password),
            sessions::end_all(id, now),
            grants::revoke_all(id, now),
            logout_deliveries::queue_all(id, now),
        ])
        .await
    }

    /// Stores another hash of the same password; ends nothing. `false` when `from` is not the hash any more:
    /// the password was changed meanwhile, or the person is gone.
    pub async fn rehash_password(
        &self,
        id: PersonId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<bool, Failure> {
        let sql = "UPDATE person SET password_hash = $1 WHERE id = $2 AND password_hash = $3";
        let params = params![to.as_str(), id.as_bytes(), from.as_str()];
        self.change(vec![Statement::one(sql, params)]).await
    }

    /// Enables or disables somebody; disabling ends all their sessions and grants. `false` when there is nobody.
    pub async fn set_status(
        &self,
        id: PersonId,
        status: PersonStatus,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let sql = "UPDATE person SET status = $1 WHERE id = $2";
        let word = value::word("person", &status)?;
        let mut statements = vec![Statement::one(sql, params![word, id.as_bytes()])];
        if status == PersonStatus::Disabled {
            statements.extend([
                sessions::end_all(id, now),
                grants::revoke_all(id, now),
                status_lists::end_all(id),
                logout_deliveries::queue_all(id, now),
            ]);
        }
        self.change(statements).await
    }

    /// Forgets somebody, with all their sessions, grants, consents and memberships; `false` when there was nobody.
    pub async fn remove(&self, id: PersonId, now: Timestamp) -> Result<bool, Failure> {
        let sql = "DELETE FROM person WHERE id = $1";
        self.change(vec![
            sessions::end_all(id, now),
            logout_deliveries::queue_all(id, now),
            status_lists::end_all(id),
            Statement::one(sql, params![id.as_bytes()]),
        ])
        .await
    }

    async fn change(&self, statements: Vec<Statement>) -> Result<bool, Failure> {
        let committed = self.database.commit(statements).await?.is_committed();
        if committed {
            // API tokens that they answer for are in memory.
            self.memory.refresh(self.database).await?;
        }
        Ok(committed)
    }
}

fn insert(person: &Person, password: Option<&PasswordHash>) -> Result<Statement, Failure> {
    let sql = "INSERT INTO person (id, username, status, profile, memberships, password_hash, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT DO NOTHING";
    let mut memberships = " ".to_owned();
    for group in &person.groups {
        memberships.push_str(group.as_str());
        memberships.push(' ');
    }
    Ok(Statement::one(
        sql,
        params![
            person.id.as_bytes(),
            person.username.as_str(),
            value::word("person", &person.status)?,
            value::json("person", &person.profile)?,
            memberships,
            password.map(PasswordHash::as_str),
            person.created_at,
            person.updated_at,
        ],
    ))
}

fn replace_hash(id: PersonId, password: &PasswordHash) -> Statement {
    let sql = "UPDATE person SET password_hash = $1 WHERE id = $2";
    Statement::one(sql, params![password.as_str(), id.as_bytes()])
}
