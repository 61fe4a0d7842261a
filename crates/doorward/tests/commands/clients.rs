//! `doorward client`

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
    let kept = here.json(&[&rotate[..], &["--keep-old", "1h"]].concat());
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

#[test]
fn a_client_is_trusted_confidential_and_may_refresh_unless_it_is_told_otherwise() {
    let here = Installation::new();
    let added = here.json(&["client", "add", "wiki", "--redirect-uri", CALLBACK]);
    assert_eq!(added["client_id"], "wiki");
    assert!(
        added["client_secret"]
            .as_str()
            .unwrap()
            .starts_with("dw_cs_")
    );
    for (name, value) in [
        ("client_name", json!("wiki")),
        ("redirect_uris", json!([CALLBACK])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        (
            "grant_types",
            json!(["authorization_code", "refresh_token"]),
        ),
        ("consent", json!("trusted")),
        ("pkce", json!("optional")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("access_token_signed_response_alg", json!("ES256")),
    ] {
        assert_eq!(added[name], value, "{name}");
    }
    let shown = here.json(&["client", "show", "wiki"]);
    assert!(shown.get("client_secret").is_none());
    assert_eq!(here.json(&["client", "list"]), json!([shown]));
}

#[test]
fn flags_change_what_a_client_is() {
    let here = Installation::new();
    let survey = "client add survey --redirect-uri https://survey.example/cb --consent ask --algorithm EdDSA \
        --grant-type authorization_code --scope openid --scope email --auth-method client_secret_post";
    let survey = here.json(&survey.split_whitespace().collect::<Vec<_>>());
    assert_eq!(survey["scope"], "email openid");
    assert_eq!(survey["grant_types"], json!(["authorization_code"]));
    assert_eq!(survey["consent"], "ask");
    assert_eq!(survey["id_token_signed_response_alg"], "EdDSA");

    let phone = [
        "client",
        "add",
        "phone",
        "--public",
        "--redirect-uri",
        "com.example.phone:/cb",
    ];
    let phone = here.json(&phone);
    assert_eq!(phone["token_endpoint_auth_method"], "none");
    assert_eq!(phone["pkce"], "required");
    assert!(phone.get("client_secret").is_none());
    let refusal = here.run(&["client", "rotate-secret", "phone"]).refusal();
    assert!(refusal.contains("public"), "{refusal}");
}
