//! The file that describes a type of authorization details.

use doorward_core::authorization_details::DetailType;
use serde_json::{Map, Value};

/// The type that the file at `path` describes, in TOML or JSON.
pub(super) fn read(path: &str) -> Result<DetailType, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("it cannot be read: {error}"))?;
    parse(&text)
}

fn parse(text: &str) -> Result<DetailType, String> {
    let written: Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?
    } else {
        toml::from_str(text).map_err(|error| format!("it is no TOML: {}", error.message()))?
    };
    let read: DetailType = serde_json::from_value(written.clone())
        .map_err(|error| format!("it describes no type of details: {error}"))?;
    let understood = serde_json::to_value(&read).unwrap_or_default();
    match not_understood(&written, &understood) {
        None => read.sound().map_err(|refused| refused.to_string()),
        Some(path) => Err(format!("nothing is called {path}")),
    }
}

/// The path of something written that was not understood.
fn not_understood(written: &Value, understood: &Value) -> Option<String> {
    let (Value::Object(written), Value::Object(understood)) = (written, understood) else {
        return None;
    };
    written
        .iter()
        .find_map(|(name, value)| missing(name, value, understood))
}

fn missing(name: &str, value: &Value, understood: &Map<String, Value>) -> Option<String> {
    match understood.get(name) {
        None => Some(name.to_owned()),
        Some(inside) => not_understood(value, inside).map(|path| format!("{name}.{path}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYMENT: &str = r#"
        type = "payment_initiation"
        sentence.en = "Pay {amount} to {creditor.name}"
        sentence.de = "{amount} an {creditor.name} zahlen"

        [members]
        amount = { type = "string", required = true }
        actions = { type = "array", values = { initiate = "Begin", status = "Look" } }

        [members.creditor]
        type = "object"
        required = true
        members.name = { type = "string", required = true, max_length = 70 }
    "#;

    #[test]
    fn a_type_is_described_in_toml_or_json() {
        let of_type = parse(PAYMENT).unwrap();
        assert_eq!(of_type.name.as_str(), "payment_initiation");
        let json = serde_json::to_string(&of_type).unwrap();
        assert_eq!(parse(&json), Ok(of_type));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (change, into, said) in [
            ("type = \"payment_initiation\"", "", "missing field `type`"),
            ("sentence.en", "sentense", "nothing is called sentense"),
            (
                "max_length",
                "longest",
                "nothing is called members.creditor.members.name.longest",
            ),
            ("{amount} to", "{sum} to", "a place for sum"),
            ("{amount} to", "{amount to", "a brace too much or too few"),
            ("\"array\"", "\"string\"", "actions is an array by RFC 9396"),
            ("\"array\"", "\"list\"", "unknown variant `list`"),
            ("[members]", "[members", "it is no TOML"),
            ("70", "700", "max_length is from 1 to 256"),
        ] {
            let text = PAYMENT.replacen(change, into, 1);
            let refused = parse(&text).unwrap_err();
            assert!(refused.contains(said), "{change}: {refused}");
        }
    }
}
