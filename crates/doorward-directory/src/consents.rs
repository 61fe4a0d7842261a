//! Consents: what people allowed clients, remembered.
//!
//! A consent is one row for each scope and each other item, so that what is given twice at once unites by itself.

use std::collections::BTreeMap;

use doorward_core::Timestamp;
use doorward_core::authorization_details::AuthorizationDetail;
use doorward_core::consent::{Consent, Permission};
use doorward_core::identifiers::{ClientId, PersonId};
use doorward_core::resource_server::Resource;
use doorward_core::scope::Scope;
use doorward_core::secret::SecretHash;
use serde::{Deserialize, Serialize};

use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::status_lists;
use crate::value::{self, params};

/// The door to the consents.
#[derive(Clone, Copy, Debug)]
pub struct Consents<'a> {
    database: &'a dyn Database,
}

/// One row of a consent.
struct Part {
    client: ClientId,
    scope: Option<Scope>,
    item: Option<Item>,
    /// The API of a detail.
    resource: Option<Resource>,
    given_at: Timestamp,
}

/// What somebody allowed that no scope names.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Item {
    Resource(Resource),
    AuthorizationDetail(AuthorizationDetail),
}

impl Stored for Part {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("consent");
        Ok(Self {
            client: fields.parsed()?,
            scope: fields.optional_parsed()?,
            item: fields.optional_json()?,
            resource: fields.optional_parsed()?,
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
        let sql = "SELECT client, scope, NULL AS item, NULL AS resource, given_at FROM consent \
                   WHERE client = $1 AND person = $2 UNION ALL \
                   SELECT client, NULL AS scope, item, resource, given_at FROM consent_item \
                   WHERE client = $1 AND person = $2";
        let params = params![client.as_str(), person.as_bytes()];
        let parts = row::all(self.database.query(sql, params).await?)?;
        Ok(unite(person, parts).pop())
    }

    /// What somebody allowed each client, in the order of the clients' ids.
    pub async fn of_person(&self, person: PersonId) -> Result<Vec<Consent>, Failure> {
        let sql = "SELECT client, scope, NULL AS item, NULL AS resource, given_at FROM consent WHERE person = $1 UNION ALL \
                   SELECT client, NULL AS scope, item, resource, given_at FROM consent_item WHERE person = $1";
        let parts = row::all(self.database.query(sql, params![person.as_bytes()]).await?)?;
        Ok(unite(person, parts))
    }

    /// Adds to what was allowed before; `false` when the person or the client is gone.
    pub async fn give(&self, consent: &Consent) -> Result<bool, Failure> {
        let sql = "INSERT INTO consent (client, person, scope, given_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (client, person, scope) DO UPDATE SET given_at = excluded.given_at";
        let (client, person) = (consent.client.as_str(), consent.person.as_bytes());
        let scopes = consent.permission.scope.iter();
        let rows = scopes.map(|scope| {
            Ok(Statement::one(
                sql,
                params![client, person, scope, consent.given_at],
            ))
        });
        let items =
            items(&consent.permission).map(|(item, resource)| insert(consent, &item, resource));
        let rows: Vec<_> = rows.chain(items).collect::<Result<_, Failure>>()?;
        Ok(self.database.commit(rows).await?.is_committed())
    }

    /// Takes back all that was allowed; `false` when nothing was.
    pub async fn withdraw(&self, person: PersonId, client: &ClientId) -> Result<bool, Failure> {
        let delete = |sql| Statement::any(sql, params![client.as_str(), person.as_bytes()]);
        let deletes = vec![
            status_lists::end_consented(person, client),
            delete("DELETE FROM consent WHERE client = $1 AND person = $2"),
            delete("DELETE FROM consent_item WHERE client = $1 AND person = $2"),
        ];
        Ok(self.database.commit(deletes).await?.touched_any())
    }
}

/// What is kept of a permission besides its scope: each item, and the API of those that are details.
fn items(permission: &Permission) -> impl Iterator<Item = (Item, Option<&Resource>)> {
    let resources = permission.resources.iter().cloned();
    let resources = resources.map(|resource| (Item::Resource(resource), None));
    let details = permission.details();
    let details = details.map(|(at, detail)| (Item::AuthorizationDetail(detail.clone()), Some(at)));
    resources.chain(details)
}

fn insert(
    consent: &Consent,
    item: &Item,
    resource: Option<&Resource>,
) -> Result<Statement, Failure> {
    let sql = "INSERT INTO consent_item (client, person, hash, item, given_at, resource) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (client, person, hash) DO UPDATE SET given_at = excluded.given_at, resource = excluded.resource";
    let item = value::json("consent_item", item)?;
    let resource = resource.map(Resource::as_str);
    let hash = SecretHash::of(&format!("{item}{}", resource.unwrap_or_default()));
    let (client, person) = (consent.client.as_str(), consent.person.as_bytes());
    Ok(Statement::one(
        sql,
        params![
            client,
            person,
            hash.as_bytes(),
            item,
            consent.given_at,
            resource
        ],
    ))
}

fn unite(person: PersonId, parts: Vec<Part>) -> Vec<Consent> {
    let mut consents: BTreeMap<ClientId, Consent> = BTreeMap::new();
    for part in parts {
        let consent = consents
            .entry(part.client.clone())
            .or_insert_with(|| Consent {
                person,
                client: part.client,
                permission: Permission::default(),
                given_at: part.given_at,
            });
        let permission = &mut consent.permission;
        permission.scope = permission.scope.union(&part.scope.unwrap_or_default());
        match (part.item, part.resource) {
            (Some(Item::Resource(resource)), _) => {
                permission.resources.insert(resource);
            }
            (Some(Item::AuthorizationDetail(detail)), Some(at)) => {
                let details = permission.authorization_details.entry(at).or_default();
                details.add(detail);
            }
            // A detail without its API was allowed nowhere that we know of.
            (Some(Item::AuthorizationDetail(_)) | None, _) => {}
        }
        consent.given_at = consent.given_at.max(part.given_at);
    }
    consents.into_values().collect()
}
