//! Assertion issuers: those whose word is taken for who somebody is. All of them are in memory, as clients are.

use std::sync::Arc;

use doorward_core::assertion_issuer::{
    AssertionIssuer, AssertionIssuerName, AssertionIssuers as Registry,
};

use crate::clients::Added;
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::memory::{self, Memory};
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to the assertion issuers.
#[derive(Clone, Copy, Debug)]
pub struct AssertionIssuers<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

impl Stored for AssertionIssuer {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let name: AssertionIssuerName = fields.columns_of("assertion_issuer").parsed()?;
        let issuer: Self = fields.json()?;
        if issuer.name == name {
            Ok(issuer)
        } else {
            let reason = format_args!("the document of {name} names another one");
            Err(fields.bad(reason))
        }
    }
}

pub(crate) async fn all(database: &dyn Database) -> Result<Vec<AssertionIssuer>, Failure> {
    let sql = "SELECT name, document FROM assertion_issuer ORDER BY name";
    row::all(database.query(sql, params![]).await?)
}

impl<'a> AssertionIssuers<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// All of them, as of now.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.memory.snapshot().assertion_issuers)
    }

    /// Adds an assertion issuer.
    pub async fn add(&self, issuer: &AssertionIssuer) -> Result<Added, Failure> {
        let sql =
            "INSERT INTO assertion_issuer (name, document) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let document = value::json("assertion_issuer", issuer)?;
        let insert = Statement::one(sql, params![issuer.name.as_str(), document]);
        let added = self.change(insert).await?;
        Ok(if added { Added::Added } else { Added::Taken })
    }

    /// Puts `issuer` in place of the one with its name; `false` when there is none.
    pub async fn update(&self, issuer: &AssertionIssuer) -> Result<bool, Failure> {
        let sql = "UPDATE assertion_issuer SET document = $1 WHERE name = $2";
        let document = value::json("assertion_issuer", issuer)?;
        let update = Statement::one(sql, params![document, issuer.name.as_str()]);
        self.change(update).await
    }

    /// Removes an assertion issuer, and with it every token that came of its word; `false` when there was none.
    pub async fn remove(&self, name: &AssertionIssuerName) -> Result<bool, Failure> {
        let sql = "DELETE FROM assertion_issuer WHERE name = $1";
        let delete = Statement::one(sql, params![name.as_str()]);
        self.change(delete).await
    }

    async fn change(&self, statement: Statement) -> Result<bool, Failure> {
        let statements = vec![statement, memory::others_changed()];
        let changed = self.database.commit(statements).await?.is_committed();
        if changed {
            self.memory.refresh(self.database).await?;
        }
        Ok(changed)
    }
}
