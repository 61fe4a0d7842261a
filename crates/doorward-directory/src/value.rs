//! What statements are given: the core's values as a database keeps them.

use doorward_core::Timestamp;

use crate::database::Value;
use crate::failure::Failure;

/// What a statement may be given.
pub(crate) trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Timestamp {
    fn into_value(self) -> Value {
        Value::Integer(self.as_millis())
    }
}

impl IntoValue for u32 {
    fn into_value(self) -> Value {
        Value::Integer(self.into())
    }
}

impl IntoValue for i64 {
    fn into_value(self) -> Value {
        Value::Integer(self)
    }
}

impl IntoValue for u64 {
    fn into_value(self) -> Value {
        Value::Integer(i64::try_from(self).unwrap_or(i64::MAX))
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(self)
    }
}

impl IntoValue for &[u8] {
    fn into_value(self) -> Value {
        Value::Blob(self.to_vec())
    }
}

impl<const N: usize> IntoValue for &[u8; N] {
    fn into_value(self) -> Value {
        Value::Blob(self.to_vec())
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
}

/// The parameters of a statement: `params![id.as_bytes(), now]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::value::IntoValue::into_value($value)),*]
    };
}

/// The JSON text of a value of the core, none of which refuses to be written.
pub(crate) fn json<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::BadRow {
        table,
        reason: error.to_string(),
    })
}

/// The lower-case word that stands for a unit variant.
pub(crate) fn word<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String, Failure> {
    Ok(json(table, value)?.trim_matches('"').to_owned())
}

pub(crate) use params;
