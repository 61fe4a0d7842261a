//! Status lists: what the tokens of each run of indices die with, and which of them are dead
//! ([decision 34](../../../docs/decisions/0034-runs-of-indices-belong-to-what-tokens-die-with.md)).

use doorward_core::Timestamp;
use doorward_core::identifiers::{ClientId, GrantId, PersonId};
use doorward_core::status_list::{Block, Origin, RUN_LIFE, Run, RunNumber, StatusIndex, Terms};
use doorward_core::time::CLOCK_TOLERANCE;

use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::memory::Memory;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// How often a node asks for a block when others take the same one.
const ATTEMPTS: u32 = 20;

/// The door to the status lists.
#[derive(Clone, Copy, Debug)]
pub struct StatusLists<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

/// What became of a run that was to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Begun {
    /// Its indices may be given to tokens.
    Begun,
    /// It was begun before, by whoever has its block too.
    Taken,
    /// The grant of its tokens is gone.
    GrantGone,
}

/// What is dead in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dead {
    /// Every token of a run.
    Run(RunNumber),
    /// One token.
    Token(StatusIndex),
}

/// Which lists there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LivingLists {
    /// When the directory was last restored; all lists are of this epoch.
    pub epoch: Timestamp,
    /// The first and the last one, if there are any.
    pub numbers: Option<(u64, u64)>,
}

/// Terms that some runs have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedTerms {
    /// The client that something was allowed at first.
    pub first: ClientId,
    /// The terms.
    pub terms: Terms,
    /// When the oldest of the runs was begun.
    pub since: Timestamp,
}

impl Stored for LivingLists {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let epoch = fields.columns_of("revision").timestamp()?;
        let (from, to) = (number(fields)?, number(fields)?);
        let runs = from.zip(to);
        Ok(Self {
            epoch,
            numbers: runs.map(|(from, to)| (RunNumber(from).list(), RunNumber(to).list())),
        })
    }
}

impl Stored for Dead {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let (run, token) = (number(fields)?, number(fields)?);
        let token = token.map(|number| Self::Token(StatusIndex::from_number(number)));
        let dead = run.map(|number| Self::Run(RunNumber(number))).or(token);
        dead.ok_or_else(|| fields.bad("nothing is dead"))
    }
}

impl Stored for SharedTerms {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("status_run");
        Ok(Self {
            first: fields.parsed()?,
            terms: fields.json()?,
            since: fields.timestamp()?,
        })
    }
}

/// A run of certain terms.
struct Beginning(RunNumber, Timestamp);

impl Stored for Beginning {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let number = number(fields)?.ok_or_else(|| fields.bad("it has no number"))?;
        Ok(Self(RunNumber(number), fields.timestamp()?))
    }
}

/// The number of the next block, and the epoch.
struct Next(u64, Timestamp);

impl Stored for Next {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let last = fields.columns_of("status_block").optional_number()?;
        let epoch = fields.columns_of("revision").timestamp()?;
        Ok(Self(last.map_or(0, |last| last + 1), epoch))
    }
}

fn number(fields: &mut Fields) -> Result<Option<u64>, Failure> {
    fields.columns_of("status_run").optional_number()
}

impl<'a> StatusLists<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// A block that no other node has.
    pub async fn block(&self) -> Result<Block, Failure> {
        let next = "SELECT (SELECT MAX(number) FROM status_block), \
                    (SELECT number FROM revision WHERE name = 'epoch')";
        let insert = "INSERT INTO status_block (number) VALUES ($1) ON CONFLICT DO NOTHING";
        for _ in 0..ATTEMPTS {
            let found = row::first(self.database.query(next, params![]).await?)?;
            let Next(number, epoch) = found.ok_or_else(|| missing("status_block"))?;
            let take = Statement::one(insert, params![number]);
            if self.database.commit(vec![take]).await?.is_committed() {
                return Ok(Block::new(number, epoch));
            }
        }
        let reason = "other nodes took each block of status indices that was to be taken";
        Err(Failure::Unavailable(reason.to_owned()))
    }

    /// Writes down what the tokens of a run will die with, durably, before any of them is issued.
    pub async fn begin(&self, run: &Run, origin: &Origin) -> Result<Begun, Failure> {
        let begin = match origin.grant {
            Some(grant) => begin_of_grant(run, grant, &origin.terms)?,
            None => begin_of_terms(run, origin)?,
        };
        if self.database.commit(vec![begin]).await?.is_committed() {
            return Ok(Begun::Begun);
        }
        let taken = "SELECT 1 FROM status_run WHERE number = $1";
        let found = self.database.query(taken, params![run.number().0]);
        Ok(if found.await?.is_empty() {
            Begun::GrantGone
        } else {
            Begun::Taken
        })
    }

    /// The lists that living tokens may be in.
    pub async fn living(&self, now: Timestamp) -> Result<LivingLists, Failure> {
        let sql = "SELECT (SELECT number FROM revision WHERE name = 'epoch'), \
                   (SELECT MIN(number) FROM status_run WHERE expires_at > $1), \
                   (SELECT MAX(number) FROM status_run WHERE expires_at > $1)";
        let expired = now.minus(CLOCK_TOLERANCE);
        let living = row::first(self.database.query(sql, params![expired]).await?)?;
        living.ok_or_else(|| missing("status_run"))
    }

    /// What was revoked, or whose grant was or is over, in the list of this number.
    pub async fn dead(&self, list: u64, now: Timestamp) -> Result<Vec<Dead>, Failure> {
        let next = list.saturating_add(1);
        let (runs, other_runs) = (RunNumber::first_of(list), RunNumber::first_of(next));
        let (tokens, other_tokens) = (StatusIndex::at(list, 0), StatusIndex::at(next, 0));
        let since = now.minus(RUN_LIFE + CLOCK_TOLERANCE);
        let params = params![
            runs.0,
            other_runs.0,
            since,
            now,
            tokens.as_number(),
            other_tokens.as_number(),
        ];
        row::all(self.database.query(DEAD, params).await?)
    }

    /// The terms of all runs that have any which registrations may end.
    pub async fn terms(&self, now: Timestamp) -> Result<Vec<SharedTerms>, Failure> {
        let sql = "SELECT client, terms, MIN(begun_at) FROM status_run \
                   WHERE terms IS NOT NULL AND expires_at > $1 GROUP BY client, terms";
        row::all(self.database.query(sql, params![now]).await?)
    }

    /// The runs of these terms, each with its beginning.
    pub async fn runs_of(
        &self,
        shared: &SharedTerms,
    ) -> Result<Vec<(RunNumber, Timestamp)>, Failure> {
        let sql = "SELECT number, begun_at FROM status_run WHERE client = $1 AND terms = $2";
        let terms = value::json("status_run", &shared.terms)?;
        let params = params![shared.first.as_str(), terms];
        let found = row::all(self.database.query(sql, params).await?)?;
        let runs = found.into_iter();
        Ok(runs.map(|Beginning(number, at)| (number, at)).collect())
    }

    /// How often what is registered, and the API tokens, had changed when this node last looked.
    pub fn registrations(&self) -> (u64, i64) {
        let memory = self.memory;
        (memory.clients_generation(), memory.api_tokens_revision())
    }
}

/// What was revoked one by one is found by its index, and what died with its grant by when that was.
const DEAD: &str = "SELECT number, CAST(NULL AS BIGINT) FROM status_run WHERE ended = 1 AND number >= $1 AND number < $2 \
     UNION ALL SELECT status_run.number, CAST(NULL AS BIGINT) FROM oauth_grant \
     JOIN status_run ON status_run.oauth_grant = oauth_grant.id \
     WHERE oauth_grant.revoked_at > $3 AND status_run.number >= $1 AND status_run.number < $2 \
     UNION ALL SELECT status_run.number, CAST(NULL AS BIGINT) FROM oauth_grant \
     JOIN status_run ON status_run.oauth_grant = oauth_grant.id \
     WHERE oauth_grant.expires_at > $3 AND oauth_grant.expires_at <= $4 \
     AND status_run.number >= $1 AND status_run.number < $2 \
     UNION ALL SELECT CAST(NULL AS BIGINT), status_index FROM revoked_access_token \
     WHERE status_index >= $5 AND status_index < $6";

/// A run of a grant that is there, and stays until this is committed. Its terms are of interest where another client has the tokens.
fn begin_of_grant(run: &Run, grant: GrantId, terms: &Terms) -> Result<Statement, Failure> {
    let sql = "INSERT INTO status_run (number, oauth_grant, person, client, terms, begun_at, expires_at) \
               SELECT $1, oauth_grant.id, session.person, oauth_grant.client, \
               CASE WHEN oauth_grant.client = $2 THEN NULL ELSE $3 END, $4, $5 \
               FROM oauth_grant JOIN session ON session.id = oauth_grant.session \
               WHERE oauth_grant.id = $6 /*pg FOR SHARE OF session */";
    Ok(Statement::one(
        sql,
        params![
            run.number().0,
            terms.client_id.as_str(),
            value::json("status_run", terms)?,
            run.begun_at(),
            run.expires_at(),
            grant.as_bytes(),
        ],
    ))
}

fn begin_of_terms(run: &Run, origin: &Origin) -> Result<Statement, Failure> {
    let sql = "INSERT INTO status_run (number, person, client, terms, begun_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let terms = &origin.terms;
    let first = terms.first().unwrap_or(&terms.client_id);
    Ok(Statement::one(
        sql,
        params![
            run.number().0,
            origin.person.as_ref().map(PersonId::as_bytes),
            first.as_str(),
            value::json("status_run", terms)?,
            run.begun_at(),
            run.expires_at(),
        ],
    ))
}

/// The part of a commit that ends every token that speaks for somebody.
pub(crate) fn end_all(person: PersonId) -> Statement {
    let sql = "UPDATE status_run SET ended = 1 WHERE person = $1";
    Statement::any(sql, params![person.as_bytes()])
}

/// The part of a commit that ends what somebody's consent to a client had allowed, before the consent goes.
pub(crate) fn end_consented(person: PersonId, client: &ClientId) -> Statement {
    let sql = "UPDATE status_run SET ended = 1 WHERE client = $1 AND person = $2 \
               AND EXISTS (SELECT 1 FROM consent WHERE consent.client = $1 AND consent.person = $2)";
    Statement::any(sql, params![client.as_str(), person.as_bytes()])
}

/// Removes runs whose last token is over by any clock, and blocks that are not the last.
pub(crate) fn sweep(step: u32, now: Timestamp) -> Statement {
    let sql = "DELETE FROM status_run WHERE number IN \
               (SELECT number FROM status_run WHERE expires_at <= $1 ORDER BY number LIMIT $2)";
    Statement::any(sql, params![now.minus(CLOCK_TOLERANCE), step])
}

/// Removes all blocks but the last, which is the only one that is counted on from.
pub(crate) fn sweep_blocks() -> Statement {
    let sql = "DELETE FROM status_block WHERE number < (SELECT MAX(number) FROM status_block)";
    Statement::any(sql, params![])
}

fn missing(table: &'static str) -> Failure {
    Failure::BadRow {
        table,
        reason: "no answer".to_owned(),
    }
}
