//! Refresh tokens: the families that grants have begun.

use doorward_core::grant::{Grant, RefreshTokenFamily, SpentRefreshToken};
use doorward_core::identifiers::{GrantId, RefreshTokenId};
use doorward_core::person::Person;
use doorward_core::secret::SecretHash;

use crate::database::{Statement, Value};
use crate::failure::Failure;
use crate::grants::{Grants, grant_columns};
use crate::people::person_columns;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// What became of a refresh token that was to be exchanged for its successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Rotated {
    /// The successor lives.
    Rotated,
    /// It was not the living token any more, or the grant was revoked.
    Lost,
}

/// What a [`RefreshTokenFamily`] is read from.
macro_rules! refresh_token_columns {
    () => {
        "refresh_token.id, refresh_token.oauth_grant, refresh_token.confirmation, refresh_token.current, \
         refresh_token.previous_hash, refresh_token.previous_salt, refresh_token.rotated_at, \
         refresh_token.idle_expires_at"
    };
}

impl Stored for RefreshTokenFamily {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("refresh_token");
        Ok(Self {
            id: RefreshTokenId::from_bytes(fields.bytes()?),
            grant: GrantId::from_bytes(fields.bytes()?),
            confirmation: fields.optional_json()?,
            current: SecretHash::from_bytes(fields.bytes()?),
            previous: spent(fields)?,
            rotated_at: fields.timestamp()?,
            idle_expires_at: fields.timestamp()?,
        })
    }
}

fn spent(fields: &mut Fields) -> Result<Option<SpentRefreshToken>, Failure> {
    match (fields.optional_bytes()?, fields.optional_bytes()?) {
        (Some(hash), Some(salt)) => Ok(Some(SpentRefreshToken {
            hash: SecretHash::from_bytes(hash),
            salt,
        })),
        (None, None) => Ok(None),
        _ => Err(fields.bad("half of a predecessor")),
    }
}

impl Grants<'_> {
    /// A family of refresh tokens, its grant and who allowed it.
    pub async fn refresh_token(
        &self,
        id: RefreshTokenId,
    ) -> Result<Option<(RefreshTokenFamily, Grant, Person)>, Failure> {
        let sql = concat!(
            "SELECT ",
            refresh_token_columns!(),
            ", ",
            grant_columns!(),
            ", ",
            person_columns!(),
            " FROM refresh_token JOIN oauth_grant ON oauth_grant.id = refresh_token.oauth_grant \
             JOIN session ON session.id = oauth_grant.session \
             JOIN person ON person.id = session.person WHERE refresh_token.id = $1"
        );
        row::first(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// Puts `to` in place of the family whose living token is still `from`. Of several that try, one succeeds
    /// ([RFC 9700 section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2)).
    pub async fn rotate(
        &self,
        from: &SecretHash,
        to: &RefreshTokenFamily,
    ) -> Result<Rotated, Failure> {
        let sql = "UPDATE refresh_token SET current = $1, previous_hash = $2, previous_salt = $3, \
                   rotated_at = $4, idle_expires_at = $5 \
                   WHERE id = $6 AND current = $7 AND EXISTS (SELECT 1 FROM oauth_grant \
                   WHERE oauth_grant.id = refresh_token.oauth_grant AND revoked_at IS NULL)";
        let mut params = state_of(to);
        params.extend(params![to.id.as_bytes(), from.as_bytes()]);
        let update = Statement::one(sql, params);
        let rotated = self.database.commit(vec![update]).await?.is_committed();
        Ok(if rotated {
            Rotated::Rotated
        } else {
            Rotated::Lost
        })
    }
}

/// The part of a commit that begins a family of refresh tokens.
pub(crate) fn begin(family: &RefreshTokenFamily) -> Result<Statement, Failure> {
    let sql = "INSERT INTO refresh_token (id, oauth_grant, confirmation, current, previous_hash, \
               previous_salt, rotated_at, idle_expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let confirmation = family.confirmation.as_ref();
    let confirmation = confirmation.map(|key| value::json("refresh_token", key));
    let confirmation = confirmation.transpose()?;
    let mut params = params![family.id.as_bytes(), family.grant.as_bytes(), confirmation];
    params.extend(state_of(family));
    Ok(Statement::one(sql, params))
}

/// What rotating changes: the columns from `current` to `idle_expires_at`.
fn state_of(family: &RefreshTokenFamily) -> Vec<Value> {
    let previous = family.previous.as_ref();
    params![
        family.current.as_bytes(),
        previous.map(|spent| spent.hash.as_bytes()),
        previous.map(|spent| &spent.salt),
        family.rotated_at,
        family.idle_expires_at,
    ]
}
