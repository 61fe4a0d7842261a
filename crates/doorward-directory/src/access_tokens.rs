//! Access tokens: those that say nothing themselves, and those that were revoked before they expired
//! ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)). The others are kept nowhere; their signature speaks for them.

use doorward_core::Timestamp;
use doorward_core::access_token::{AccessTokenClaims, Standing};
use doorward_core::grant::Grant;
use doorward_core::identifiers::GrantId;
use doorward_core::opaque_token::OpaqueToken;
use doorward_core::person::Person;
use doorward_core::status_list::StatusIndex;

use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::grants::grant_columns;
use crate::people::person_columns;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to what is known of access tokens.
#[derive(Clone, Copy, Debug)]
pub struct AccessTokens<'a> {
    database: &'a dyn Database,
}

/// What a [`Standing`] is read from, for the token named by `$1`.
macro_rules! standing_columns {
    () => {
        "(SELECT COUNT(*) FROM revoked_access_token WHERE jti = $1), \
         (SELECT number FROM revision WHERE name = 'epoch')"
    };
}

impl Stored for AccessTokenClaims {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("access_token").json()
    }
}

impl Stored for Standing {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("revoked_access_token");
        Ok(Self {
            revoked: fields.integer()? > 0,
            restored_at: fields.columns_of("revision").timestamp()?,
        })
    }
}

impl<'a> AccessTokens<'a> {
    pub(crate) const fn new(database: &'a dyn Database) -> Self {
        Self { database }
    }

    /// Keeps what an opaque token stands for, durably, before anybody gets it.
    pub async fn issue(
        &self,
        token: &OpaqueToken,
        claims: &AccessTokenClaims,
    ) -> Result<(), Failure> {
        let sql = "INSERT INTO access_token (hash, claims, expires_at) VALUES ($1, $2, $3)";
        let expires_at = Timestamp::from_seconds(claims.exp);
        let claims = value::json("access_token", claims)?;
        let insert = Statement::any(sql, params![token.kept_as().as_slice(), claims, expires_at]);
        if self.database.commit(vec![insert]).await?.is_committed() {
            return Ok(());
        }
        Err(Failure::BadRow {
            table: "access_token",
            reason: "a token that was just made is there already".to_owned(),
        })
    }

    /// What an opaque token stands for; `None` when it was never issued, or is over.
    pub async fn find(
        &self,
        token: &OpaqueToken,
        now: Timestamp,
    ) -> Result<Option<AccessTokenClaims>, Failure> {
        let sql = "SELECT claims FROM access_token WHERE hash = $1 AND expires_at > $2";
        let params = params![token.kept_as().as_slice(), now];
        row::first(self.database.query(sql, params).await?)
    }

    /// What is known of the token named `jti`.
    pub async fn standing(&self, jti: &str) -> Result<Standing, Failure> {
        let sql = concat!("SELECT ", standing_columns!());
        let standing = row::first(self.database.query(sql, params![jti]).await?)?;
        standing.ok_or_else(|| Failure::BadRow {
            table: "revoked_access_token",
            reason: "no answer".to_owned(),
        })
    }

    /// The same, with the grant that the token came from and who allowed it; `None` when the grant is gone.
    pub async fn with_grant(
        &self,
        jti: &str,
        grant: GrantId,
    ) -> Result<Option<(Standing, Grant, Person)>, Failure> {
        let sql = concat!(
            "SELECT ",
            standing_columns!(),
            ", ",
            grant_columns!(),
            ", ",
            person_columns!(),
            " FROM oauth_grant JOIN session ON session.id = oauth_grant.session \
             JOIN person ON person.id = session.person WHERE oauth_grant.id = $2"
        );
        let params = params![jti, grant.as_bytes()];
        row::first(self.database.query(sql, params).await?)
    }

    /// Revokes the token named `jti`, which would have expired at `expires_at`, and in its status list if it has a `status` there;
    /// `false` when it was revoked before.
    pub async fn revoke(
        &self,
        jti: &str,
        expires_at: Timestamp,
        status: Option<StatusIndex>,
    ) -> Result<bool, Failure> {
        let sql = "INSERT INTO revoked_access_token (jti, expires_at, status_index) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING";
        let status = status.map(StatusIndex::as_number);
        let insert = Statement::one(sql, params![jti, expires_at, status]);
        Ok(self.database.commit(vec![insert]).await?.is_committed())
    }
}
