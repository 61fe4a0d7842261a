//! The demonstration in a real browser: two applications share one login.

use doorward_tests::browser::Browser;
use doorward_tests::processes::Process;
use doorward_tests::requirements::doorward;
use serde_json::Value;

/// A phone and a desk.
const NARROW: (u32, u32) = (360, 740);
const WIDE: (u32, u32) = (1280, 900);

/// A running `doorward demo`, by what it says of itself. Dropping it ends it.
pub(super) struct Demo {
    pub(super) wiki: String,
    pub(super) payroll: String,
    issuer: String,
    username: String,
    password: String,
    process: Process,
}

impl Demo {
    /// Starts it on free ports. `None` where the binary is not built.
    pub(super) async fn start() -> Option<Self> {
        let mut command = doorward()?;
        command.args(["demo", "--port", "0", "--json"]);
        let mut process = Process::start(command);
        process.line(|line| (line == "}").then_some(())).await;
        let output = process.output();
        let said = |name: &str| {
            let mut lines = output
                .lines()
                .filter_map(|line| line.trim().split_once(": "));
            let (_, value) = lines
                .find(|(found, _)| *found == format!("\"{name}\""))
                .expect(name);
            let value: Value = serde_json::from_str(value.trim_end_matches(',')).expect(name);
            value.as_str().expect(name).to_owned()
        };
        Some(Self {
            wiki: said("wiki"),
            payroll: said("payroll"),
            issuer: said("issuer"),
            username: said("username"),
            password: said("password"),
            process,
        })
    }

    /// Goes to the wiki and signs in at the provider, where the password is asked for.
    pub(super) async fn sign_in(&self, browser: &Browser) {
        browser.goto(&self.wiki).await;
        browser.follow("sign-in").await;
        assert!(browser.url().await.as_str().starts_with(&self.issuer));
        browser.fill("username", &self.username).await;
        browser.fill("password", &self.password).await;
        browser.follow("login-submit").await;
    }
}

async fn one_login_serves_both(browser: Option<Browser>, (width, height): (u32, u32)) {
    let Some(browser) = browser else {
        return;
    };
    let Some(demo) = Demo::start().await else {
        return;
    };
    browser.resize(width, height).await;

    demo.sign_in(&browser).await;
    assert_eq!(browser.url().await.as_str(), demo.wiki);
    assert_eq!(browser.text("who").await, "Alice Liddell");

    browser.follow("other").await;
    browser.follow("sign-in").await;
    assert_eq!(browser.url().await.as_str(), demo.payroll);
    assert_eq!(browser.text("who").await, "Alice Liddell");

    browser.goto(&demo.wiki).await;
    browser.follow("sign-out").await;
    assert_eq!(browser.url().await.as_str(), demo.wiki);
    assert!(!browser.has("who").await);
    browser.follow("sign-in").await;
    assert!(
        browser.has("password").await,
        "the wiki's next sign-in asks"
    );

    browser.goto(&demo.payroll).await;
    browser.follow("sign-out").await;
    assert_eq!(browser.url().await.as_str(), demo.payroll);
    browser.follow("sign-in").await;
    assert!(
        browser.has("password").await,
        "the payroll's next sign-in asks"
    );
}

#[tokio::test]
async fn one_login_serves_two_applications_until_it_is_ended() {
    one_login_serves_both(Browser::start().await, WIDE).await;
}

#[tokio::test]
async fn one_login_serves_two_applications_on_a_phone() {
    one_login_serves_both(Browser::start().await, NARROW).await;
}

#[tokio::test]
async fn one_login_serves_two_applications_without_javascript() {
    one_login_serves_both(Browser::start_without_javascript().await, WIDE).await;
}

#[tokio::test]
async fn one_login_serves_two_applications_on_a_phone_without_javascript() {
    one_login_serves_both(Browser::start_without_javascript().await, NARROW).await;
}

/// [RFC 8628 section 1](https://www.rfc-editor.org/rfc/rfc8628#section-1), with a client of devices that we did not write.
#[tokio::test]
async fn the_television_shows_a_code_until_somebody_allows_it() {
    let (Some(screen), Some(phone)) = (Browser::start().await, Browser::start().await) else {
        return;
    };
    let Some(demo) = Demo::start().await else {
        return;
    };
    let television = format!("{}television", demo.wiki);
    screen.goto(&television).await;
    screen.follow("switch-on").await;
    let code = screen.text("user-code").await;
    screen.element("qr-code").await;
    let link = screen.element("verification-uri").await.attr("href").await;
    let link = link.expect("the page can be read").expect("a link");
    assert!(
        link.starts_with(&demo.issuer) && link.ends_with(&code),
        "{link}"
    );

    phone.goto(&link).await;
    phone.follow("device-enter").await;
    phone.fill("username", &demo.username).await;
    phone.fill("password", &demo.password).await;
    phone.follow("login-submit").await;
    assert_eq!(phone.text("user-code").await, code);
    phone.follow("device-allow").await;
    phone.element("device-done").await;

    let programme = screen.text("programme").await;
    assert!(programme.contains("Alice Liddell"), "{programme}");
}

/// Cancelling brings the browser back to the application, which says so.
#[tokio::test]
async fn somebody_who_cancels_is_back_at_the_application() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let Some(demo) = Demo::start().await else {
        return;
    };
    browser.goto(&demo.wiki).await;
    browser.follow("sign-in").await;
    browser.follow("login-cancel").await;
    assert!(browser.url().await.as_str().starts_with(&demo.wiki));
    assert!(browser.text("reason").await.contains("access_denied"));
}

#[tokio::test]
async fn the_demonstration_ends_cleanly_and_takes_its_data_along() {
    let Some(demo) = Demo::start().await else {
        return;
    };
    let output = demo.process.output();
    let data = output
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"data\": \""));
    let data = data
        .and_then(|data| data.split('"').next())
        .expect("it says where its data is");
    assert!(std::fs::exists(data).expect("it can be looked at"));

    assert_eq!(demo.process.terminate().await.code(), Some(0));

    assert!(!std::fs::exists(data).expect("it can be looked at"));
}
