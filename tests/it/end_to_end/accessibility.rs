//! Every page, as axe-core sees it in a real browser: light and dark, wide and narrow.
//!
//! Where `DOORWARD_TEST_PICTURES` names a folder, what the screen shows is kept there.

use std::env;
use std::fs;
use std::path::Path;

use doorward_tests::axe::assert_accessible;
use doorward_tests::browser::{Browser, ColorScheme};
use doorward_tests::serving::{Application, Installation, Node};
use doorward_tests::token_client::Answer;

use super::demo::Demo;
use super::visitor::{PASSWORD, USERNAME, authorization};

const SCHEMES: [(&str, ColorScheme); 2] =
    [("light", ColorScheme::Light), ("dark", ColorScheme::Dark)];
const SIZES: [(&str, u32, u32); 2] = [("wide", 1280, 900), ("narrow", 360, 740)];

/// Judges the present page in every dress, and as a person would: it must not need to be pushed sideways.
pub(super) async fn judge(browser: &Browser, page: &str) {
    for (size, width, height) in SIZES {
        for (colours, scheme) in SCHEMES {
            browser.resize(width, height).await;
            browser.prefer(scheme).await;
            assert_accessible(browser).await;
            picture(browser, &format!("{page}-{size}-{colours}")).await;
        }
        let overhang = "return document.documentElement.scrollWidth - window.innerWidth";
        let overhang = browser.client().execute(overhang, Vec::new()).await;
        let overhang = overhang.expect("the page has a width").as_i64();
        assert!(
            overhang <= Some(0),
            "{page} is wider than a {size} screen by {overhang:?}"
        );
    }
}

async fn picture(browser: &Browser, name: &str) {
    if let Some(folder) = env::var_os("DOORWARD_TEST_PICTURES") {
        let file = Path::new(&folder).join(format!("{name}.png"));
        fs::write(file, browser.screenshot().await).expect("the folder for pictures is writable");
    }
}

/// A provider with two applications: the operator answers for the wiki, and people are asked about the survey.
struct Scene {
    browser: Browser,
    node: Node,
    wiki: Application,
    survey: Application,
    _installation: Installation,
}

impl Scene {
    async fn start(browser: Option<Browser>) -> Option<Self> {
        let browser = browser?;
        let installation = Installation::new("")?;
        installation.add_person(USERNAME, PASSWORD).await;
        let name = ["user", "set", USERNAME, "--name", "Alice Liddell"];
        installation.ask(&name, "").await;
        let wiki = ["--name", "Wonderland Wiki"];
        let wiki = installation
            .add_application("wiki", "http://127.0.0.1:9/callback", &wiki)
            .await;
        let survey = [
            "--name",
            "Tea Party Survey",
            "--consent",
            "ask",
            "--grant-type",
            "authorization_code,refresh_token,device_code",
            "--client-uri",
            "https://survey.example/",
            "--policy-uri",
            "https://survey.example/privacy",
            "--tos-uri",
            "https://survey.example/terms",
        ];
        let survey = installation
            .add_application("survey", "http://127.0.0.1:9/survey", &survey)
            .await;
        let node = installation.serve().await;
        Some(Self {
            browser,
            node,
            wiki,
            survey,
            _installation: installation,
        })
    }

    async fn ask_for(&self, application: &Application, more: &[(&str, &str)]) {
        self.browser
            .goto(&authorization(&self.node, application, more))
            .await;
    }

    async fn fill_in(&self, password: &str) {
        self.browser.fill("username", USERNAME).await;
        self.browser.fill("password", password).await;
        self.browser.follow("login-submit").await;
    }

    /// The code that a device of the survey shows.
    async fn device(&self) -> String {
        let application = &self.survey;
        let asking = crate::scene::http().post(self.node.url("/device_authorization"));
        let asking = asking.basic_auth(&application.id, Some(&application.secret));
        let body = "scope=openid+profile+email+offline_access";
        let asking = asking.header("content-type", "application/x-www-form-urlencoded");
        let answer = Answer::of(asking.body(body)).await.assert_begun();
        answer.user_code
    }

    /// Somebody else's browser is faster.
    async fn deny(&self, browser: &Browser, code: &str) {
        browser
            .goto(&format!("{}?user_code={code}", self.node.url("/device")))
            .await;
        browser.follow("device-enter").await;
        browser.fill("username", USERNAME).await;
        browser.fill("password", PASSWORD).await;
        browser.follow("login-submit").await;
        browser.follow("device-deny").await;
        browser.element("device-done").await;
    }

    /// Signs in at the provider itself.
    async fn sign_in(&self) {
        self.browser.goto(&self.node.url("/")).await;
        self.fill_in(PASSWORD).await;
        self.browser.element("sign-out").await;
    }
}

#[tokio::test]
async fn the_sign_in_pages_are_accessible() {
    let Some(scene) = Scene::start(Browser::start().await).await else {
        return;
    };
    scene.browser.goto(&scene.node.url("/")).await;
    judge(&scene.browser, "sign-in-at-provider").await;
    scene.ask_for(&scene.wiki, &[]).await;
    judge(&scene.browser, "sign-in").await;
    scene.fill_in("not the password").await;
    judge(&scene.browser, "sign-in-wrong").await;
    scene.ask_for(&scene.survey, &[("ui_locales", "de")]).await;
    let title = scene.browser.client().title().await.expect("a title");
    assert!(title.contains("Anmelden"), "{title}");
    judge(&scene.browser, "sign-in-german").await;
}

#[tokio::test]
async fn the_pages_of_somebody_signed_in_are_accessible() {
    let Some(scene) = Scene::start(Browser::start().await).await else {
        return;
    };
    scene.sign_in().await;
    judge(&scene.browser, "signed-in-nowhere").await;
    let scopes = (
        "scope",
        "openid profile email address phone groups offline_access",
    );
    scene
        .ask_for(&scene.survey, &[scopes, ("prompt", "consent")])
        .await;
    scene.browser.element("consent-allow").await;
    judge(&scene.browser, "consent").await;
    scene
        .ask_for(
            &scene.survey,
            &[scopes, ("ui_locales", "de"), ("prompt", "consent")],
        )
        .await;
    scene.browser.element("consent-allow").await;
    judge(&scene.browser, "consent-german").await;
    scene
        .ask_for(&scene.wiki, &[("prompt", "select_account")])
        .await;
    scene.browser.element("login-continue").await;
    judge(&scene.browser, "account-choice").await;
    scene
        .browser
        .goto(&scene.node.url("/logout?client_id=wiki"))
        .await;
    scene.browser.element("logout-confirm").await;
    judge(&scene.browser, "sign-out").await;
    scene.browser.follow("logout-confirm").await;
    judge(&scene.browser, "signed-out").await;
}

#[tokio::test]
async fn the_error_page_is_accessible() {
    let Some(scene) = Scene::start(Browser::start().await).await else {
        return;
    };
    let stranger = Application {
        redirect_uri: "https://elsewhere.example/".to_owned(),
        ..scene.wiki.clone()
    };
    scene.ask_for(&stranger, &[]).await;
    scene.browser.element("error-page").await;
    judge(&scene.browser, "error").await;
}

/// What is seen where the page's own script does not run; axe-core's does.
#[tokio::test]
async fn the_page_that_posts_a_response_and_the_list_of_applications_are_accessible() {
    let Some(scene) = Scene::start(Browser::start().await).await else {
        return;
    };
    scene.browser.withhold("form-post").await;
    scene.sign_in().await;
    for application in [&scene.wiki, &scene.survey] {
        scene
            .ask_for(application, &[("response_mode", "form_post")])
            .await;
        if scene.browser.has("consent-allow").await {
            scene.browser.follow("consent-allow").await;
        }
        scene.browser.element("form-post").await;
    }
    judge(&scene.browser, "form-post").await;
    scene.browser.goto(&scene.node.url("/")).await;
    judge(&scene.browser, "signed-in").await;
}

/// [RFC 8628 section 3.3](https://www.rfc-editor.org/rfc/rfc8628#section-3.3).
#[tokio::test]
async fn the_pages_for_devices_are_accessible() {
    let Some(scene) = Scene::start(Browser::start().await).await else {
        return;
    };
    let (browser, page) = (&scene.browser, scene.node.url("/device"));
    browser.goto(&page).await;
    judge(browser, "device").await;
    browser.fill("user_code", "BBBB-BBBB").await;
    browser.follow("device-enter").await;
    judge(browser, "device-wrong").await;
    let (denied, allowed) = (scene.device().await, scene.device().await);
    browser.goto(&format!("{page}?user_code={denied}")).await;
    judge(browser, "device-link").await;
    browser.follow("device-enter").await;
    judge(browser, "device-sign-in").await;
    scene.fill_in(PASSWORD).await;
    assert_eq!(browser.text("user-code").await, denied);
    judge(browser, "device-confirm").await;
    browser.follow("device-deny").await;
    judge(browser, "device-denied").await;

    browser.goto(&page).await;
    browser.fill("user_code", &allowed.to_lowercase()).await;
    browser.follow("device-enter").await;
    let asks = browser.url().await;
    browser.follow("device-allow").await;
    judge(browser, "device-allowed").await;

    browser.goto(asks.as_str()).await;
    browser.element("error-page").await;
    let (slow, fast) = (scene.device().await, Browser::start().await);
    let Some(fast) = fast else { return };
    browser.goto(&format!("{page}?user_code={slow}")).await;
    browser.follow("device-enter").await;
    scene.deny(&fast, &slow).await;
    browser.follow("device-allow").await;
    judge(browser, "device-over").await;
}

#[tokio::test]
async fn the_sample_applications_are_accessible() {
    let (Some(browser), Some(demo)) = (Browser::start().await, Demo::start().await) else {
        return;
    };
    browser.goto(&demo.wiki).await;
    judge(&browser, "wiki-signed-out").await;
    demo.sign_in(&browser).await;
    judge(&browser, "wiki").await;
    browser.goto(&demo.payroll).await;
    judge(&browser, "payroll-signed-out").await;
    browser.follow("sign-in").await;
    judge(&browser, "payroll").await;
    browser.goto(&format!("{}television", demo.wiki)).await;
    judge(&browser, "television-off").await;
    browser.follow("switch-on").await;
    browser.element("qr-code").await;
    judge(&browser, "television").await;
    browser.goto(&format!("{}callback", demo.wiki)).await;
    browser.element("reason").await;
    judge(&browser, "wiki-failed").await;
}
