//! Grants: what was allowed once.

use doorward_core::Timestamp;
use doorward_core::acr::Acr;
use doorward_core::client::LogoutChannel;
use doorward_core::grant::{Grant, RefreshTokenFamily};
use doorward_core::identifiers::{ClientId, GrantId, PersonId, SessionId};
use doorward_core::person::Person;

use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::logout_deliveries;
use crate::memory::Memory;
use crate::people::person_columns;
use crate::refresh_tokens;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to the grants and their refresh tokens.
#[derive(Clone, Copy, Debug)]
pub struct Grants<'a> {
    pub(crate) database: &'a dyn Database,
    memory: &'a Memory,
}

/// What became of a grant that was to be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Recorded {
    /// It is there now.
    Recorded,
    /// It was there before.
    Already,
    /// The session it was allowed in is over, or was never that person's.
    SessionOver,
}

/// What a [`Grant`] is read from; its person is its session's.
macro_rules! grant_columns {
    () => {
        "oauth_grant.id, session.person, oauth_grant.client, oauth_grant.session, \
         oauth_grant.scope, oauth_grant.resources, oauth_grant.authorization_details, oauth_grant.claims, \
         oauth_grant.authentication, oauth_grant.acr, oauth_grant.lifetime, \
         oauth_grant.issued_at, oauth_grant.expires_at, oauth_grant.revoked_at"
    };
}
pub(crate) use grant_columns;

impl Stored for Grant {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("oauth_grant");
        Ok(Self {
            id: GrantId::from_bytes(fields.bytes()?),
            person: PersonId::from_bytes(fields.bytes()?),
            client: fields.parsed::<ClientId>()?,
            session: SessionId::from_bytes(fields.bytes()?),
            scope: fields.parsed()?,
            resources: fields.json()?,
            authorization_details: fields.json()?,
            claims: fields.json()?,
            authentication: fields.json()?,
            acr: fields.optional_parsed()?,
            lifetime: fields.word()?,
            issued_at: fields.timestamp()?,
            expires_at: fields.timestamp()?,
            revoked_at: fields.optional_timestamp()?,
        })
    }
}

/// The client of a grant.
struct Allowed(ClientId);

impl Stored for Allowed {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("oauth_grant").parsed().map(Self)
    }
}

impl<'a> Grants<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// Records what somebody allowed, begins its refresh tokens where it has any, and remembers a client that is told when the session is over. A grant is recorded once, whoever asks and however
    /// often; and not when the session it was allowed in ended meanwhile, since ending that could not have revoked what was not there yet.
    pub async fn record(
        &self,
        grant: &Grant,
        refresh_tokens: Option<&RefreshTokenFamily>,
    ) -> Result<Recorded, Failure> {
        let mut statements = vec![insert(grant)?];
        statements.extend(refresh_tokens.map(refresh_tokens::begin).transpose()?);
        let channel = self.logout_channel(&grant.client);
        statements.extend(channel.map(|channel| logout_deliveries::remember(grant, channel)));
        if self.database.commit(statements).await?.is_committed() {
            return Ok(Recorded::Recorded);
        }
        let sql = "SELECT 1 FROM oauth_grant WHERE id = $1";
        let found = self.database.query(sql, params![grant.id.as_bytes()]);
        Ok(if found.await?.is_empty() {
            Recorded::SessionOver
        } else {
            Recorded::Already
        })
    }

    fn logout_channel(&self, client: &ClientId) -> Option<LogoutChannel> {
        let clients = self.memory.clients();
        clients.get(client)?.client.logout_channel()
    }

    /// The grant and who allowed it.
    pub async fn with_person(&self, id: GrantId) -> Result<Option<(Grant, Person)>, Failure> {
        let sql = concat!(
            "SELECT ",
            grant_columns!(),
            ", ",
            person_columns!(),
            " FROM oauth_grant JOIN session ON session.id = oauth_grant.session \
             JOIN person ON person.id = session.person WHERE oauth_grant.id = $1"
        );
        row::first(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// The clients that have something they were allowed and that goes on at `now`.
    pub async fn clients_in_force(&self, now: Timestamp) -> Result<Vec<ClientId>, Failure> {
        let sql = "SELECT DISTINCT client FROM oauth_grant \
                   WHERE expires_at > $1 AND revoked_at IS NULL ORDER BY client";
        let found: Vec<Allowed> = row::all(self.database.query(sql, params![now]).await?)?;
        Ok(found.into_iter().map(|Allowed(client)| client).collect())
    }

    /// What was allowed in a session, oldest first.
    pub async fn of_session(&self, id: SessionId) -> Result<Vec<Grant>, Failure> {
        let sql = concat!(
            "SELECT ",
            grant_columns!(),
            " FROM oauth_grant JOIN session ON session.id = oauth_grant.session \
             WHERE oauth_grant.session = $1 ORDER BY oauth_grant.id"
        );
        row::all(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// What somebody allowed, oldest first.
    pub async fn of_person(&self, id: PersonId) -> Result<Vec<Grant>, Failure> {
        let sql = concat!(
            "SELECT ",
            grant_columns!(),
            " FROM session JOIN oauth_grant ON oauth_grant.session = session.id \
             WHERE session.person = $1 ORDER BY oauth_grant.id"
        );
        row::all(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// Revokes a grant, and with it every token that came from it; `false` when it was revoked or is unknown.
    pub async fn revoke(&self, id: GrantId, now: Timestamp) -> Result<bool, Failure> {
        let sql = "UPDATE oauth_grant SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
        let update = Statement::one(sql, params![now, id.as_bytes()]);
        Ok(self.database.commit(vec![update]).await?.is_committed())
    }
}

fn insert(grant: &Grant) -> Result<Statement, Failure> {
    let sql = "INSERT INTO oauth_grant (id, session, client, scope, resources, authorization_details, claims, \
               authentication, acr, lifetime, issued_at, expires_at, revoked_at) \
               SELECT $1, session.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM session \
               WHERE session.id = $13 AND session.person = $14 AND session.ended_at IS NULL \
               /*pg FOR SHARE OF session */";
    Ok(Statement::one(
        sql,
        params![
            grant.id.as_bytes(),
            grant.client.as_str(),
            grant.scope.to_string(),
            value::json("oauth_grant", &grant.resources)?,
            value::json("oauth_grant", &grant.authorization_details)?,
            value::json("oauth_grant", &grant.claims)?,
            value::json("oauth_grant", &grant.authentication)?,
            grant.acr.as_ref().map(Acr::as_str),
            value::word("oauth_grant", &grant.lifetime)?,
            grant.issued_at,
            grant.expires_at,
            grant.revoked_at,
            grant.session.as_bytes(),
            grant.person.as_bytes(),
        ],
    ))
}

/// The part of a commit that revokes all that somebody allowed.
pub(crate) fn revoke_all(person: PersonId, now: Timestamp) -> Statement {
    let sql = "UPDATE oauth_grant SET revoked_at = $1 \
               WHERE session IN (SELECT id FROM session WHERE person = $2) AND revoked_at IS NULL";
    Statement::any(sql, params![now, person.as_bytes()])
}
