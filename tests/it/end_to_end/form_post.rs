//! Forms whose answer is another origin's, under the provider's own content security policy.

use axum::http::Method;
use doorward_tests::browser::Browser;
use doorward_tests::serving::{Application, Installation, Node};
use fantoccini::Locator;

use super::client::redeem;
use super::listener::Listener;
use super::visitor::{PASSWORD, USERNAME, Visitor, authorization};

struct Scene {
    browser: Browser,
    listener: Listener,
    node: Node,
    shop: Application,
    installation: Installation,
}

impl Scene {
    async fn start(browser: Option<Browser>, listener: Listener) -> Option<Self> {
        let browser = browser?;
        let installation = Installation::new("")?;
        installation.add_person(USERNAME, PASSWORD).await;
        let home = listener.url("/");
        let arguments = ["--post-logout-redirect-uri", home.as_str()];
        let callback = listener.url("/callback");
        let shop = installation
            .add_application("shop", &callback, &arguments)
            .await;
        let node = installation.serve().await;
        Some(Self {
            browser,
            listener,
            node,
            shop,
            installation,
        })
    }

    async fn sign_in(&self, more: &[(&str, &str)]) {
        let Self {
            browser,
            node,
            shop,
            ..
        } = self;
        browser.goto(&authorization(node, shop, more)).await;
        browser.fill("username", USERNAME).await;
        browser.fill("password", PASSWORD).await;
        browser.click("login-submit").await;
    }

    fn assert_answered(&self, method: &Method) {
        let (arrived, parameters) = self.listener.arrival();
        assert_eq!(&arrived, method);
        let value = |name: &str| {
            let mut values = parameters.iter().filter(|(found, _)| found == name);
            let value = values.next().map(|(_, value)| value.as_str());
            assert_eq!(values.next(), None, "{name} comes once");
            value
        };
        assert_eq!(value("state"), Some("a \"state\" & <more>"));
        assert_eq!(value("iss"), Some(self.node.place.issuer.as_str()));
        assert!(
            value("code").is_some_and(|code| !code.is_empty()),
            "{parameters:?}"
        );
    }
}

const STATE: (&str, &str) = ("state", "a \"state\" & <more>");
const FORM_POST: (&str, &str) = ("response_mode", "form_post");

/// [OAuth 2.0 Form Post Response Mode section 2](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html#FormPostResponseMode)
#[tokio::test]
async fn the_response_posts_itself_where_scripts_run() {
    let Some(scene) = Scene::start(Browser::start().await, Listener::start().await).await else {
        return;
    };
    scene.sign_in(&[FORM_POST, STATE]).await;
    scene.browser.element("arrived").await;
    scene.assert_answered(&Method::POST);
}

#[tokio::test]
async fn the_response_is_posted_with_a_button_where_no_script_runs() {
    let browser = Browser::start_without_javascript().await;
    let Some(scene) = Scene::start(browser, Listener::start().await).await else {
        return;
    };
    scene.sign_in(&[FORM_POST, STATE]).await;
    scene.browser.element("form-post").await;
    let button = scene
        .browser
        .client()
        .find(Locator::Css("#form-post button"))
        .await;
    button
        .expect("the form has a button")
        .click()
        .await
        .expect("it can be clicked");
    scene.browser.element("arrived").await;
    scene.assert_answered(&Method::POST);
}

/// Browsers hold `form-action` against the redirects that answer a form, too.
#[tokio::test]
async fn the_policy_lets_the_sign_in_form_lead_back_to_the_application() {
    let Some(scene) = Scene::start(Browser::start().await, Listener::start().await).await else {
        return;
    };
    scene.sign_in(&[STATE]).await;
    scene.browser.element("arrived").await;
    scene.assert_answered(&Method::GET);
}

/// Many applications answer at one origin and live at another.
#[tokio::test]
async fn the_policy_lets_the_application_lead_on_to_where_it_lives() {
    let home = Listener::start().await;
    let callback = Listener::leading_to(home.url("/home")).await;
    let Some(scene) = Scene::start(Browser::start().await, callback).await else {
        return;
    };
    scene.sign_in(&[STATE]).await;
    scene.browser.element("arrived").await;
    scene.assert_answered(&Method::GET);
    assert_eq!(scene.browser.url().await.as_str(), home.url("/home"));
}

/// Somebody else's ID Token is no proof that this person wants to leave, so they are asked, and then led back.
#[tokio::test]
async fn the_policy_lets_the_sign_out_form_lead_back_to_the_application() {
    let Some(scene) = Scene::start(Browser::start().await, Listener::start().await).await else {
        return;
    };
    let Scene {
        browser,
        listener,
        node,
        shop,
        installation,
    } = &scene;
    installation.add_person("bob", PASSWORD).await;
    let bob = Visitor::named("bob");
    let code = bob.code(node, shop, &[]).await;
    let id_token = redeem(node, shop, &code).await.text("id_token");
    scene.sign_in(&[STATE]).await;
    browser.element("arrived").await;

    let home = listener.url("/");
    let hint = format!("/logout?id_token_hint={id_token}&post_logout_redirect_uri={home}");
    browser.goto(&node.url(&hint)).await;
    browser.click("logout-confirm").await;

    browser
        .arrives("the application", |url| url.as_str() == home)
        .await;
}
