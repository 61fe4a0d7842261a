//! Somebody signs out, and their browser tells the applications
//! ([OpenID Connect Front-Channel Logout](https://openid.net/specs/openid-connect-frontchannel-1_0.html)).

use axum::http::Method;
use doorward_tests::browser::Browser;
use doorward_tests::id_token::IdToken;
use doorward_tests::serving::{Installation, Node};

use super::accessibility::judge;
use super::client::{document, redeem};
use super::listener::{Arrival, Listener};
use super::visitor::{PASSWORD, USERNAME, authorization};

/// Somebody signed in to the shop, which is told at another port of its own.
struct Scene {
    browser: Browser,
    node: Node,
    shop: Listener,
    id_token: String,
    _installation: Installation,
}

impl Scene {
    async fn start(browser: Option<Browser>, told: &Listener) -> Option<Self> {
        let browser = browser?;
        let installation = Installation::new("")?;
        installation.add_person(USERNAME, PASSWORD).await;
        let listener = Listener::start().await;
        let (home, there) = (listener.url("/"), told.url("/signed-out"));
        let more = [
            "--post-logout-redirect-uri",
            &home,
            "--redirect-uri",
            &there,
            "--frontchannel-logout-uri",
            &there,
            "--frontchannel-logout-session-required",
        ];
        let callback = listener.url("/callback");
        let shop = installation.add_application("shop", &callback, &more).await;
        let node = installation.serve().await;
        browser.goto(&authorization(&node, &shop, &[])).await;
        browser.fill("username", USERNAME).await;
        browser.fill("password", PASSWORD).await;
        browser.click("login-submit").await;
        browser.element("arrived").await;
        let code = value(&listener.arrival(), "code");
        let id_token = redeem(&node, &shop, &code).await.text("id_token");
        Some(Self {
            browser,
            node,
            shop: listener,
            id_token,
            _installation: installation,
        })
    }

    /// The shop sends the browser to sign out.
    async fn sign_out(&self) {
        let (hint, home) = (&self.id_token, self.shop.url("/"));
        let link = format!("/logout?id_token_hint={hint}&post_logout_redirect_uri={home}");
        self.browser.goto(&self.node.url(&link)).await;
    }

    /// The browser is back at the shop.
    async fn is_back(&self) {
        let home = self.shop.url("/");
        let at_home = |url: &url::Url| url.as_str() == home;
        self.browser.arrives("the application", at_home).await;
    }

    async fn assert_told(&self, arrival: &Arrival) {
        let jwks = document(&self.node, "/jwks").await.json;
        let claims = IdToken::verify(&self.id_token, &jwks);
        let sid = claims.get("sid").as_str().expect("a session");
        assert_eq!(arrival.0, Method::GET);
        assert_eq!(value(arrival, "iss"), self.node.place.issuer);
        assert_eq!(value(arrival, "sid"), sid);
    }
}

fn value((_, parameters): &Arrival, name: &str) -> String {
    let mut values = parameters.iter().filter(|(found, _)| found == name);
    let value = values.next().map(|(_, value)| value.clone());
    value.unwrap_or_else(|| panic!("no {name} in {parameters:?}"))
}

/// [OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)
#[tokio::test]
async fn the_browser_tells_the_application_and_then_goes_on() {
    let told = Listener::start().await;
    let Some(scene) = Scene::start(Browser::start().await, &told).await else {
        return;
    };
    scene.sign_out().await;
    scene.is_back().await;
    scene.assert_told(&told.arrival()).await;
}

#[tokio::test]
async fn an_application_that_never_answers_is_not_waited_for() {
    let told = Listener::silent().await;
    let Some(scene) = Scene::start(Browser::start().await, &told).await else {
        return;
    };
    // The driver waits for pages to load, and this one does not before its script has gone on.
    scene.sign_out().await;
    scene.is_back().await;
    scene.assert_told(&told.arrival()).await;
}

#[tokio::test]
async fn where_no_script_runs_the_application_is_told_and_a_link_leads_on() {
    let told = Listener::start().await;
    let browser = Browser::start_without_javascript().await;
    let Some(scene) = Scene::start(browser, &told).await else {
        return;
    };
    scene.sign_out().await;
    scene.assert_told(&told.arrival()).await;
    scene.browser.click("signing-out-continue").await;
    scene.is_back().await;
}

/// What is seen where the page's own script does not run.
#[tokio::test]
async fn the_page_that_tells_applications_is_accessible() {
    let told = Listener::start().await;
    let Some(scene) = Scene::start(Browser::start().await, &told).await else {
        return;
    };
    scene.browser.withhold("signing-out.js").await;
    scene.sign_out().await;
    scene.browser.element("signing-out-continue").await;
    judge(&scene.browser, "signing-out").await;
}
