//! Every table that moves, and the SQL that reads and writes it on any database.

use std::sync::LazyLock;

use doorward_core::identifiers::PersonId;

use super::tally::hexadecimal;
use crate::database::Value;

/// The shape of the rows: goes up whenever a table or a column of the catalogue is added, renamed or removed.
pub const SHAPE: u32 = 7;

/// Tables that belong to one database and stay there.
#[cfg(test)]
pub(crate) const NOT_CARRIED: [&str; 5] = [
    "client_removal",
    "import_progress",
    "lease",
    "revision",
    "schema_version",
];

/// A column that each database numbers for itself.
#[cfg(test)]
pub(crate) const NUMBERED: (&str, &str) = ("client", "revision");

/// The tables in the order of their references: whatever a row refers to has come before it.
pub(crate) static CATALOGUE: LazyLock<Vec<Table>> = LazyLock::new(|| {
    vec![
        Table::new(
            "person",
            &["id"],
            &[
                "id",
                "username",
                "status",
                "profile",
                "memberships",
                "password_hash",
                "created_at",
                "updated_at",
            ],
        ),
        Table::new("people_group", &["name"], &["name", "description"]),
        Table::new(
            "group_member",
            &["people_group", "person"],
            &["people_group", "person"],
        ),
        Table::new("client", &["id"], &["id", "document"]),
        Table::new("client_use", &["client"], &["client", "used_at"]),
        Table::new(
            "initial_access_token",
            &["name"],
            &["name", "hash", "uses_left", "created_at", "expires_at"],
        ),
        Table::new("resource_server", &["resource"], &["resource", "document"]),
        Table::new("assertion_issuer", &["name"], &["name", "document"]),
        Table::new("site", &["host"], &["host", "document"]),
        Table::new(
            "consent",
            &["client", "person", "scope"],
            &["client", "person", "scope", "given_at"],
        ),
        Table::new(
            "consent_item",
            &["client", "person", "hash"],
            &["client", "person", "hash", "item", "given_at", "resource"],
        )
        .with_later(vec![Value::Null]),
        Table::new(
            "session",
            &["id"],
            &[
                "id",
                "person",
                "authentication",
                "started_at",
                "seen_at",
                "ended_at",
                "user_agent",
            ],
        )
        .with_end("ended_at")
        .with_later(vec![Value::Null]),
        Table::new(
            "oauth_grant",
            &["id"],
            &[
                "id",
                "session",
                "client",
                "scope",
                "claims",
                "authentication",
                "lifetime",
                "issued_at",
                "expires_at",
                "revoked_at",
                "resources",
                "authorization_details",
                "acr",
            ],
        )
        .with_end("revoked_at")
        .with_later(vec![
            Value::Text("[]".to_owned()),
            Value::Text("[]".to_owned()),
            Value::Text("urn:doorward:acr:password".to_owned()),
        ]),
        Table::new(
            "refresh_token",
            &["id"],
            &[
                "id",
                "oauth_grant",
                "current",
                "previous_hash",
                "previous_salt",
                "rotated_at",
                "idle_expires_at",
                "confirmation",
            ],
        )
        .with_later(vec![Value::Null]),
        Table::new("access_token", &["hash"], &["hash", "claims", "expires_at"]),
        Table::new(
            "revoked_access_token",
            &["jti"],
            &["jti", "expires_at", "status_index"],
        )
        .with_later(vec![Value::Null]),
        Table::new("status_block", &["number"], &["number"]),
        Table::new(
            "status_run",
            &["number"],
            &[
                "number",
                "oauth_grant",
                "person",
                "client",
                "terms",
                "begun_at",
                "expires_at",
                "ended",
            ],
        ),
        Table::new(
            "logout_delivery",
            &["session", "client"],
            &[
                "session",
                "client",
                "person",
                "status",
                "queued_at",
                "attempts",
                "next_attempt_at",
                "finished_at",
                "outcome",
            ],
        ),
        Table::new(
            "service_account",
            &["id"],
            &["id", "name", "person", "people_group", "document"],
        ),
        Table::new(
            "api_token",
            &["id"],
            &[
                "id",
                "person",
                "people_group",
                "service_account",
                "project",
                "expires_at",
                "revoked_at",
                "state",
                "document",
            ],
        ),
        Table::new("api_token_secret", &["hash"], &["hash", "token", "ends_at"]),
        Table::new(
            "api_token_use",
            &["token"],
            &["token", "first_used_at", "used_at", "uses", "last"],
        ),
        Table::new(
            "api_token_day",
            &["token", "day"],
            &["token", "day", "uses", "peak"],
        ),
        Table::new(
            "api_token_share",
            &["token", "day", "kind", "name"],
            &["token", "day", "kind", "name", "uses"],
        ),
        Table::new(
            "api_token_notice",
            &["token", "kind", "subject"],
            &[
                "token",
                "kind",
                "subject",
                "words",
                "reaction",
                "raised_at",
                "dismissed_at",
            ],
        ),
        Table::new("found_secret", &["hash"], &["hash", "finder", "found_at"]),
        Table::new("root_key", &["name"], &["name", "sealed_by", "sealed"])
            .with_seal(&["sealed_by", "sealed"]),
        Table::new(
            "signing_key",
            &["kid"],
            &["kid", "algorithm", "state", "created_at", "sealed", "life"],
        )
        .with_seal(&["sealed"])
        .with_later(vec![Value::Null]),
        Table::new(
            "key_set_fetch",
            &["application"],
            &["application", "newest", "seen_at", "way"],
        ),
        // Its number stays behind: the database that the event comes to counts for itself.
        Table::new("event", &["number"], &["id", "at", "reference", "body"]),
    ]
});

/// One table: what of it is carried, in which order, and how.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// What is carried.
    pub(crate) columns: &'static [&'static str],
    /// What orders the rows and tells them apart.
    pub(crate) key: &'static [&'static str],
    /// The column that says when the row's life ended, if it has.
    pub(crate) end: Option<&'static str>,
    /// What the last columns have in rows of releases that did not have these columns.
    pub(crate) later: Vec<Value>,
    /// The columns that are sealed, and may be other bytes for the same thing.
    pub(crate) seal: &'static [&'static str],
    /// How many rows there are.
    pub(crate) count: String,
    /// The first rows: their columns and after them their key.
    pub(crate) first_page: String,
    /// The rows that follow a key.
    pub(crate) next_page: String,
    /// Adds a row.
    pub(crate) insert: String,
}

impl Table {
    fn new(
        name: &'static str,
        key: &'static [&'static str],
        columns: &'static [&'static str],
    ) -> Self {
        let (carried, order) = (columns.join(", "), key.join(", "));
        let (after, limit) = (placeholders(key.len()), key.len() + 1);
        Self {
            count: format!("SELECT COUNT(*) FROM {name}"),
            first_page: format!("SELECT {carried}, {order} FROM {name} ORDER BY {order} LIMIT $1"),
            next_page: format!(
                "SELECT {carried}, {order} FROM {name} WHERE ({order}) > ({after}) \
                 ORDER BY {order} LIMIT ${limit}"
            ),
            insert: format!(
                "INSERT INTO {name} ({carried}) VALUES ({})",
                placeholders(columns.len())
            ),
            name,
            columns,
            key,
            end: None,
            later: Vec::new(),
            seal: &[],
        }
    }

    fn with_end(self, column: &'static str) -> Self {
        Self {
            end: Some(column),
            ..self
        }
    }

    fn with_later(self, later: Vec<Value>) -> Self {
        Self { later, ..self }
    }

    fn with_seal(self, columns: &'static [&'static str]) -> Self {
        Self {
            seal: columns,
            ..self
        }
    }

    /// Whether its rows are numbered by each database for itself, so that their numbers are not carried.
    pub(crate) fn is_numbered(&self) -> bool {
        !self.key.iter().all(|column| self.columns.contains(column))
    }

    /// The row as the first release wrote it that could: without last columns which say what they would say by their absence.
    /// So a checksum stays what it was when a column is added.
    pub(crate) fn without_later<'a>(&self, mut row: &'a [Value]) -> &'a [Value] {
        for absent in self.later.iter().rev() {
            match row.split_last() {
                Some((last, rest)) if last == absent => row = rest,
                _ => break,
            }
        }
        row
    }

    /// What people tell a row by: its key as they know it from elsewhere, or its identifier where each database has keys of its own.
    pub(crate) fn name_of(&self, row: &[Value]) -> String {
        let key = if self.is_numbered() {
            self.columns.get(..1).unwrap_or_default()
        } else {
            self.key
        };
        let values = key
            .iter()
            .filter_map(|column| row.get(self.position(column)?));
        let names: Vec<String> = values.map(name_of).collect();
        names.join(", ")
    }

    /// Where in a row a column stands.
    pub(crate) fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| *name == column)
    }
}

/// The table of this name.
pub(crate) fn table(name: &str) -> Option<&'static Table> {
    CATALOGUE.iter().find(|table| table.name == name)
}

fn name_of(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(integer) => integer.to_string(),
        Value::Text(text) => text.clone(),
        // Identifiers of all kinds are written alike.
        Value::Blob(bytes) => <[u8; 16]>::try_from(bytes.as_slice()).map_or_else(
            |_| hexadecimal(bytes),
            |bytes| PersonId::from_bytes(bytes).to_string(),
        ),
    }
}

/// `$1, $2, …`
fn placeholders(count: usize) -> String {
    let numbered: Vec<String> = (1..=count).map(|number| format!("${number}")).collect();
    numbered.join(", ")
}
