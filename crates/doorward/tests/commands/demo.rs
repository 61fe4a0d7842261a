//! `doorward demo`

use std::io::{BufRead as _, Read as _};
use std::path::Path;

use serde_json::Value;
use url::Url;

use crate::browser::request;
use crate::installation::{Installation, Process};

#[test]
fn the_demonstration_tells_what_to_open_and_leaves_nothing_behind() {
    let here = Installation::new();
    let mut command = here.command(&["demo", "--port", "0", "--json"]);
    command.env("DOORWARD_KEY_ENCRYPTION_KEY", "not its business");
    let mut demo = Process::start(command);
    let mut output = demo.output();
    let mut text = String::new();
    while serde_json::from_str::<Value>(&text).is_err() {
        assert_ne!(output.read_line(&mut text).unwrap(), 0, "{text}");
    }
    let told: Value = serde_json::from_str(&text).unwrap();
    for application in ["wiki", "payroll"] {
        let url: Url = told[application].as_str().unwrap().parse().unwrap();
        let address = ([127, 0, 0, 1], url.port().unwrap()).into();
        assert_eq!(request(address, "GET", "/", "", "").status, 200);
        let sent = request(address, "POST", "/sign-in", "", "");
        assert_eq!(sent.status, 303, "{sent:?}");
    }
    let data = Path::new(told["data"].as_str().unwrap());
    assert!(data.exists());

    assert_eq!(demo.stop(), Some(0));
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "only the answer is on standard output");
    assert!(!data.exists());
}
