//! A Doorward with one person and one application, as an operator has them after five minutes.

use std::fs;

use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::logout_receiver::LogoutReceiver;
use doorward_tests::serving::{Installation, Node};
use doorward_tests::visitor::{PASSWORD, USERNAME, Visitor};
use serde_json::Value;

/// Applications are told of sign-outs at the loopback address, where these ones are.
const SETTINGS: &str = "[outbound]\nallow = [\"127.0.0.0/8\"]\n";

/// Where a browser is sent back to. Nobody serves it: the browser stops there and tells where it would go.
const CALLBACK: &str = "https://shop.example/callback";

/// Where a browser is sent after a sign-out.
const HOME: &str = "https://shop.example/";

/// A running Doorward, Alice's browser, and the application `shop`.
pub(crate) struct Scene {
    pub(crate) installation: Installation,
    pub(crate) node: Node,
    pub(crate) alice: Visitor,
    /// What hears of sign-outs for the application.
    pub(crate) receiver: LogoutReceiver,
    /// The client as it was registered, by the standards' names, with its secret.
    pub(crate) client: Value,
    /// The key that its assertions are signed with.
    pub(crate) key: AssertionKey,
}

impl Scene {
    /// Registers the application with these arguments more than it must have, and serves.
    pub(crate) async fn new(registration: &[&str]) -> Option<Self> {
        let installation = Installation::new(SETTINGS)?;
        installation.add_person(USERNAME, PASSWORD).await;
        let key = AssertionKey::generate("ES256", "shop-1");
        let jwks = installation.path("shop.jwks.json");
        fs::write(&jwks, key.jwks().to_string()).expect("the folder is writable");
        let receiver = LogoutReceiver::start([]).await;
        let client = register(&installation, &receiver, registration).await;
        let node = installation.serve().await;
        Some(Self {
            installation,
            node,
            alice: Visitor::new(),
            receiver,
            client,
            key,
        })
    }

    /// Ends every session, as an operator does.
    pub(crate) async fn end_sessions(&self) {
        let listed = self.installation.ask(&["session", "list"], "").await;
        for session in listed.as_array().expect("a list") {
            let session = session["session"].as_str().expect("its name");
            let ending = ["session", "end", session];
            self.installation.ask(&ending, "").await;
        }
    }
}

/// Registers the application. `--jwks KEY` stands for the file of its public key.
async fn register(
    installation: &Installation,
    receiver: &LogoutReceiver,
    registration: &[&str],
) -> Value {
    let jwks = installation.path("shop.jwks.json").display().to_string();
    let usual = ["client", "add", "shop", "--redirect-uri", CALLBACK];
    let signed_out = ["--post-logout-redirect-uri", HOME];
    let told = ["--backchannel-logout-uri", &receiver.uri];
    let mut arguments = [&usual[..], &signed_out, &told, registration].concat();
    for argument in &mut arguments {
        if *argument == "KEY" {
            *argument = &jwks;
        }
    }
    installation.ask(&arguments, "").await
}
