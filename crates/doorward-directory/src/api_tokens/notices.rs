//! What the use of tokens gave rise to, and what followed.

use doorward_core::Timestamp;
use doorward_core::api_token::watch::{Notice, Reaction};
use doorward_core::api_token::{ApiToken, State};
use doorward_core::identifiers::ApiTokenId;

use super::{ApiTokens, Registration, replace, several};
use crate::compare_and_set::Place;
use crate::database::{Outcome, Statement};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// How often a notice is raised anew when the token changed meanwhile.
const ATTEMPTS: u32 = 10;

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raised {
    /// It is written down, and the token is as the notice makes it.
    Raised {
        /// The token before.
        before: Box<ApiToken>,
        /// The token after.
        after: Box<ApiToken>,
    },
    /// The very same was raised not long ago, or nothing can follow any more. Nothing was changed.
    Already,
}

impl ApiTokens<'_> {
    /// Raises a notice and brings its token into the state that follows, in one step: of nodes that find the same at once, one does.
    pub async fn raise(&self, notice: &Notice) -> Result<Raised, Failure> {
        let place = Registration {
            door: *self,
            id: notice.token,
        };
        for _ in 0..ATTEMPTS {
            let Some((before, columns)) = place.read().await? else {
                return Ok(Raised::Already);
            };
            if matches!(before.state, State::Revoked { .. }) {
                return Ok(Raised::Already);
            }
            let after = ApiToken {
                state: notice.applied_to(before.state.clone()),
                ..(*before).clone()
            };
            let mut statements = vec![put(notice)];
            if after != *before {
                statements.push(replace(&after, &columns)?);
            }
            match self.commit(statements).await? {
                Outcome::Committed(_) => {
                    return Ok(Raised::Raised {
                        before: Box::new((*before).clone()),
                        after: Box::new(after),
                    });
                }
                Outcome::Conflict { statement: 0 } => return Ok(Raised::Already),
                Outcome::Conflict { .. } => {}
            }
        }
        Err(Failure::Unavailable(format!(
            "others changed {} each time that a signal was to be written down",
            place.name()
        )))
    }

    /// What was raised of these tokens and is to be told, newest first, until whoever it concerns has dismissed it.
    pub async fn notices(&self, ids: &[ApiTokenId]) -> Result<Vec<Notice>, Failure> {
        let mut notices = Vec::new();
        for ids in ids.chunks(several::MOST) {
            let sql = several::with_ids!(
                "SELECT token, kind, subject, words, reaction, raised_at FROM api_token_notice WHERE token IN ",
                " AND dismissed_at IS NULL AND reaction <> $17"
            );
            let note = params![Reaction::Note.as_str()];
            let params = [several::params(ids), note].concat();
            notices.extend(row::all::<Notice>(self.database.query(sql, params).await?)?);
        }
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.raised_at));
        Ok(notices)
    }

    /// Everything that was raised of a token within the time that it is kept, also what is only noted or was dismissed.
    pub async fn raised(&self, id: ApiTokenId) -> Result<Vec<Notice>, Failure> {
        let sql = "SELECT token, kind, subject, words, reaction, raised_at FROM api_token_notice \
                   WHERE token = $1 ORDER BY raised_at DESC, kind, subject";
        row::all(self.database.query(sql, params![id.as_bytes()]).await?)
    }

    /// Tells no more of what was raised of a token until `seen_at`. Whoever asks must be allowed to see the token.
    pub async fn dismiss_notices(
        &self,
        id: ApiTokenId,
        seen_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let sql = "UPDATE api_token_notice SET dismissed_at = $1 \
                   WHERE token = $2 AND raised_at <= $3 AND dismissed_at IS NULL";
        let dismiss = Statement::any(sql, params![now, id.as_bytes(), seen_at]);
        self.database.commit(vec![dismiss]).await.map(drop)
    }
}

/// Writes a notice down, unless the very same was raised too short a time ago.
fn put(notice: &Notice) -> Statement {
    let sql = "INSERT INTO api_token_notice (token, kind, subject, words, reaction, raised_at, dismissed_at) \
               VALUES ($1, $2, $3, $4, $5, $6, NULL) ON CONFLICT (token, kind, subject) DO UPDATE SET \
               words = excluded.words, reaction = excluded.reaction, raised_at = excluded.raised_at, dismissed_at = NULL \
               WHERE api_token_notice.raised_at <= $7";
    let quiet_since = notice.raised_at.minus(notice.kind.quiet_for());
    Statement::one(
        sql,
        params![
            notice.token.as_bytes(),
            notice.kind.as_str(),
            notice.subject.as_str(),
            notice.words.as_str(),
            notice.reaction.as_str(),
            notice.raised_at,
            quiet_since,
        ],
    )
}

impl Stored for Notice {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("api_token_notice");
        Ok(Self {
            token: ApiTokenId::from_bytes(fields.bytes()?),
            kind: fields.parsed()?,
            subject: fields.text()?,
            words: fields.text()?,
            reaction: fields.parsed()?,
            raised_at: fields.timestamp()?,
        })
    }
}
