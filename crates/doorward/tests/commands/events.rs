//! `doorward event`

use serde_json::Value;

use crate::browser::Browser;
use crate::installation::Installation;

const PASSWORD: &str = "correct horse battery";

fn named<'a>(events: &'a Value, member: &str) -> Vec<&'a str> {
    let events = events.as_array().unwrap().iter();
    events
        .map(|event| event[member].as_str().unwrap())
        .collect()
}

#[test]
fn events_are_listed_newest_first_by_their_class_and_by_what_they_are_about() {
    let here = Installation::new();
    let provider = here.serve();
    here.add_person("alice", PASSWORD);
    let mut browser = Browser::new(provider.address);
    assert!(!browser.sign_in("alice", "a guess"));
    assert!(browser.sign_in("alice", PASSWORD));
    assert_eq!(provider.process.stop(), Some(0));

    let all = here.json(&["event", "list"]);
    assert!(named(&all, "class").contains(&"administration"), "{all}");
    let at = named(&all, "at");
    assert!(at.is_sorted_by(|newer, older| newer >= older), "{all}");

    let signed_in = here.json(&["event", "list", "--class", "sign_in"]);
    assert_eq!(named(&signed_in, "event"), ["signed_in"]);
    let refused = here.json(&["event", "list", "--class", "refusal"]);
    assert!(!named(&refused, "event").is_empty(), "{all}");
    assert!(
        named(&refused, "event")
            .iter()
            .all(|event| *event == "refused")
    );
    let two = ["event", "list", "--class", "sign_in", "--class", "refusal"];
    let both = here.json(&two).as_array().unwrap().len();
    let each = [&signed_in, &refused].map(|events| events.as_array().unwrap().len());
    assert_eq!(both, each.iter().sum::<usize>());

    let person = signed_in[0]["person"].as_str().unwrap();
    let about = here.json(&["event", "list", "--about", person, "--limit", "1"]);
    assert_eq!(named(&about, "person"), [person]);
    let text = here.run(&["event", "list", "--class", "sign_in"]).answer();
    assert!(text.starts_with("WHEN"), "{text}");
    assert!(text.contains(person), "{text}");
}

#[test]
fn a_class_that_there_is_not_is_a_mistyped_command() {
    let here = Installation::new();
    let outcome = here.run(&["event", "list", "--class", "gossip"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.err.contains("administration"), "{outcome:?}");
}
