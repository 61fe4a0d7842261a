use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::client::Client;
use crate::parameters::Parameters;
use crate::resource_server::tests::reports;
use crate::resource_server::{ResourceServer, ResourceServers};
use crate::testing::client;

/// A payment, which is asked about each time.
pub(crate) fn payment_type() -> DetailType {
    let of_type = json!({
        "type": "payment_initiation",
        "sentence": {
            "en": "Pay {amount} {currency} to {creditor.name}",
            "de": "{amount} {currency} an {creditor.name} zahlen",
        },
        "members": {
            "amount": { "type": "string", "required": true, "max_length": 12 },
            "currency": { "type": "string", "required": true, "values": ["EUR", "USD"] },
            "creditor": {
                "type": "object",
                "required": true,
                "members": {
                    "name": { "type": "string", "required": true, "max_length": 70 },
                    "account": { "type": "string", "label": "Account" },
                },
            },
            "urgent": { "type": "boolean", "label": { "en": "At once", "de": "Sofort" } },
            "parts": { "type": "integer" },
            "rate": { "type": "number" },
            "locations": { "type": "array" },
        },
    });
    serde_json::from_value::<DetailType>(of_type)
        .unwrap()
        .sound()
        .unwrap()
}

/// Access to an account, which is remembered.
pub(crate) fn account_type() -> DetailType {
    let of_type = json!({
        "type": "account_information",
        "sentence": "See the account {identifier}",
        "consent": "remembered",
        "members": {
            "identifier": { "type": "string", "required": true },
            "actions": {
                "type": "array",
                "required": true,
                "label": { "en": "Which means", "de": "Das heißt" },
                "values": {
                    "read_balance": { "en": "see what is on it", "de": "den Stand sehen" },
                    "read_transactions": { "en": "see what was paid", "de": "Buchungen sehen" },
                },
            },
        },
    });
    serde_json::from_value::<DetailType>(of_type)
        .unwrap()
        .sound()
        .unwrap()
}

/// An API with both types.
pub(crate) fn bank() -> ResourceServer {
    let types = [payment_type(), account_type()];
    ResourceServer {
        resource: "https://bank.example/v1".parse().unwrap(),
        resource_name: "Example Bank".to_owned(),
        scopes: [("bank:read", "Read")].into_iter().collect(),
        authorization_details_types: types
            .into_iter()
            .map(|of_type| (of_type.name.clone(), of_type))
            .collect(),
        ..reports()
    }
}

/// The client, registered for both types.
pub(crate) fn shop() -> Client {
    Client {
        authorization_details_types: bank().authorization_details_types.into_keys().collect(),
        ..client()
    }
}

/// One payment.
pub(crate) fn payment() -> Value {
    json!({
        "type": "payment_initiation",
        "amount": "123.50",
        "currency": "EUR",
        "creditor": { "name": "Merchant A", "account": "DE02100100109307118603" },
    })
}

/// Access to one account.
pub(crate) fn account(actions: &[&str]) -> Value {
    json!({ "type": "account_information", "identifier": "DE40", "actions": actions })
}

/// Details as the shop asks for them.
pub(crate) fn read(details: &Value) -> Result<AuthorizationDetails, DetailsRefused> {
    requested(&shop(), &details.to_string())
}

fn requested(client: &Client, text: &str) -> Result<AuthorizationDetails, DetailsRefused> {
    let parameters = [("authorization_details".to_owned(), text.to_owned())];
    let parameters = Parameters::of(parameters).unwrap();
    let servers: ResourceServers = [bank(), reports()].into_iter().collect();
    let details = AuthorizationDetails::requested(&parameters, client, &servers);
    details.map(Option::unwrap_or_default)
}

/// [RFC 9396 section 2](https://www.rfc-editor.org/rfc/rfc9396#section-2).
#[test]
fn details_are_read_and_written_as_they_were_asked_for() {
    let both = json!([payment(), account(&["read_balance"])]);
    let details = read(&both).unwrap();
    assert_eq!(serde_json::to_value(&details).unwrap(), both);
    let stored: AuthorizationDetails = serde_json::from_value(both).unwrap();
    assert_eq!(stored, details);
    assert_eq!(
        requested(&shop(), "[]"),
        Ok(AuthorizationDetails::default())
    );
}

/// [RFC 9396 section 5](https://www.rfc-editor.org/rfc/rfc9396#section-5).
#[test]
fn what_is_no_list_of_details_is_refused() {
    use DetailsRefused as R;
    let long = format!("[{}]", " ".repeat(8 * 1024));
    let many = Value::Array(vec![payment(); 11]).to_string();
    for (text, reason) in [
        ("{}", R::Malformed),
        ("null", R::Malformed),
        ("[", R::Malformed),
        ("[1]", R::Malformed),
        ("[{}]", R::Malformed),
        (r#"[{"type":1}]"#, R::Malformed),
        (r#"[{"type":"a","type":"b"}]"#, R::Malformed),
        (r#"[{"type":"a"}] x"#, R::Malformed),
        (
            r#"[{"type":"unheard"}]"#,
            R::UnknownType("unheard".to_owned()),
        ),
        (
            r#"[{"type":"two words"}]"#,
            R::UnknownType("two words".to_owned()),
        ),
        (&long, R::TooLong),
        (&many, R::TooMany),
    ] {
        let refused = requested(&shop(), text).unwrap_err();
        assert_eq!(refused, reason, "{text}");
        assert_eq!(refused.code().as_str(), "invalid_authorization_details");
    }
    let stranger = requested(&client(), &json!([payment()]).to_string());
    let name = payment_type().name;
    assert_eq!(stranger, Err(R::NotRegistered(name)));
}

/// [RFC 9396 section 5](https://www.rfc-editor.org/rfc/rfc9396#section-5): an unknown member, a missing one, a wrong type or value.
#[test]
fn a_detail_says_what_its_type_admits_and_nothing_else() {
    use MemberRefused as R;
    let changed = |pointer: &str, value: Value| {
        let mut detail = payment();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = detail.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        if value.is_null() {
            parent.remove(name);
        } else {
            parent.insert(name.to_owned(), value);
        }
        read(&json!([detail]))
    };
    let text = |length| R::Text(length);
    for (pointer, value, member, reason) in [
        ("/amount", json!(null), "amount", R::Missing),
        ("/amount", json!(5), "amount", R::Type("a string")),
        ("/amount", json!("1".repeat(13)), "amount", text(12)),
        ("/amount", json!(" "), "amount", text(12)),
        ("/amount", json!("1\n2"), "amount", text(12)),
        ("/amount", json!("\u{202e}5"), "amount", text(12)),
        ("/currency", json!("GBP"), "currency", R::Value),
        ("/purpose", json!("x"), "purpose", R::Unknown),
        ("/creditor", json!("x"), "creditor", R::Type("an object")),
        ("/creditor/name", json!(null), "creditor.name", R::Missing),
        ("/creditor/more", json!(1), "creditor.more", R::Unknown),
        (
            "/creditor/account",
            json!("x".repeat(141)),
            "creditor.account",
            text(140),
        ),
        ("/urgent", json!("yes"), "urgent", R::Type("true or false")),
        ("/parts", json!(1.5), "parts", R::Type("a whole number")),
        (
            "/parts",
            json!(1_u64 << 53),
            "parts",
            R::Type("a whole number"),
        ),
        ("/rate", json!("1"), "rate", R::Type("a number")),
        ("/locations", json!([]), "locations", R::List),
        (
            "/locations",
            json!([1]),
            "locations",
            R::Type("an array of strings"),
        ),
        (
            "/locations",
            json!(["https://bank.example/v10"]),
            "locations",
            R::Location,
        ),
        (
            "/locations",
            json!(["https://evil.example"]),
            "locations",
            R::Location,
        ),
    ] {
        let expected = DetailsRefused::Member {
            of_type: payment_type().name,
            member: member.to_owned(),
            reason,
        };
        assert_eq!(changed(pointer, value), Err(expected), "{pointer}");
    }
    for (pointer, value) in [
        ("/urgent", json!(true)),
        ("/parts", json!(-3)),
        ("/rate", json!(1.5)),
        (
            "/locations",
            json!(["https://bank.example/v1", "https://bank.example/v1/a"]),
        ),
    ] {
        assert!(changed(pointer, value).is_ok(), "{pointer}");
    }
}

/// [RFC 9396 section 6.1](https://www.rfc-editor.org/rfc/rfc9396#section-6.1).
#[test]
fn less_is_fewer_actions_and_nothing_else_changed() {
    let granted = json!([payment(), account(&["read_balance", "read_transactions"])]);
    let granted = read(&granted).unwrap();
    let narrowed = |requested: Value| granted.narrowed(&read(&requested).unwrap());
    for less in [
        json!([]),
        json!([payment()]),
        json!([account(&["read_balance"])]),
        json!([account(&["read_transactions", "read_balance"]), payment()]),
    ] {
        assert_eq!(narrowed(less.clone()), read(&less));
    }
    let mut dearer = payment();
    dearer["amount"] = json!("123.51");
    let mut vaguer = payment();
    vaguer["creditor"]
        .as_object_mut()
        .unwrap()
        .remove("account");
    let mut other = account(&["read_balance"]);
    other["identifier"] = json!("DE41");
    for more in [dearer, vaguer, other] {
        let refused = narrowed(json!([more])).unwrap_err();
        assert!(matches!(refused, DetailsRefused::NotGranted(_)), "{more}");
    }
    let narrow = read(&json!([account(&["read_balance"])])).unwrap();
    let wide = read(&json!([account(&["read_balance", "read_transactions"])])).unwrap();
    assert!(narrow.narrowed(&wide).is_err());
    // Of one account that was allowed there are not two.
    let split = json!([account(&["read_balance"]), account(&["read_transactions"])]);
    assert!(narrowed(split).is_err());
    assert!(wide.are_among(&granted) && !narrow.are_among(&granted));
}

/// Who was allowed one payment is not allowed two.
#[test]
fn the_same_detail_is_there_once() {
    let twice = read(&json!([payment(), payment()]));
    assert_eq!(twice, Err(DetailsRefused::Repeated));
}

#[test]
fn a_detail_is_told_in_the_readers_language_and_hides_nothing() {
    let mut detail = payment();
    detail["urgent"] = json!(true);
    let details = read(&json!([detail])).unwrap();
    let told = payment_type().tell(details.iter().next().unwrap(), "de");
    let sentence: String = told
        .sentence
        .iter()
        .map(|part| match part {
            Part::Words(words) => words.clone(),
            Part::Values(values) => format!("<{}>", values.join("|")),
        })
        .collect();
    assert_eq!(sentence, "<123.50> <EUR> an <Merchant A> zahlen");
    let row = |label: &str, value| Row {
        label: label.to_owned(),
        value,
    };
    assert_eq!(
        told.rows,
        [
            row(
                "Account",
                ToldValue::Text("DE02100100109307118603".to_owned())
            ),
            row("Sofort", ToldValue::Flag(true)),
        ]
    );
    let details = read(&json!([account(&["read_balance", "read_transactions"])])).unwrap();
    let told = account_type().tell(details.iter().next().unwrap(), "en");
    let both = ["see what is on it", "see what was paid"].map(str::to_owned);
    let both = ToldValue::Texts(both.into());
    assert_eq!(told.rows, [row("Which means", both)]);
}

#[test]
fn a_type_is_one_whose_details_can_be_shown() {
    let changed = |pointer: &str, value: Value| {
        let mut of_type = serde_json::to_value(payment_type()).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = of_type
            .pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap();
        parent.insert(name.to_owned(), value);
        serde_json::from_value::<DetailType>(of_type)
            .unwrap()
            .sound()
    };
    let text = json!({"type": "string"});
    for (pointer, value) in [
        ("/members/two words", text.clone()),
        ("/members/type", text.clone()),
        ("/members/actions", text.clone()),
        ("/members/identifier", json!({"type": "array"})),
        ("/members/x", json!({"type": "object"})),
        (
            "/members/x",
            json!({"type": "string", "members": {"y": text.clone()}}),
        ),
        ("/members/x", json!({"type": "integer", "values": ["1"]})),
        ("/members/x", json!({"type": "string", "values": []})),
        ("/members/x", json!({"type": "string", "max_length": 0})),
        ("/members/x", json!({"type": "string", "label": ""})),
        ("/sentence", json!({})),
        ("/sentence", json!("Pay {amount")),
        ("/sentence", json!("Pay {nothing}")),
        ("/sentence", json!("Pay {creditor}")),
        ("/sentence", json!("Pay {urgent}")),
        ("/sentence", json!("Pay to {creditor.account}")),
        ("/sentence", json!("x".repeat(257))),
    ] {
        assert!(
            changed(pointer, value.clone()).is_err(),
            "{pointer} {value}"
        );
    }
    let deep = json!({"type": "object", "members": {"a": {"type": "object", "members":
        {"b": {"type": "object", "members": {"c": text}}}}}});
    assert_eq!(changed("/members/x", deep), Err(TypeRefused::TooMuch));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = requested(&shop(), &text);
    }
}
