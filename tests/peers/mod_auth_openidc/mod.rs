//! [Apache with `mod_auth_openidc`](README.md), in front of sites that know nothing of OpenID Connect.

mod apache;

use doorward_tests::browser::Browser;
use doorward_tests::serving::eventually;
use doorward_tests::visitor::{PASSWORD, USERNAME};

use crate::harness::Scene;
use apache::{Apache, Channel, WELCOME, installed};

/// A site behind Apache.
struct Site {
    scene: Scene,
    apache: Apache,
}

impl Site {
    /// One that Alice has opened.
    async fn open(method: &str) -> Option<Self> {
        let site = Self::start(method, Channel::Back).await?;
        site.sign_in().await;
        Some(site)
    }

    /// One that nobody has opened.
    async fn start(method: &str, channel: Channel) -> Option<Self> {
        let program = installed()?;
        let scene = Scene::new(&[]).await?;
        let (installation, node) = (&scene.installation, &scene.node);
        let apache = Apache::start(&program, installation, node, method, channel).await;
        Some(Self { scene, apache })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.apache.site)
    }

    /// Alice goes to the site, to Doorward, and back by way of the module.
    async fn sign_in(&self) {
        let alice = &self.scene.alice;
        let sent = alice.open(&self.url("/index.html")).await.left_for;
        let sent = sent.expect("nobody is let in unknown");
        assert!(sent.as_str().starts_with(&self.scene.node.place.issuer));
        // The site was registered a moment ago, and a node learns of that within a second.
        let page = eventually("Doorward knows the site", async || {
            let page = alice.open(sent.as_str()).await;
            page.asks_for_a_password().then_some(page)
        });
        let page = page.await;
        let back = alice.sign_in(&page).await.left_for;
        let back = back.expect("Doorward sends her back");
        let page = alice.open(back.as_str()).await;
        assert_eq!(page.body, WELCOME, "{page:?}");
    }

    /// The same with a whole browser.
    async fn sign_in_with(&self, browser: &Browser) {
        browser
            .until("Doorward knows the site", async || {
                browser.goto(&self.url("/index.html")).await;
                browser.has("password").await.then_some(())
            })
            .await;
        browser.fill("username", USERNAME).await;
        browser.fill("password", PASSWORD).await;
        browser.follow("login-submit").await;
    }

    /// Whether the site lets in who uses this browser.
    async fn welcomes(&self, browser: &Browser) -> bool {
        browser.goto(&self.url("/index.html")).await;
        let page = browser.client().source().await.expect("a page");
        page.contains(WELCOME)
    }

    /// Whether the site still knows her.
    async fn knows_her(&self) -> bool {
        let page = self.scene.alice.open(&self.url("/index.html")).await;
        page.left_for.is_none() && page.body == WELCOME
    }
}

/// [OpenID Connect Core section 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth), by the
/// claim `email` of UserInfo.
#[tokio::test]
async fn lets_in_whom_doorward_knows() {
    let Some(site) = Site::open("client_secret_basic").await else {
        return;
    };
    assert!(site.knows_her().await);
}

/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
#[tokio::test]
async fn sends_its_secret_in_the_form() {
    let Some(site) = Site::open("client_secret_post").await else {
        return;
    };
    assert!(site.knows_her().await);
}

/// [RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
#[tokio::test]
async fn refreshes_its_access_token() {
    let Some(site) = Site::open("client_secret_basic").await else {
        return;
    };
    let alice = &site.scene.alice;
    let before = alice.open(&site.url("/oidc?info=json")).await.body;
    let now = "/oidc?info=json&access_token_refresh_interval=0";
    let after = alice.open(&site.url(now)).await.body;
    let token = |text: &str| -> String {
        let info: serde_json::Value = serde_json::from_str(text).expect("JSON");
        info["access_token"]
            .as_str()
            .expect("it has one")
            .to_owned()
    };
    assert_ne!(token(&before), token(&after));
}

/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[tokio::test]
async fn signs_somebody_out_here_and_at_doorward() {
    let Some(site) = Site::open("client_secret_basic").await else {
        return;
    };
    let home = site.url("/signed-out");
    let leaving = site.url(&format!("/oidc?logout={}", home.replace(':', "%3A")));
    let sent = site.scene.alice.open(&leaving).await.left_for;
    let sent = sent.expect("the module sends her to Doorward");
    let back = site.scene.alice.open(sent.as_str()).await.left_for;
    assert_eq!(back.map(String::from), Some(home));

    let sent = site
        .scene
        .alice
        .open(&site.url("/index.html"))
        .await
        .left_for;
    let sent = sent.expect("the site does not know her any more");
    let page = site.scene.alice.open(sent.as_str()).await;
    assert!(page.asks_for_a_password(), "{page:?}");
}

/// [OpenID Connect Back-Channel Logout section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
#[tokio::test]
async fn forgets_whom_an_operator_signs_out() {
    let Some(site) = Site::open("client_secret_basic").await else {
        return;
    };
    site.scene.end_sessions().await;
    eventually("the site forgets her", async || {
        (!site.knows_her().await).then_some(())
    })
    .await;
}

/// [OpenID Connect Front-Channel Logout section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout):
/// nothing but the frame on the page after the sign-out tells this site.
#[tokio::test]
async fn forgets_whose_browser_signs_out_at_doorward() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let Some(site) = Site::start("client_secret_basic", Channel::Front).await else {
        return;
    };
    site.sign_in_with(&browser).await;
    assert!(site.welcomes(&browser).await, "it is hers to see");

    browser.goto(&site.scene.node.url("/logout")).await;
    browser.follow("logout-confirm").await;
    assert!(!site.welcomes(&browser).await, "it forgot her");
    assert!(browser.has("password").await, "Doorward did too");
}
