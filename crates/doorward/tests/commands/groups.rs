//! `doorward group`

use serde_json::json;

use crate::installation::Installation;

#[test]
fn a_group_is_added_filled_shown_and_removed() {
    let here = Installation::new();
    here.json(&[
        "group",
        "add",
        "editors",
        "--description",
        "May change the wiki",
    ]);
    here.add_person("alice", "correct horse battery");
    let groups_of_alice = || here.json(&["user", "show", "alice"])["groups"].clone();

    let answer = json!({ "group": "editors", "username": "alice" });
    assert_eq!(
        here.json(&["group", "add-member", "editors", "alice"]),
        answer
    );
    assert_eq!(groups_of_alice(), json!(["editors"]));
    assert_eq!(
        here.json(&["group", "show", "editors"]),
        json!({ "name": "editors", "description": "May change the wiki", "members": ["alice"] })
    );
    assert_eq!(
        here.json(&["group", "list"]),
        json!([{ "name": "editors", "description": "May change the wiki", "members": 1 }])
    );

    assert_eq!(
        here.json(&["group", "remove-member", "editors", "alice"]),
        answer
    );
    assert_eq!(groups_of_alice(), json!([]));
    here.json(&["group", "add-member", "editors", "alice"]);
    assert_eq!(
        here.json(&["group", "remove", "editors"]),
        json!({ "name": "editors" })
    );
    assert_eq!(groups_of_alice(), json!([]));
    assert_eq!(here.json(&["group", "list"]), json!([]));
}

#[test]
fn what_is_not_there_is_told() {
    let here = Installation::new();
    here.json(&["group", "add", "editors"]);
    for (arguments, told) in [
        (
            &["group", "add", "editors"][..],
            "there is a group editors already",
        ),
        (&["group", "show", "staff"], "there is no group staff"),
        (&["group", "remove", "staff"], "there is no group staff"),
        (
            &["group", "add-member", "editors", "bob"],
            "there is no user bob",
        ),
    ] {
        assert_eq!(here.run(arguments).refusal(), format!("error: {told}\n"));
    }
}
