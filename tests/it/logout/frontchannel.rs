//! Clients are told by the browser that signs out
//! ([OpenID Connect Front-Channel Logout](https://openid.net/specs/openid-connect-frontchannel-1_0.html)).

use doorward_tests::id_token::IdToken;
use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use url::form_urlencoded::Serializer;

use crate::scene::{Scene, logout_link};

impl Scene {
    /// A client that browsers tell.
    async fn framed_client(&self, id: &str) -> RelyingParty {
        let registration = self.provider.client(id).with(|client| {
            let uri = format!("https://{id}.example/out?tenant=1");
            client.frontchannel_logout_uri = Some(uri.parse().expect("an address"));
            client.frontchannel_logout_session_required = true;
        });
        registration.await
    }

    /// What the browser is to load to tell a client of the end of an ID Token's session.
    fn frame(&self, client: &str, id_token: &IdToken) -> String {
        let sid = id_token.get("sid").as_str().expect("a session");
        let mut query = Serializer::new("tenant=1".to_owned());
        query.append_pair("iss", self.provider.issuer());
        query.append_pair("sid", sid);
        format!("https://{client}.example/out?{}", query.finish())
    }
}

fn policy(page: &Page) -> &str {
    let policy = page.header("content-security-policy");
    policy.expect("a page has a policy")
}

/// `oidcc-frontchannel-logout-discovery-endpoint-verification`
#[tokio::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let path = "/.well-known/openid-configuration";
    let metadata = provider.token(&wiki).get(path).await.json();
    assert_eq!(metadata["frontchannel_logout_supported"], true);
    assert_eq!(metadata["frontchannel_logout_session_supported"], true);
    assert_eq!(metadata["end_session_endpoint"], provider.url("/logout"));
}

/// `oidcc-frontchannel-rp-initiated-logout`
#[tokio::test]
async fn oidcc_frontchannel_rp_initiated_logout() {
    let scene = Scene::new().await;
    let wiki = scene.framed_client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid").await;
    let id_token = scene.provider.token(&wiki).id_token(&tokens).await;
    let link = logout_link(&[
        ("id_token_hint", tokens.id_token.as_deref().expect("one")),
        (
            "post_logout_redirect_uri",
            "https://wiki.example/signed-out",
        ),
        ("state", "af0ifjsldkj"),
    ]);
    let page = scene.browser.get(&link).await.page();

    assert_eq!(page.frames(), [scene.frame("wiki", &id_token)]);
    let policy = policy(&page);
    assert!(
        policy.contains("; frame-src https://wiki.example; "),
        "{policy}"
    );
    let then = "href=\"https://wiki.example/signed-out?state=af0ifjsldkj\"";
    assert!(page.body.contains(then), "{page:?}");
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

/// P47. [OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)
#[tokio::test]
async fn each_client_of_the_session_has_one_frame_and_no_other() {
    let scene = Scene::new().await;
    let (wiki, shop) = (
        scene.framed_client("wiki").await,
        scene.framed_client("shop").await,
    );
    scene.framed_client("unused").await;
    let quiet = scene.provider.client("quiet").await;
    scene.tokens(&quiet, "openid").await;
    scene.tokens(&wiki, "openid").await;
    scene.tokens(&wiki, "openid").await;
    let tokens = scene.tokens(&shop, "openid").await;
    let id_token = scene.provider.token(&shop).id_token(&tokens).await;

    let asks = scene.browser.get(&logout_link(&[])).await.page();
    assert_eq!(asks.frames(), Vec::<String>::new());
    assert!(!policy(&asks).contains("frame-src"), "{asks:?}");
    let page = scene.browser.press(&asks, "sign-out", &[]).await.page();
    let frames = ["shop", "wiki"].map(|client| scene.frame(client, &id_token));
    assert_eq!(page.frames(), frames);
    let sources = "frame-src https://shop.example https://wiki.example;";
    assert!(policy(&page).contains(sources), "{page:?}");
}

/// Who asks again finds nothing to end, and so nobody to tell.
#[tokio::test]
async fn a_session_that_is_over_tells_nobody_again() {
    let scene = Scene::new().await;
    let wiki = scene.framed_client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid").await;
    let link = logout_link(&[("id_token_hint", tokens.id_token.as_deref().expect("one"))]);
    let first = scene.browser.get(&link).await.page();
    assert_eq!(first.frames().len(), 1);
    let again = scene.browser.get(&link).await.page();
    assert_eq!(again.frames(), Vec::<String>::new());
}
