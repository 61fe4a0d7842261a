//! `doorward session`

use serde_json::json;

use crate::browser::Browser;
use crate::installation::Installation;

const PASSWORD: &str = "correct horse battery";

#[test]
fn whoever_is_signed_in_is_listed_and_can_be_signed_out() {
    let here = Installation::new();
    let provider = here.serve();
    here.add_person("alice", PASSWORD);
    let sessions = || here.json(&["session", "list"]).as_array().unwrap().clone();
    assert!(sessions().is_empty());

    let [mut one, mut two] = [(); 2].map(|()| Browser::new(provider.address));
    for browser in [&mut one, &mut two] {
        assert!(browser.sign_in("alice", PASSWORD));
    }
    let listed = sessions();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["username"], "alice");
    let session = listed[0]["session"].as_str().unwrap();

    assert_eq!(
        here.json(&["session", "end", session]),
        json!({ "ended": 1 })
    );
    assert!(!one.is_signed_in());
    assert!(two.is_signed_in());
    let refusal = here.run(&["session", "end", session]).refusal();
    assert!(refusal.contains("it is over"), "{refusal}");

    let everywhere = ["session", "end", "--user", "alice"];
    assert_eq!(here.json(&everywhere), json!({ "ended": 1 }));
    assert!(!two.is_signed_in());
    assert_eq!(here.json(&everywhere), json!({ "ended": 0 }));
    assert!(sessions().is_empty());
}
