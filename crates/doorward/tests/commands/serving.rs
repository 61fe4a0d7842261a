//! `doorward serve`

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;

use crate::browser::request;
use crate::installation::{Installation, Process, mode};

#[test]
fn the_first_start_makes_everything_and_the_next_one_keeps_it() {
    let here = Installation::new();
    let provider = here.serve();
    let jwks = || request(provider.address, "GET", "/jwks", "", "").body;
    let (keys, listed) = (jwks(), here.json(&["keys", "list"]));
    assert_eq!(listed.as_array().unwrap().len(), 4);
    for key in listed.as_array().unwrap() {
        assert_eq!(key["state"], "active");
        assert!(keys.contains(key["kid"].as_str().unwrap()), "{keys}");
    }
    assert_eq!(provider.process.stop(), Some(0));

    let key_file = here.data().join("key-encryption-key");
    let key = fs::read_to_string(&key_file).unwrap();
    assert_eq!((mode(&here.data()), mode(&key_file)), (0o700, 0o600));

    let provider = here.serve();
    assert_eq!(fs::read_to_string(&key_file).unwrap(), key);
    assert_eq!(here.json(&["keys", "list"]), listed);
    assert_eq!(provider.process.stop(), Some(0));
}

#[test]
fn a_key_that_others_may_read_or_that_is_gone_stops_the_start() {
    let here = Installation::new();
    here.serve().process.stop();
    let key_file = here.data().join("key-encryption-key");
    let start = || here.run(&["serve", "--listen", "127.0.0.1:0"]);

    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(start().refusal_after_log().contains("chmod 600"));

    fs::rename(&key_file, here.path("elsewhere")).unwrap();
    assert!(start().refusal_after_log().contains("put the file back"));
    assert!(!key_file.exists());
}

#[test]
fn an_address_that_is_taken_stops_the_start() {
    let here = Installation::new();
    let provider = here.serve();
    let taken = provider.address.to_string();
    let refusal = here.run(&["serve", "--listen", &taken]).refusal_after_log();
    assert!(
        refusal.contains(&format!("cannot listen on {taken}")),
        "{refusal}"
    );
}

#[test]
fn json_makes_the_log_json_whatever_is_configured() {
    let here = Installation::new();
    let mut command = here.command(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    command.env("DOORWARD_LOG__FORMAT", "human");
    let process = Process::start(command);
    assert_eq!(process.wait_for("ready")["level"], "INFO");
    assert_eq!(process.stop(), Some(0));
}

#[test]
fn the_log_goes_to_standard_error_and_tells_the_reason_of_a_reference() {
    let here = Installation::new();
    let mut provider = here.serve();
    let page = request(
        provider.address,
        "GET",
        "/authorize?client_id=nobody",
        "",
        "",
    );
    assert_eq!(page.status, 400);
    let refused = provider.process.wait_for_event("refused");
    assert_eq!(refused["event.class"], "refusal", "{refused}");
    let reference = refused["span"]["request.id"].as_str().unwrap();
    assert!(page.body.contains(reference), "{}", page.body);
    assert!(!refused.to_string().contains("tower_sessions"), "{refused}");

    let mut output = provider.process.output();
    assert_eq!(provider.process.stop(), Some(0));
    let mut text = String::new();
    output.read_to_string(&mut text).unwrap();
    assert_eq!(text, "");

    let explained = here.json(&["explain", reference]);
    assert_eq!(explained["events"][0]["event"], "refused");
    assert_eq!(explained["events"][0]["reason"], refused["reason"]);
    let unknown = here.run(&["explain", "00000-00000"]).refusal();
    assert!(unknown.contains("nothing is recorded"), "{unknown}");
}
