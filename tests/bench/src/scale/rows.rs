//! The rows of a population, in the columns of the directory's tables.
//!
//! A test reads them back through the directory, which knows its columns best.

use anyhow::Context as _;
use doorward_core::{Timestamp, client::Client, person::GroupName};
use serde::Serialize;

use super::population::{Population, Visit};

/// A value of a column.
#[derive(Clone, Debug)]
pub(crate) enum Field {
    /// None.
    Null,
    /// Whole numbers and times.
    Integer(i64),
    /// Names, words and JSON.
    Text(String),
    /// Identifiers and hashes.
    Blob(Vec<u8>),
}

/// The values of a row, in the order of its table's columns.
pub(crate) type Row = Vec<Field>;

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Whole numbers and times.
    Integer,
    /// Names, words and JSON.
    Text,
    /// Identifiers and hashes.
    Blob,
}

/// A table that is filled.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its columns.
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// How many rows a population has in it.
    pub(crate) count: fn(&Population) -> u32,
    /// The row of that number.
    pub(crate) row: fn(&Population, u32) -> anyhow::Result<Row>,
}

/// The tables that are filled, in the order of their references.
pub(crate) const TABLES: [Table; 7] = [
    Table {
        name: "person",
        columns: &[
            ("id", Kind::Blob),
            ("username", Kind::Text),
            ("status", Kind::Text),
            ("profile", Kind::Text),
            ("memberships", Kind::Text),
            ("password_hash", Kind::Text),
            ("created_at", Kind::Integer),
            ("updated_at", Kind::Integer),
        ],
        count: |population| population.people,
        row: person,
    },
    Table {
        name: "people_group",
        columns: &[("name", Kind::Text), ("description", Kind::Text)],
        count: Population::groups,
        row: |_, number| {
            let name = Population::group(number)?;
            Ok(vec![text(name.as_str()), text("")])
        },
    },
    Table {
        name: "group_member",
        columns: &[("people_group", Kind::Text), ("person", Kind::Blob)],
        count: |population| population.people,
        row: group_member,
    },
    CLIENT,
    SESSION,
    Table {
        name: "oauth_grant",
        columns: &[
            ("id", Kind::Blob),
            ("session", Kind::Blob),
            ("client", Kind::Text),
            ("scope", Kind::Text),
            ("claims", Kind::Text),
            ("authentication", Kind::Text),
            ("lifetime", Kind::Text),
            ("issued_at", Kind::Integer),
            ("expires_at", Kind::Integer),
            ("revoked_at", Kind::Integer),
        ],
        count: |population| population.people,
        row: grant,
    },
    Table {
        name: "refresh_token",
        columns: &[
            ("id", Kind::Blob),
            ("oauth_grant", Kind::Blob),
            ("current", Kind::Blob),
            ("previous_hash", Kind::Blob),
            ("previous_salt", Kind::Blob),
            ("rotated_at", Kind::Integer),
            ("idle_expires_at", Kind::Integer),
        ],
        count: |population| population.people,
        row: |population, number| Ok(refresh_token(population, number)),
    },
];

/// The table of clients.
pub(crate) const CLIENT: Table = Table {
    name: "client",
    columns: &[("id", Kind::Text), ("document", Kind::Text)],
    count: Population::clients,
    row: |population, number| client(&population.client(number)?),
};

/// The table of sessions.
pub(crate) const SESSION: Table = Table {
    name: "session",
    columns: &[
        ("id", Kind::Blob),
        ("person", Kind::Blob),
        ("authentication", Kind::Text),
        ("started_at", Kind::Integer),
        ("seen_at", Kind::Integer),
        ("ended_at", Kind::Integer),
    ],
    count: |population| population.people,
    row: |population, number| session(population, population.visit(number)),
};

fn person(population: &Population, number: u32) -> anyhow::Result<Row> {
    let person = population.person(number)?;
    let groups: Vec<_> = person.groups.iter().map(GroupName::as_str).collect();
    Ok(vec![
        blob(person.id.as_bytes()),
        text(person.username.as_str()),
        word(&person.status)?,
        json(&person.profile)?,
        text(&format!(" {} ", groups.join(" "))),
        text(population.password.as_str()),
        time(person.created_at),
        time(person.updated_at),
    ])
}

fn group_member(population: &Population, number: u32) -> anyhow::Result<Row> {
    let person = population.person(number)?;
    let group = person.groups.first().context("a person without a group")?;
    Ok(vec![text(group.as_str()), blob(person.id.as_bytes())])
}

/// The row of a client.
pub(crate) fn client(client: &Client) -> anyhow::Result<Row> {
    Ok(vec![text(client.client_id.as_str()), json(client)?])
}

/// The row of a session.
pub(crate) fn session(population: &Population, visit: Visit) -> anyhow::Result<Row> {
    let session = population.session(visit)?;
    Ok(vec![
        blob(session.id.as_bytes()),
        blob(session.person.as_bytes()),
        json(&session.authentication)?,
        time(session.started_at),
        time(session.seen_at),
        session.ended_at.map_or(Field::Null, time),
    ])
}

fn grant(population: &Population, number: u32) -> anyhow::Result<Row> {
    let grant = population.grant(number)?;
    Ok(vec![
        blob(grant.id.as_bytes()),
        blob(grant.session.as_bytes()),
        text(grant.client.as_str()),
        text(&grant.scope.to_string()),
        json(&grant.claims)?,
        json(&grant.authentication)?,
        word(&grant.lifetime)?,
        time(grant.issued_at),
        time(grant.expires_at),
        grant.revoked_at.map_or(Field::Null, time),
    ])
}

fn refresh_token(population: &Population, number: u32) -> Row {
    let (_, family) = population.refresh_token(number);
    vec![
        blob(family.id.as_bytes()),
        blob(family.grant.as_bytes()),
        blob(family.current.as_bytes()),
        Field::Null,
        Field::Null,
        time(family.rotated_at),
        time(family.idle_expires_at),
    ]
}

fn blob(bytes: &[u8]) -> Field {
    Field::Blob(bytes.to_vec())
}

fn text(text: &str) -> Field {
    Field::Text(text.to_owned())
}

fn time(at: Timestamp) -> Field {
    Field::Integer(at.as_millis())
}

fn json(value: &impl Serialize) -> anyhow::Result<Field> {
    Ok(Field::Text(serde_json::to_string(value)?))
}

/// The word that stands for one of several.
fn word(value: &impl Serialize) -> anyhow::Result<Field> {
    let word = serde_json::to_string(value)?;
    Ok(text(word.trim_matches('"')))
}
