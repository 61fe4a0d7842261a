//! A Doorward with one person and one application, as an operator has them after five minutes.

use std::fs;

use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::decryption_key::DecryptionKey;
use doorward_tests::logout_receiver::LogoutReceiver;
use doorward_tests::serving::{Installation, Node};
use doorward_tests::visitor::{PASSWORD, Page, USERNAME, Visitor};
use serde_json::{Value, json};

use super::certificates::Certificates;
use super::setting::Setting;

/// Applications are told of sign-outs at the loopback address, where these ones are.
const SETTINGS: &str = "[outbound]\nallow = [\"127.0.0.0/8\"]\n";

/// Where a browser is sent back to. Nobody serves it: the browser stops there and tells where it would go.
const CALLBACK: &str = "https://shop.example/callback";

/// Where a browser is sent after a sign-out.
const HOME: &str = "https://shop.example/";

/// An API that takes access tokens, and what it lets an application do.
pub(super) const API: &str = "https://orders.example";
const SCOPE: &str = "orders:read=See your orders";

/// What it is asked in detail.
const PAYMENT: &str = r#"{
    "type": "payment_initiation",
    "sentence": { "en": "Pay {amount} euros to {creditor}" },
    "members": {
        "amount": { "type": "string", "required": true },
        "creditor": { "type": "string", "required": true }
    }
}"#;

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
    /// The key that opens what is encrypted for it.
    pub(crate) opening: DecryptionKey,
    /// What both need where Doorward speaks TLS.
    pub(super) certificates: Option<Certificates>,
}

impl Scene {
    /// Registers the application with these arguments more than it must have, and serves.
    pub(crate) async fn new(registration: &[&str]) -> Option<Self> {
        let setting = Setting {
            registration,
            ..Setting::default()
        };
        Self::set(&setting).await
    }

    /// Sets all up as the test says, and serves.
    pub(crate) async fn set(setting: &Setting<'_>) -> Option<Self> {
        let installation = Installation::new(&format!("{SETTINGS}{}", setting.configuration))?;
        installation.add_person(USERNAME, PASSWORD).await;
        add_api(&installation).await;
        let key = AssertionKey::generate(setting.key, "shop-1");
        let opening = DecryptionKey::generate("ECDH-ES", "shop-2");
        let jwks = json!({"keys": [key.public(), opening.public()]});
        let jwks = write(&installation, "shop.jwks.json", &jwks.to_string());
        let certificates = setting.certificate;
        let certificates = certificates.map(|by| Certificates::new(&installation, by));
        let own = certificates.as_ref().map_or("", Certificates::own);
        let registration = with_files(setting.registration, &jwks, own);
        let receiver = LogoutReceiver::start([]).await;
        let client = register(&installation, &receiver, &registration).await;
        let (node, alice) = serve(&installation, certificates.as_ref()).await;
        Some(Self {
            installation,
            node,
            alice,
            receiver,
            client,
            key,
            opening,
            certificates,
        })
    }

    /// Alice opens an address, signs in and allows what she is asked for.
    pub(crate) async fn open(&self, url: &str) -> Page {
        let page = self.alice.open(url).await;
        self.answer(page).await
    }

    /// Alice signs out at Doorward, and her browser loads the frames of the page that says so.
    pub(crate) async fn sign_out(&self, url: &str) {
        let page = self.alice.open(url).await;
        let page = self.alice.submit(&page, &[("action", "sign-out")]).await;
        let frames = page.frames();
        assert!(!frames.is_empty(), "nobody is told: {page:?}");
        for frame in frames {
            self.alice.open(&frame).await;
        }
    }

    /// Alice enters the code of a device, signs in and allows what it asks for.
    pub(crate) async fn connect(&self, url: &str, user_code: &str) {
        let page = self.alice.open(url).await;
        let fields = [("user_code", user_code), ("action", "enter")];
        let page = self.alice.submit(&page, &fields).await;
        let page = self.answer(page).await;
        assert!(page.body.contains("id=\"device-done\""), "{page:?}");
    }

    async fn answer(&self, mut page: Page) -> Page {
        if page.asks_for_a_password() {
            page = self.alice.sign_in(&page).await;
        }
        if page.asks_for_permission() {
            page = self.alice.submit(&page, &[("action", "allow")]).await;
        }
        page
    }

    /// A token with which one application may register itself.
    pub(crate) async fn initial_access_token(&self) -> String {
        let adding = ["registration", "add-token", "partners"];
        let added = self.installation.ask(&adding, "").await;
        let token = added.get("initial_access_token").and_then(Value::as_str);
        token.expect("a token").to_owned()
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

/// A node, and the browser that reaches it.
async fn serve(
    installation: &Installation,
    certificates: Option<&Certificates>,
) -> (Node, Visitor) {
    match certificates {
        None => (installation.serve().await, Visitor::new()),
        Some(certificates) => {
            let node = certificates.serve(installation).await;
            (node, certificates.visitor())
        }
    }
}

/// Writes a file into the installation's folder, and returns its path.
fn write(installation: &Installation, name: &str, text: &str) -> String {
    let path = installation.path(name);
    fs::write(&path, text).expect("the folder is writable");
    path.display().to_string()
}

/// Registers the API.
async fn add_api(installation: &Installation) {
    let payment = write(installation, "payment.json", PAYMENT);
    let detailed = ["--authorization-details-type", &payment];
    let adding = ["resource", "add", API, "--scope", SCOPE];
    installation
        .ask(&[&adding[..], &detailed].concat(), "")
        .await;
}

/// The arguments with the file of its public key in place of `KEY`, and that of its certificate in place of `CERTIFICATE`.
fn with_files<'a>(registration: &[&'a str], jwks: &'a str, own: &'a str) -> Vec<&'a str> {
    let file = |argument: &&'a str| match *argument {
        "KEY" => jwks,
        "CERTIFICATE" => own,
        other => other,
    };
    registration.iter().map(file).collect()
}

/// Registers the application.
async fn register(
    installation: &Installation,
    receiver: &LogoutReceiver,
    registration: &[&str],
) -> Value {
    let usual = ["client", "add", "shop", "--redirect-uri", CALLBACK];
    let signed_out = ["--post-logout-redirect-uri", HOME];
    let told = ["--backchannel-logout-uri", &receiver.uri];
    let arguments = [&usual[..], &signed_out, &told, registration].concat();
    installation.ask(&arguments, "").await
}
