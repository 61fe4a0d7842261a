//! Programs with tokens of their own.

use std::sync::Arc;

use doorward_core::api_token::{ServiceAccount, ServiceAccountName};

use crate::api_tokens::Behind;
use crate::clients::{Added, Updated};
use crate::compare_and_set::{self, Place, Present};
use crate::database::{Database, Outcome, Statement};
use crate::failure::Failure;
use crate::memory::Memory;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to the service accounts.
#[derive(Clone, Copy, Debug)]
pub struct ServiceAccounts<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

/// An account, and the text that it was read from.
struct StoredAccount {
    account: ServiceAccount,
    document: String,
}

impl Stored for StoredAccount {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let document = fields.columns_of("service_account").text()?;
        let account = fields.json_of(&document)?;
        Ok(Self { account, document })
    }
}

impl<'a> ServiceAccounts<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// Adds an account.
    pub async fn add(&self, account: &ServiceAccount) -> Result<Added, Failure> {
        let sql = "INSERT INTO service_account (id, name, person, people_group, document) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let behind = Behind::owned_by(&account.owner);
        let params = params![
            account.id.as_bytes(),
            account.name.as_str(),
            behind.person,
            behind.group,
            value::json("service_account", account)?,
        ];
        let outcome = self.database.commit(vec![Statement::one(sql, params)]);
        Ok(if outcome.await?.is_committed() {
            Added::Added
        } else {
            Added::Taken
        })
    }

    /// The account of this name.
    pub async fn get(&self, name: &ServiceAccountName) -> Result<Option<ServiceAccount>, Failure> {
        let stored = self.stored(name).await?;
        Ok(stored.map(|stored| stored.account))
    }

    async fn stored(&self, name: &ServiceAccountName) -> Result<Option<StoredAccount>, Failure> {
        let sql = "SELECT document FROM service_account WHERE name = $1";
        row::first(self.database.query(sql, params![name.as_str()]).await?)
    }

    /// Up to `limit` accounts in the order of their names, from the one that follows `after`.
    pub async fn list(
        &self,
        after: Option<&ServiceAccountName>,
        limit: u32,
    ) -> Result<Vec<ServiceAccount>, Failure> {
        let sql = "SELECT document FROM service_account WHERE name > $1 ORDER BY name LIMIT $2";
        let after = after.map_or("", ServiceAccountName::as_str);
        let stored: Vec<StoredAccount> =
            row::all(self.database.query(sql, params![after, limit]).await?)?;
        Ok(stored.into_iter().map(|stored| stored.account).collect())
    }

    /// Puts what `decide` makes of an account in its place, such as one that another owner answers for. It keeps its name and its id.
    pub async fn update<E: From<Failure>>(
        &self,
        name: &ServiceAccountName,
        decide: impl FnMut(&ServiceAccount) -> Result<ServiceAccount, E> + Send,
    ) -> Result<Updated<ServiceAccount>, E> {
        compare_and_set::change(Registration { door: *self, name }, decide).await
    }

    /// Removes an account with its tokens; `false` when there was none.
    pub async fn remove(&self, name: &ServiceAccountName) -> Result<bool, Failure> {
        let delete = "DELETE FROM service_account WHERE name = $1";
        let delete = Statement::one(delete, params![name.as_str()]);
        Ok(self.commit(delete).await?.is_committed())
    }

    async fn commit(&self, statement: Statement) -> Result<Outcome, Failure> {
        let outcome = self.database.commit(vec![statement]).await?;
        if outcome.is_committed() {
            self.memory.refresh(self.database).await?;
        }
        Ok(outcome)
    }
}

/// The place of one account.
struct Registration<'a> {
    door: ServiceAccounts<'a>,
    name: &'a ServiceAccountName,
}

impl Place for Registration<'_> {
    type Value = ServiceAccount;
    type Mark = String;

    async fn read(&self) -> Result<Option<Present<Self>>, Failure> {
        let stored = self.door.stored(self.name).await?;
        Ok(stored.map(|stored| (Arc::new(stored.account), stored.document)))
    }

    async fn write(&self, account: &ServiceAccount, before: String) -> Result<bool, Failure> {
        let sql = "UPDATE service_account SET person = $1, people_group = $2, document = $3 \
                   WHERE name = $4 AND document = $5";
        let behind = Behind::owned_by(&account.owner);
        let params = params![
            behind.person,
            behind.group,
            value::json("service_account", account)?,
            self.name.as_str(),
            before,
        ];
        let outcome = self.door.commit(Statement::one(sql, params)).await?;
        Ok(outcome.is_committed())
    }

    fn name(&self) -> String {
        format!("the service account {}", self.name)
    }
}
