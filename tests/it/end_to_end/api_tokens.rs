//! API tokens in a real browser: made, used, rotated and revoked by somebody with scripts and by somebody without.

use doorward_tests::browser::Browser;
use doorward_tests::serving::{Application, Installation, Node};
use fantoccini::Locator;
use serde_json::Value;

use super::accessibility::judge;
use super::client::introspect;
use super::visitor::{PASSWORD, USERNAME};

const REPORTS: &str = "https://reports.example";

/// Alice is signed in where reports take API tokens.
struct Stage {
    browser: Browser,
    node: Node,
    api: Application,
    _installation: Installation,
}

impl Stage {
    async fn start(browser: Option<Browser>) -> Option<Self> {
        let browser = browser?;
        let installation = Installation::new("")?;
        installation.add_person(USERNAME, PASSWORD).await;
        let api = [
            "client",
            "add",
            "reports-api",
            "--grant-type",
            "client_credentials",
        ];
        let api = installation.ask(&api, "").await;
        let reports = [
            "resource",
            "add",
            REPORTS,
            "--name",
            "Reports",
            "--introspected-by",
            "reports-api",
        ];
        let scopes = [
            "--scope",
            "reports:read=Read reports",
            "--scope",
            "reports:write=Write reports",
            "--api-token-scope",
            "reports:read",
            "--api-token-scope",
            "reports:write",
        ];
        installation
            .ask(&[&reports[..], &scopes].concat(), "")
            .await;
        let node = installation.serve().await;
        browser.goto(&node.url("/api-tokens")).await;
        browser.fill("username", USERNAME).await;
        browser.fill("password", PASSWORD).await;
        browser.follow("login-submit").await;
        browser.element("token-new").await;
        let text = |name: &str| api[name].as_str().expect("a text").to_owned();
        let api = Application {
            id: text("client_id"),
            secret: text("client_secret"),
            redirect_uri: String::new(),
        };
        Some(Self {
            browser,
            node,
            api,
            _installation: installation,
        })
    }

    /// Makes a token and returns what the page shows of it.
    async fn make(&self) -> String {
        self.browser.follow("token-new").await;
        self.browser.fill("name", "backup of the wiki").await;
        self.browser.click("scope-reports:read").await;
        self.browser.click("expiry-30").await;
        self.browser.follow("token-make").await;
        self.shown().await
    }

    /// What opens the token that the page shows.
    async fn shown(&self) -> String {
        let field = self.browser.element("token").await;
        let shown = field.prop("value").await.expect("a field");
        shown.expect("a value")
    }

    /// Opens the page of the only token.
    async fn open(&self) {
        self.browser.goto(&self.node.url("/api-tokens")).await;
        let link = self.browser.client().find(Locator::Css("h3 a")).await;
        let link = link.expect("a token").attr("href").await;
        let path = link.expect("a link").expect("an address");
        self.browser.goto(&self.node.url(&path)).await;
        self.browser.element("token-name").await;
    }

    async fn is_active(&self, opens: &str) -> bool {
        introspect(&self.node, &self.api, opens).await.json["active"] == Value::Bool(true)
    }

    /// Makes, uses, rotates, suspends, resumes and revokes a token.
    async fn goes_through_its_life(&self) {
        let first = self.make().await;
        assert!(first.starts_with("dw_pat_"), "{first}");
        let url = self.browser.url().await;
        assert!(!url.as_str().contains("dw_"), "{url}");
        assert!(self.is_active(&first).await);

        self.open().await;
        self.browser.follow("token-rotate").await;
        self.browser.click("overlap-0").await;
        self.browser.follow("token-rotate").await;
        let second = self.shown().await;
        assert!(!self.is_active(&first).await && self.is_active(&second).await);

        self.open().await;
        self.browser.follow("token-suspend").await;
        assert!(!self.is_active(&second).await);
        self.browser.follow("token-resume").await;
        self.browser.follow("confirm").await;
        assert!(self.is_active(&second).await);

        self.browser.follow("token-revoke").await;
        self.browser.follow("confirm").await;
        assert!(!self.is_active(&second).await);
        assert!(!self.browser.has("token-rotate").await);
        let log = self.node.process.output();
        assert!(!log.contains(&first) && !log.contains(&second));
    }
}

/// T09: what opens it is in no address and no line of the log.
#[tokio::test]
async fn a_token_is_made_used_rotated_and_revoked_in_a_browser() {
    let Some(stage) = Stage::start(Browser::start().await).await else {
        return;
    };
    stage.goes_through_its_life().await;
}

#[tokio::test]
async fn a_token_is_made_used_rotated_and_revoked_without_scripts() {
    let Some(stage) = Stage::start(Browser::start_without_javascript().await).await else {
        return;
    };
    stage.goes_through_its_life().await;
}

/// T01: whoever reloads the page makes no second token, and sees none again.
#[tokio::test]
async fn a_token_is_not_shown_again_when_its_page_is_reloaded() {
    let Some(stage) = Stage::start(Browser::start().await).await else {
        return;
    };
    let opens = stage.make().await;
    let copy = stage.browser.element("token-copy").await;
    assert!(copy.is_displayed().await.expect("a button"));
    stage.browser.click("token-copy").await;
    let copied = || async { (stage.browser.text("token-copied").await == "Copied").then_some(()) };
    stage
        .browser
        .until("the word that it was copied", copied)
        .await;

    let reloaded = stage.browser.client().refresh().await;
    reloaded.expect("a page");
    stage.browser.element("token-name").await;
    let source = stage.browser.client().source().await.expect("a page");
    assert!(!source.contains(&opens));
    stage.browser.goto(&stage.node.url("/api-tokens")).await;
    let tokens = stage.browser.client().find_all(Locator::Css("h3 a")).await;
    assert_eq!(tokens.expect("a list").len(), 1);
}

#[tokio::test]
async fn the_pages_of_api_tokens_are_accessible() {
    let Some(stage) = Stage::start(Browser::start().await).await else {
        return;
    };
    let browser = &stage.browser;
    judge(browser, "api-tokens-none").await;
    browser
        .goto(&stage.node.url("/api-tokens/new?ui_locales=de"))
        .await;
    judge(browser, "api-token-new-german").await;
    browser.goto(&stage.node.url("/api-tokens/new")).await;
    judge(browser, "api-token-new").await;
    browser.fill("name", "backup").await;
    browser.click("expiry-date").await;
    browser.fill("networks", "192.0.2.0/24\nnowhere").await;
    browser.fill("per_day", "many").await;
    browser.follow("token-make").await;
    browser.element("problems").await;
    judge(browser, "api-token-wrong").await;
    browser.goto(&stage.node.url("/api-tokens")).await;
    stage.make().await;
    judge(browser, "api-token-made").await;
    browser.goto(&stage.node.url("/api-tokens")).await;
    judge(browser, "api-tokens").await;
    stage.open().await;
    judge(browser, "api-token").await;
    browser.follow("token-rotate").await;
    judge(browser, "api-token-rotate").await;
    stage.open().await;
    browser.follow("token-suspend").await;
    browser.follow("token-resume").await;
    judge(browser, "api-token-resume").await;
    stage.open().await;
    browser.follow("token-revoke").await;
    judge(browser, "api-token-revoke").await;
}
