//! `doorward client`

use std::fs;
use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::browser::request;
use crate::installation::{Installation, eventually};

const CALLBACK: &str = "https://wiki.example/cb";

/// What the token endpoint says of these credentials: `invalid_grant` when it knows them
/// ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
fn verdict(provider: SocketAddr, secret: &str) -> String {
    let body = format!(
        "grant_type=authorization_code&code=none&redirect_uri={CALLBACK}&client_id=wiki&client_secret={secret}"
    );
    let answer = request(provider, "POST", "/token", "", &body);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["error"].as_str().unwrap().to_owned()
}

#[test]
fn the_server_follows_a_client_from_the_first_day_to_the_last() {
    let here = Installation::new();
    let provider = here.serve();
    let (known, unknown) = ("invalid_grant".to_owned(), "invalid_client".to_owned());
    let verdict = |secret: &str| verdict(provider.address, secret);

    let post = ["--auth-method", "client_secret_post"];
    let add = ["client", "add", "wiki", "--redirect-uri", CALLBACK];
    let added = here.json(&[&add[..], &post].concat());
    let first = added["client_secret"].as_str().unwrap();
    assert_eq!(verdict("dw_cs_wrong"), unknown);
    eventually(&known, || verdict(first));

    let rotate = ["client", "rotate-secret", "wiki"];
    let kept = here.json(&[&rotate[..], &["--overlap", "1h"]].concat());
    let second = kept["client_secret"].as_str().unwrap();
    eventually(&known, || verdict(second));
    assert_eq!(verdict(first), known);

    let third = here.json(&rotate);
    let third = third["client_secret"].as_str().unwrap();
    eventually(&known, || verdict(third));
    assert_eq!(
        (verdict(first), verdict(second)),
        (unknown.clone(), unknown.clone())
    );

    here.json(&["client", "remove", "wiki"]);
    eventually(&unknown, || verdict(third));
    let refusal = here.run(&["client", "show", "wiki"]).refusal();
    assert_eq!(refusal, "error: there is no client wiki\n");
    assert_eq!(provider.process.stop(), Some(0));
}

/// Assertions of a client would be verified with the secret that the provider makes again, which under another key is another one.
#[test]
fn no_secret_is_derived_under_a_key_that_does_not_open_the_directory() {
    let (here, stranger) = (Installation::new(), Installation::new());
    for installation in [&here, &stranger] {
        assert_eq!(installation.serve().process.stop(), Some(0));
    }
    let key = |of: &Installation| of.data().join("key-encryption-key");
    let own = fs::read(key(&here)).unwrap();
    fs::copy(key(&stranger), key(&here)).unwrap();
    let add = ["client", "add", "wiki", "--redirect-uri", CALLBACK];
    let derived = [&add[..], &["--auth-method", "client_secret_jwt"]].concat();
    let refusal = here.run(&derived).refusal();
    assert!(
        refusal.contains("is sealed under the key-encryption key"),
        "{refusal}"
    );
    assert_eq!(here.json(&["client", "list"]), json!([]));

    // Other secrets do not come from the key.
    here.json(&add);
    let replace = [&["client", "replace"], &derived[2..]].concat();
    here.run(&replace).refusal();
    fs::write(key(&here), own).unwrap();
    let replaced = here.json(&replace);
    assert!(replaced["client_secret"].is_string());
}
