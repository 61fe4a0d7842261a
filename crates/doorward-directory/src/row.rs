//! Rows become the core's values here and in the `impl Stored` of each table, nowhere else.

use std::str::FromStr;

use serde::de::DeserializeOwned;

use doorward_core::Timestamp;

use crate::database::{Row, Value};
use crate::failure::Failure;

/// A value that one table's columns, or some tables' columns one after the other, make.
pub(crate) trait Stored: Sized {
    /// Reads its columns, in the order that its column list names them.
    fn read(fields: &mut Fields) -> Result<Self, Failure>;
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        Ok((A::read(fields)?, B::read(fields)?))
    }
}

impl<A: Stored, B: Stored, C: Stored> Stored for (A, B, C) {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        Ok((A::read(fields)?, B::read(fields)?, C::read(fields)?))
    }
}

/// Every row as a `T`.
pub(crate) fn all<T: Stored>(rows: Vec<Row>) -> Result<Vec<T>, Failure> {
    rows.into_iter()
        .map(|row| T::read(&mut Fields::of(row)))
        .collect()
}

/// The first row as a `T`, when there is one.
pub(crate) fn first<T: Stored>(rows: Vec<Row>) -> Result<Option<T>, Failure> {
    rows.into_iter()
        .next()
        .map(|row| T::read(&mut Fields::of(row)))
        .transpose()
}

/// The values of a row, taken one after the other.
pub(crate) struct Fields {
    table: &'static str,
    values: std::vec::IntoIter<Value>,
}

impl Fields {
    fn of(row: Row) -> Self {
        Self {
            table: "",
            values: row.into_iter(),
        }
    }

    /// Says which table the next columns are from, for those who must repair it.
    pub(crate) fn columns_of(&mut self, table: &'static str) -> &mut Self {
        self.table = table;
        self
    }

    pub(crate) fn text(&mut self) -> Result<String, Failure> {
        self.optional_text()?.ok_or_else(|| self.bad("a NULL"))
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, Failure> {
        match self.values.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.bad("no text")),
        }
    }

    pub(crate) fn integer(&mut self) -> Result<i64, Failure> {
        self.optional_integer()?.ok_or_else(|| self.bad("a NULL"))
    }

    fn optional_integer(&mut self) -> Result<Option<i64>, Failure> {
        match self.values.next() {
            Some(Value::Integer(integer)) => Ok(Some(integer)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.bad("no integer")),
        }
    }

    /// A count, which is never negative.
    pub(crate) fn optional_number(&mut self) -> Result<Option<u64>, Failure> {
        let integer = self.optional_integer()?;
        let number = integer.map(u64::try_from).transpose();
        number.map_err(|_| self.bad("a negative number"))
    }

    pub(crate) fn timestamp(&mut self) -> Result<Timestamp, Failure> {
        self.integer().map(Timestamp::from_millis)
    }

    pub(crate) fn optional_timestamp(&mut self) -> Result<Option<Timestamp>, Failure> {
        Ok(self.optional_integer()?.map(Timestamp::from_millis))
    }

    pub(crate) fn blob(&mut self) -> Result<Vec<u8>, Failure> {
        match self.values.next() {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(self.bad("no bytes")),
        }
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        self.optional_bytes()?.ok_or_else(|| self.bad("a NULL"))
    }

    pub(crate) fn optional_bytes<const N: usize>(&mut self) -> Result<Option<[u8; N]>, Failure> {
        match self.values.next() {
            Some(Value::Null) => Ok(None),
            Some(Value::Blob(bytes)) => bytes
                .try_into()
                .map(Some)
                .map_err(|_| self.bad("another number of bytes")),
            _ => Err(self.bad("no bytes")),
        }
    }

    /// A text in the grammar of a `T`.
    pub(crate) fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self) -> Result<T, Failure> {
        self.text()?.parse().map_err(|error| self.bad(error))
    }

    /// The same, or NULL.
    pub(crate) fn optional_parsed<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
    ) -> Result<Option<T>, Failure> {
        let text = self.optional_text()?;
        let parsed = text.map(|text| text.parse()).transpose();
        parsed.map_err(|error| self.bad(error))
    }

    /// A text that is the JSON of a `T`.
    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        let text = self.text()?;
        self.json_of(&text)
    }

    /// What a text of the row is the JSON of.
    pub(crate) fn json_of<T: DeserializeOwned>(&self, text: &str) -> Result<T, Failure> {
        serde_json::from_str(text).map_err(|error| self.bad_json(&error))
    }

    /// A text that is the JSON of a `T`, or NULL.
    pub(crate) fn optional_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Failure> {
        let text = self.optional_text()?;
        let read = text.map(|text| serde_json::from_str(&text)).transpose();
        read.map_err(|error| self.bad_json(&error))
    }

    /// The unit variant that a lower-case word stands for.
    pub(crate) fn word<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        self.optional_word()?.ok_or_else(|| self.bad("a NULL"))
    }

    /// The same, or NULL.
    pub(crate) fn optional_word<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Failure> {
        let word = self.optional_text()?.map(serde_json::Value::String);
        let read = word.map(serde_json::from_value).transpose();
        read.map_err(|error| self.bad_json(&error))
    }

    /// Says where, not what: serde's own message would quote what is known of a person.
    fn bad_json(&self, error: &serde_json::Error) -> Failure {
        let (kind, column) = (error.classify(), error.column());
        self.bad(format_args!(
            "JSON with a {kind:?} error at column {column}"
        ))
    }

    /// An impossible row of the present table.
    pub(crate) fn bad(&self, reason: impl std::fmt::Display) -> Failure {
        Failure::BadRow {
            table: self.table,
            reason: reason.to_string(),
        }
    }
}
