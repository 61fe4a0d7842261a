//! A token together with all that it depends on, as of one moment.

use std::collections::BTreeSet;

use doorward_core::api_token::{
    FoundToken, Owner, OwnerStanding, PresentedApiToken, ServiceAccount, Standing,
};
use doorward_core::identifiers::ApiTokenId;
use doorward_core::person::{GroupName, PersonStatus};

use super::stored::{self, StoredToken};
use crate::database::Database;
use crate::failure::Failure;
use crate::people::memberships;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// What a [`Standing`] is read from, of the owner of a token or of its service account.
macro_rules! standing_columns {
    () => {
        "service_account.document, person.status, person.memberships, people_group.name, \
         (SELECT number FROM revision WHERE name = 'epoch')"
    };
}

/// Where it is read from.
macro_rules! those_behind {
    () => {
        " LEFT JOIN service_account ON service_account.id = api_token.service_account \
         LEFT JOIN person ON person.id = COALESCE(api_token.person, service_account.person) \
         LEFT JOIN people_group ON people_group.name = COALESCE(api_token.people_group, service_account.people_group) "
    };
}
pub(super) use {standing_columns, those_behind};

impl Stored for Standing {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let account: Option<ServiceAccount> =
            fields.columns_of("service_account").optional_json()?;
        let owner = owner(fields)?;
        Ok(Self {
            owner,
            account,
            restored_at: fields.columns_of("revision").timestamp()?,
        })
    }
}

fn owner(fields: &mut Fields) -> Result<OwnerStanding, Failure> {
    let status: Option<PersonStatus> = fields.columns_of("person").optional_word()?;
    let groups = memberships(fields)?;
    let group: Option<GroupName> = fields.columns_of("people_group").optional_parsed()?;
    Ok(match (status, group) {
        (Some(PersonStatus::Enabled), _) => OwnerStanding::Enabled(groups),
        (Some(PersonStatus::Disabled), _) => OwnerStanding::Disabled,
        (None, Some(group)) => OwnerStanding::Enabled(BTreeSet::from([group])),
        (None, None) => OwnerStanding::Gone,
    })
}

impl Stored for FoundToken {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let secret_ends_at = fields.columns_of("api_token_secret").optional_timestamp()?;
        let StoredToken { token, .. } = StoredToken::read(fields)?;
        Ok(Self {
            token,
            secret_ends_at,
            standing: Standing::read(fields)?,
        })
    }
}

pub(super) async fn by_secret(
    database: &dyn Database,
    presented: &PresentedApiToken,
) -> Result<Option<FoundToken>, Failure> {
    let sql = concat!(
        "SELECT api_token_secret.ends_at, ",
        stored::columns!(),
        ", ",
        standing_columns!(),
        " FROM api_token_secret JOIN api_token ON api_token.id = api_token_secret.token",
        those_behind!(),
        "WHERE api_token_secret.hash = $1"
    );
    let params = params![presented.hash().as_bytes()];
    let found: Option<FoundToken> = row::first(database.query(sql, params).await?)?;
    Ok(found.filter(|found| found.token.kind() == presented.kind()))
}

pub(super) async fn by_id(
    database: &dyn Database,
    id: ApiTokenId,
) -> Result<Option<FoundToken>, Failure> {
    let sql = concat!(
        "SELECT NULL, ",
        stored::columns!(),
        ", ",
        standing_columns!(),
        " FROM api_token",
        those_behind!(),
        "WHERE api_token.id = $1"
    );
    row::first(database.query(sql, params![id.as_bytes()]).await?)
}

/// What an [`OwnerStanding`] is read from, where it is asked for alone.
struct AloneStanding(OwnerStanding);

impl Stored for AloneStanding {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        owner(fields).map(Self)
    }
}

pub(super) async fn standing_of(
    database: &dyn Database,
    owner: &Owner,
) -> Result<OwnerStanding, Failure> {
    let rows = match owner {
        Owner::Person(person) => {
            let sql = "SELECT status, memberships, NULL FROM person WHERE id = $1";
            database.query(sql, params![person.as_bytes()])
        }
        Owner::Group(group) => {
            let sql = "SELECT NULL, NULL, name FROM people_group WHERE name = $1";
            database.query(sql, params![group.as_str()])
        }
    };
    let found: Option<AloneStanding> = row::first(rows.await?)?;
    Ok(found.map_or(OwnerStanding::Gone, |AloneStanding(standing)| standing))
}
