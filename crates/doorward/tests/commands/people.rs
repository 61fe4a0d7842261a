//! `doorward user`

use crate::browser::Browser;
use crate::installation::Installation;

const PASSWORD: &str = "correct horse battery";

#[test]
fn the_server_follows_a_person_from_the_first_day_to_the_last() {
    let here = Installation::new();
    let provider = here.serve();
    let browser = || Browser::new(provider.address);
    let alice = || {
        let mut shown = here.json(&["user", "show", "alice"]);
        let tokens = shown.as_object_mut().unwrap().remove("api_tokens");
        assert_eq!(tokens, Some(0.into()));
        shown
    };

    let profile = [
        "--email",
        "alice@example.com",
        "--name",
        "Alice Doe",
        "--group",
        "staff",
    ];
    let add = ["user", "add", "alice", "--password-stdin", "--json"];
    let added = here
        .run_with_input(&[&add[..], &profile].concat(), PASSWORD)
        .answer();
    let added: serde_json::Value = serde_json::from_str(&added).unwrap();
    assert_eq!(added["profile"]["email"], "alice@example.com");
    assert_eq!(added["groups"][0], "staff");
    assert_eq!(added, alice());
    assert!(browser().sign_in("alice", PASSWORD));

    here.json(&["user", "set", "alice", "--locality", "Oslo", "--email="]);
    assert_eq!(alice()["profile"]["address"]["locality"], "Oslo");
    assert!(alice()["profile"].get("email").is_none());

    let mut before = browser();
    assert!(before.sign_in("alice", PASSWORD));
    let changed = here.json(&["user", "set-password", "alice", "--generate-password"]);
    let generated = changed["password"].as_str().unwrap();
    assert!(!before.is_signed_in());
    assert!(!browser().sign_in("alice", PASSWORD));
    assert!(browser().sign_in("alice", generated));

    assert_eq!(
        here.json(&["user", "disable", "alice"])["status"],
        "disabled"
    );
    assert!(!browser().sign_in("alice", generated));
    assert_eq!(here.json(&["user", "enable", "alice"])["status"], "enabled");
    assert!(browser().sign_in("alice", generated));

    assert_eq!(here.json(&["user", "list"])[0], alice());
    assert_eq!(here.json(&["user", "remove", "alice"])["sub"], added["sub"]);
    assert!(!browser().sign_in("alice", generated));
    assert_eq!(here.json(&["user", "list"]), serde_json::json!([]));
    assert_eq!(provider.process.stop(), Some(0));
}
