//! The tokens in lists.

use std::ops::Range;

use doorward_core::Timestamp;
use doorward_core::api_token::{ActsFor, FoundToken, ProjectName};
use doorward_core::identifiers::{ApiTokenId, PersonId, ServiceAccountId};

use super::found::{standing_columns, those_behind};
use super::{ApiTokens, stored};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// Whose tokens are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiTokenFilter {
    /// Everybody's.
    All,
    /// Those that act for this person.
    Person(PersonId),
    /// Those of this service account.
    ServiceAccount(ServiceAccountId),
    /// Those of this project.
    Project(ProjectName),
    /// Those that this person answers for: their own, those of their projects, and those of their service accounts.
    AnsweredForBy(PersonId),
    /// Those of service accounts and projects that this person answers for, by themselves or with a group.
    ProgramsOf(PersonId),
}

impl ApiTokenFilter {
    /// All that act for the same.
    pub fn of(acts_for: &ActsFor) -> Self {
        match acts_for {
            ActsFor::Person(person) => Self::Person(*person),
            ActsFor::ServiceAccount(account) => Self::ServiceAccount(*account),
            ActsFor::Project { project, .. } => Self::Project(project.clone()),
        }
    }
}

/// What is true of a token that the person `$2` answers for.
macro_rules! answered_for {
    () => {
        "(api_token.person = $2 OR api_token.service_account IN (SELECT id FROM service_account WHERE person = $2))"
    };
}

/// What is true of a token of a service account or a project that the person `$2` answers for, also as a member of a group.
macro_rules! of_programs {
    () => {
        "(api_token.person = $2 AND api_token.project IS NOT NULL \
         OR api_token.people_group IN (SELECT people_group FROM group_member WHERE person = $2) \
         OR api_token.service_account IN (SELECT id FROM service_account WHERE person = $2 \
            OR people_group IN (SELECT people_group FROM group_member WHERE person = $2)))"
    };
}

/// A token in a list, as it stands now.
pub type ListedApiToken = FoundToken;

impl ApiTokens<'_> {
    /// Up to `limit` tokens from the newest to the oldest, from the one that follows `after`.
    pub async fn list(
        &self,
        filter: &ApiTokenFilter,
        after: Option<ApiTokenId>,
        limit: u32,
    ) -> Result<Vec<ListedApiToken>, Failure> {
        macro_rules! newest_first {
            ($condition:expr, $limit:literal) => {
                concat!(
                    "SELECT NULL, ",
                    stored::columns!(),
                    ", ",
                    standing_columns!(),
                    " FROM api_token",
                    those_behind!(),
                    "WHERE api_token.id < $1 AND ",
                    $condition,
                    " ORDER BY api_token.id DESC LIMIT ",
                    $limit
                )
            };
        }
        let after = after.unwrap_or(ApiTokenId::from_bytes([0xff; 16]));
        let (after, query) = (after.as_bytes(), &self.database);
        let rows = match filter {
            ApiTokenFilter::All => query.query(newest_first!("1 = 1", "$2"), params![after, limit]),
            ApiTokenFilter::Person(person) => query.query(
                newest_first!("api_token.person = $2 AND api_token.project IS NULL", "$3"),
                params![after, person.as_bytes(), limit],
            ),
            ApiTokenFilter::ServiceAccount(account) => query.query(
                newest_first!("api_token.service_account = $2", "$3"),
                params![after, account.as_bytes(), limit],
            ),
            ApiTokenFilter::Project(project) => query.query(
                newest_first!("api_token.project = $2", "$3"),
                params![after, project.as_str(), limit],
            ),
            ApiTokenFilter::AnsweredForBy(person) => query.query(
                newest_first!(answered_for!(), "$3"),
                params![after, person.as_bytes(), limit],
            ),
            ApiTokenFilter::ProgramsOf(person) => query.query(
                newest_first!(of_programs!(), "$3"),
                params![after, person.as_bytes(), limit],
            ),
        };
        row::all(rows.await?)
    }

    /// How many of these have neither expired nor been revoked.
    pub async fn count(&self, filter: &ApiTokenFilter, now: Timestamp) -> Result<u64, Failure> {
        macro_rules! working {
            ($condition:expr) => {
                concat!(
                    "SELECT COUNT(*) FROM api_token WHERE revoked_at IS NULL \
                     AND (expires_at IS NULL OR expires_at > $1) AND ",
                    $condition
                )
            };
        }
        let query = &self.database;
        let rows = match filter {
            ApiTokenFilter::All => query.query(working!("1 = 1"), params![now]),
            ApiTokenFilter::Person(person) => query.query(
                working!("person = $2 AND project IS NULL"),
                params![now, person.as_bytes()],
            ),
            ApiTokenFilter::ServiceAccount(account) => query.query(
                working!("service_account = $2"),
                params![now, account.as_bytes()],
            ),
            ApiTokenFilter::Project(project) => {
                query.query(working!("project = $2"), params![now, project.as_str()])
            }
            ApiTokenFilter::AnsweredForBy(person) => {
                query.query(working!(answered_for!()), params![now, person.as_bytes()])
            }
            ApiTokenFilter::ProgramsOf(person) => {
                query.query(working!(of_programs!()), params![now, person.as_bytes()])
            }
        };
        let count: Option<Count> = row::first(rows.await?)?;
        Ok(count.map_or(0, |Count(count)| count))
    }

    /// How many tokens that this person owns or answers for end in this span, and have not been revoked.
    pub async fn expiring(&self, person: PersonId, span: Range<Timestamp>) -> Result<u64, Failure> {
        let sql = concat!(
            "SELECT COUNT(*) FROM api_token WHERE revoked_at IS NULL AND expires_at > $1 \
             AND (api_token.person = $2 OR ",
            of_programs!(),
            ") AND expires_at <= $3"
        );
        let params = params![span.start, person.as_bytes(), span.end];
        let count: Option<Count> = row::first(self.database.query(sql, params).await?)?;
        Ok(count.map_or(0, |Count(count)| count))
    }
}

struct Count(u64);

impl Stored for Count {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let count = fields.columns_of("api_token").integer()?;
        Ok(Self(count.unsigned_abs()))
    }
}
