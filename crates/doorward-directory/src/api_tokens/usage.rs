//! How tokens are used: written by whoever counts, added up by the database.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use doorward_core::Timestamp;
use doorward_core::api_token::usage::{Day, DayOfUse, LastUse, NAMED, Shares, Usage};
use doorward_core::identifiers::ApiTokenId;

use super::{ApiTokens, several};
use crate::database::{Outcome, Statement};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The most tokens whose uses are written in one commit, so that others need not wait long.
pub const COUNTED_AT_ONCE: usize = 256;

/// The kinds of shares.
const NETWORK: &str = "network";
const AGENT: &str = "agent";
const DENIED: &str = "denied";
const DENIED_NETWORK: &str = "denied_network";

impl ApiTokens<'_> {
    /// Adds what was counted to what is known of the use of these tokens; `false` when one of them went away at this very moment, and
    /// nothing was written. Those that are gone are left out. Changes nothing that decides whether a token works.
    pub async fn count_uses(&self, counted: &[(ApiTokenId, Usage)]) -> Result<bool, Failure> {
        let mut statements = Vec::new();
        // In this order on every node: they would wait for each other otherwise.
        let counted: BTreeMap<_, _> = counted.iter().map(|(id, usage)| (*id, usage)).collect();
        for (id, usage) in counted {
            statements.extend(in_all(id, usage)?);
            for (day, of_day) in &usage.days {
                statements.push(on_day(id, *day, of_day));
                statements.extend(shares(id, *day, of_day));
            }
        }
        if statements.is_empty() {
            return Ok(true);
        }
        let outcome = self.database.commit(statements).await?;
        Ok(matches!(outcome, Outcome::Committed(_)))
    }

    /// How these tokens were used: in all, and day by day from the day of `since` on. What the nodes have counted within the last minute
    /// may not be in it.
    pub async fn usage(
        &self,
        ids: &[ApiTokenId],
        since: Timestamp,
    ) -> Result<BTreeMap<ApiTokenId, Usage>, Failure> {
        let mut usages = BTreeMap::<_, Usage>::new();
        let since = Day::of(since).number();
        for ids in ids.chunks(several::MOST) {
            let sql = several::with_ids!(
                "SELECT token, first_used_at, uses, last FROM api_token_use WHERE token IN ",
                ""
            );
            let query = self.database.query(sql, several::params(ids));
            for InAll { token, usage } in row::all(query.await?)? {
                usages.insert(token, usage);
            }
            let sql = several::with_ids!(
                "SELECT token, day, uses, peak FROM api_token_day WHERE token IN ",
                " AND day >= $17"
            );
            let query = self
                .database
                .query(sql, [several::params(ids), params![since]].concat());
            for OnDay {
                token,
                day,
                uses,
                peak,
            } in row::all(query.await?)?
            {
                let day = usages
                    .entry(token)
                    .or_default()
                    .days
                    .entry(day)
                    .or_default();
                (day.uses, day.peak) = (uses, peak);
            }
            let sql = several::with_ids!(
                "SELECT token, day, kind, name, uses FROM api_token_share WHERE token IN ",
                " AND day >= $17"
            );
            let query = self
                .database
                .query(sql, [several::params(ids), params![since]].concat());
            for share in row::all::<Share>(query.await?)? {
                let days = &mut usages.entry(share.token).or_default().days;
                share.put_into(days.entry(share.day).or_default())?;
            }
        }
        Ok(usages)
    }
}

fn in_all(id: ApiTokenId, usage: &Usage) -> Result<Option<Statement>, Failure> {
    let sql = "INSERT INTO api_token_use (token, first_used_at, used_at, uses, last) \
               SELECT id, $1, $2, $3, $4 FROM api_token WHERE id = $5 \
               ON CONFLICT (token) DO UPDATE SET \
               uses = api_token_use.uses + excluded.uses, \
               first_used_at = CASE WHEN excluded.first_used_at < api_token_use.first_used_at \
                               THEN excluded.first_used_at ELSE api_token_use.first_used_at END, \
               last = CASE WHEN excluded.used_at >= api_token_use.used_at \
                      THEN excluded.last ELSE api_token_use.last END, \
               used_at = CASE WHEN excluded.used_at > api_token_use.used_at \
                         THEN excluded.used_at ELSE api_token_use.used_at END";
    let (Some(first), Some(last)) = (usage.first_used_at, &usage.last) else {
        return Ok(None);
    };
    let last_use = value::json("api_token_use", last)?;
    let params = params![first, last.at, usage.uses, last_use, id.as_bytes()];
    Ok(Some(Statement::any(sql, params)))
}

fn on_day(id: ApiTokenId, day: Day, of_day: &DayOfUse) -> Statement {
    let sql = "INSERT INTO api_token_day (token, day, uses, peak) \
               SELECT id, $1, $2, $3 FROM api_token WHERE id = $4 \
               ON CONFLICT (token, day) DO UPDATE SET \
               uses = api_token_day.uses + excluded.uses, \
               peak = CASE WHEN excluded.peak > api_token_day.peak \
                      THEN excluded.peak ELSE api_token_day.peak END";
    Statement::any(
        sql,
        params![day.number(), of_day.uses, of_day.peak, id.as_bytes()],
    )
}

fn shares(id: ApiTokenId, day: Day, of_day: &DayOfUse) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut share = |kind: &'static str, name: String, uses: u64| {
        statements.push(add_share(id, day, kind, &name, uses));
    };
    each(&of_day.networks, NETWORK, &mut share);
    each(&of_day.agents, AGENT, &mut share);
    each(&of_day.denied_networks, DENIED_NETWORK, &mut share);
    for (denial, times) in &of_day.denials {
        share(DENIED, denial.to_string(), *times);
    }
    statements
}

fn each<T: Display>(
    shares: &Shares<T>,
    kind: &'static str,
    share: &mut impl FnMut(&'static str, String, u64),
) {
    for (name, uses) in &shares.named {
        share(kind, name.to_string(), *uses);
    }
    if shares.others > 0 {
        share(kind, String::new(), shares.others);
    }
}

/// Adds to a share by its name while there is room for one more; to all others after that.
fn add_share(id: ApiTokenId, day: Day, kind: &'static str, name: &str, uses: u64) -> Statement {
    let sql = "INSERT INTO api_token_share (token, day, kind, name, uses) \
               SELECT id, $1, $2, CASE WHEN (SELECT COUNT(*) FROM api_token_share AS known \
               WHERE known.token = api_token.id AND known.day = $1 AND known.kind = $2 \
               AND known.name NOT IN ($3, '')) < $4 THEN $3 ELSE '' END, $5 \
               FROM api_token WHERE id = $6 \
               ON CONFLICT (token, day, kind, name) DO UPDATE SET uses = api_token_share.uses + excluded.uses";
    let room = u64::try_from(NAMED).unwrap_or(u64::MAX);
    let params = params![day.number(), kind, name, room, uses, id.as_bytes()];
    Statement::any(sql, params)
}

/// Forgets days that are over longer than they are kept.
pub(crate) fn sweep(step: u32, now: Timestamp) -> [Statement; 3] {
    let days = "DELETE FROM api_token_day WHERE (token, day) IN \
                (SELECT token, day FROM api_token_day WHERE day < $1 LIMIT $2)";
    let shares = "DELETE FROM api_token_share WHERE (token, day, kind, name) IN \
                  (SELECT token, day, kind, name FROM api_token_share WHERE day < $1 LIMIT $2)";
    let notices = "DELETE FROM api_token_notice WHERE (token, kind, subject) IN \
                   (SELECT token, kind, subject FROM api_token_notice WHERE raised_at < $1 LIMIT $2)";
    let first = Usage::first_day_kept(now);
    [
        Statement::any(days, params![first.number(), step]),
        Statement::any(shares, params![first.number(), step]),
        Statement::any(notices, params![first.begin(), step]),
    ]
}

/// The use of a token in all.
struct InAll {
    token: ApiTokenId,
    usage: Usage,
}

impl Stored for InAll {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let token = ApiTokenId::from_bytes(fields.columns_of("api_token_use").bytes()?);
        let first_used_at = Some(fields.timestamp()?);
        let uses = count(fields)?;
        let last: LastUse = fields.json()?;
        let usage = Usage {
            first_used_at,
            uses,
            last: Some(last),
            days: BTreeMap::new(),
        };
        Ok(Self { token, usage })
    }
}

struct OnDay {
    token: ApiTokenId,
    day: Day,
    uses: u64,
    peak: u64,
}

impl Stored for OnDay {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("api_token_day");
        Ok(Self {
            token: ApiTokenId::from_bytes(fields.bytes()?),
            day: Day::from_number(fields.integer()?),
            uses: count(fields)?,
            peak: count(fields)?,
        })
    }
}

struct Share {
    token: ApiTokenId,
    day: Day,
    kind: String,
    name: String,
    uses: u64,
}

impl Stored for Share {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("api_token_share");
        Ok(Self {
            token: ApiTokenId::from_bytes(fields.bytes()?),
            day: Day::from_number(fields.integer()?),
            kind: fields.text()?,
            name: fields.text()?,
            uses: count(fields)?,
        })
    }
}

impl Share {
    /// Puts it where it belongs. A kind that a later release counts is left out.
    fn put_into(&self, day: &mut DayOfUse) -> Result<(), Failure> {
        match self.kind.as_str() {
            NETWORK => self.put_among(&mut day.networks),
            AGENT => self.put_among(&mut day.agents),
            DENIED_NETWORK => self.put_among(&mut day.denied_networks),
            DENIED => {
                // A later release may know more reasons.
                if let Ok(denial) = self.name.parse() {
                    day.deny(denial, self.uses);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn put_among<T: FromStr<Err: Display> + Ord + Copy>(
        &self,
        shares: &mut Shares<T>,
    ) -> Result<(), Failure> {
        if self.name.is_empty() {
            shares.others = self.uses;
            return Ok(());
        }
        let name = self.name.parse().map_err(|error: T::Err| Failure::BadRow {
            table: "api_token_share",
            reason: error.to_string(),
        })?;
        shares.count(name, self.uses);
        Ok(())
    }
}

fn count(fields: &mut Fields) -> Result<u64, Failure> {
    let count = fields.integer()?;
    u64::try_from(count).map_err(|error| fields.bad(error))
}
