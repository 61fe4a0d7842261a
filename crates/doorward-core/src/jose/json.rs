//! JSON read strictly: no member may occur twice, at any depth.
//!
//! Parsers disagree about which of two members of one name counts; a token that leaves the
//! question open is refused ([RFC 7515 section 4](https://www.rfc-editor.org/rfc/rfc7515#section-4),
//! [RFC 7519 section 4](https://www.rfc-editor.org/rfc/rfc7519#section-4)).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one JSON object and nothing after it; `None` for anything else.
pub(crate) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Unambiguous(Value::Object(members))) => Some(members),
        _ => None,
    }
}

/// Reads one JSON array and nothing after it; `None` for anything else.
pub(crate) fn array(bytes: &[u8]) -> Option<Vec<Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Unambiguous(Value::Array(elements))) => Some(elements),
        _ => None,
    }
}

/// A JSON value in which no object has two members of one name.
struct Unambiguous(Value);

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UnambiguousVisitor).map(Self)
    }
}

struct UnambiguousVisitor;

impl<'de> Visitor<'de> for UnambiguousVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON in which no member occurs twice")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Unambiguous(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Unambiguous(value))) = members.next_entry::<String, _>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member occurs twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_of_distinct_members_is_read_as_it_is() {
        let text = br#" {"a":[null,true,-1,2,1.5,"x",{"b":{}}],"b":"\u00e4"} "#;
        let expected = json!({"a": [null, true, -1, 2, 1.5, "x", {"b": {}}], "b": "ä"});
        assert_eq!(object(text).map(Value::Object), Some(expected));
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"a":1}{"a":1}"#,
            r#"{"a":1} x"#,
            r#"{"a":1"#,
            r#"{"a":1e999}"#,
            "[]",
            "null",
            "\"{}\"",
            "1",
            "",
        ] {
            assert_eq!(object(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), None, "not UTF-8");
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(4000), "]".repeat(4000));
        assert_eq!(object(deep.as_bytes()), None, "too deep");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = object(&bytes);
        }
    }
}
