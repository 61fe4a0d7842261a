//! Consents: what people allowed clients, remembered.
//!
//! A consent is one row for each scope, so that what is given twice at once unites by itself.

use std::collections::BTreeMap;

use doorward_core::Timestamp;
use doorward_core::consent::Consent;
use doorward_core::identifiers::{ClientId, PersonId};
use doorward_core::scope::Scope;

use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// The door to the consents.
#[derive(Clone, Copy, Debug)]
pub struct Consents<'a> {
    database: &'a dyn Database,
}

/// One scope of a consent.
struct Part {
    client: ClientId,
    scope: Scope,
    given_at: Timestamp,
}

impl Stored for Part {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("consent");
        Ok(Self {
            client: fields.parsed()?,
            scope: fields.parsed()?,
            given_at: fields.timestamp()?,
        })
    }
}

impl<'a> Consents<'a> {
    pub(crate) const fn new(database: &'a dyn Database) -> Self {
        Self { database }
    }

    /// What somebody allowed a client.
    pub async fn consent(
        &self,
        person: PersonId,
        client: &ClientId,
    ) -> Result<Option<Consent>, Failure> {
        let sql = "SELECT client, scope, given_at FROM consent WHERE client = $1 AND person = $2";
        let params = params![client.as_str(), person.as_bytes()];
        let parts = row::all(self.database.query(sql, params).await?)?;
        Ok(unite(person, parts).pop())
    }

    /// What somebody allowed each client, in the order of the clients' ids.
    pub async fn of_person(&self, person: PersonId) -> Result<Vec<Consent>, Failure> {
        let sql = "SELECT client, scope, given_at FROM consent WHERE person = $1";
        let parts = row::all(self.database.query(sql, params![person.as_bytes()]).await?)?;
        Ok(unite(person, parts))
    }

    /// Adds to what was allowed before; `false` when the person or the client is gone.
    pub async fn give(&self, consent: &Consent) -> Result<bool, Failure> {
        let sql = "INSERT INTO consent (client, person, scope, given_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (client, person, scope) DO UPDATE SET given_at = excluded.given_at";
        let rows = consent.scope.iter().map(|scope| {
            let (client, person) = (consent.client.as_str(), consent.person.as_bytes());
            Statement::one(sql, params![client, person, scope, consent.given_at])
        });
        Ok(self.database.commit(rows.collect()).await?.is_committed())
    }

    /// Takes back all that was allowed; `false` when nothing was.
    pub async fn withdraw(&self, person: PersonId, client: &ClientId) -> Result<bool, Failure> {
        let sql = "DELETE FROM consent WHERE client = $1 AND person = $2";
        let delete = Statement::any(sql, params![client.as_str(), person.as_bytes()]);
        Ok(self.database.commit(vec![delete]).await?.touched() > 0)
    }
}

fn unite(person: PersonId, parts: Vec<Part>) -> Vec<Consent> {
    let mut consents: BTreeMap<ClientId, Consent> = BTreeMap::new();
    for part in parts {
        let consent = consents
            .entry(part.client.clone())
            .or_insert_with(|| Consent {
                person,
                client: part.client,
                scope: Scope::default(),
                given_at: part.given_at,
            });
        consent.scope = consent.scope.union(&part.scope);
        consent.given_at = consent.given_at.max(part.given_at);
    }
    consents.into_values().collect()
}
