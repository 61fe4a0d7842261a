//! Leases: work that one node at a time does for all.

use std::time::Duration;

use doorward_core::Timestamp;

use crate::Directory;
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::value::params;

impl Directory {
    /// Takes or prolongs the lease `name` for `holder`, until `span` after `now`; `false` while another one has it.
    ///
    /// Nodes may disagree about the time, so at most one holds it only as far as their clocks allow: what is done under a lease must
    /// bear being done twice, or be fenced ([`Fence`]).
    pub async fn lease(
        &self,
        name: &str,
        holder: &str,
        span: Duration,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let sql = "INSERT INTO lease (name, holder, held_until) VALUES ($1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE \
                   SET holder = excluded.holder, held_until = excluded.held_until \
                   WHERE lease.holder = excluded.holder OR lease.held_until < $4";
        let take = Statement::one(sql, params![name, holder, now.plus(span), now]);
        Ok(self.database.commit(vec![take]).await?.is_committed())
    }
}

/// Makes a commit depend on a lease: whoever lost it meanwhile changes nothing, however late it notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The name of the lease.
    pub lease: &'static str,
    /// Who must still hold it.
    pub holder: String,
}

impl Fence {
    pub(crate) fn statement(&self) -> Statement {
        let sql = "UPDATE lease SET holder = $1 WHERE name = $2 AND holder = $1";
        Statement::one(sql, params![self.holder.as_str(), self.lease])
    }
}
