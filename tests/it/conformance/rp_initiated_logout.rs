//! `oidcc-rp-initiated-logout-certification-test-plan`
//! ([OpenID Connect RP-Initiated Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_core::jose::{Algorithm, SigningKey, Typ};
use doorward_tests::authorization::AuthorizationResponse;
use doorward_tests::page::Page;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::user_agent::Destination;
use serde_json::Value;

use crate::scene::{Scene, logout_link};

const SIGNED_OUT: &str = "https://wiki.example/signed-out";

/// Somebody signed in to a client that then asks for the end of the session.
struct Module {
    scene: Scene,
    wiki: RelyingParty,
    id_token: String,
    state: String,
}

impl Module {
    async fn start() -> Self {
        let scene = Scene::new().await;
        let wiki = scene.provider.client("wiki").await;
        let id_token = scene.tokens(&wiki, "openid").await.id_token;
        Self {
            scene,
            wiki,
            id_token: id_token.expect("an ID Token"),
            state: format!("{}-._~", "x".repeat(124)),
        }
    }

    async fn ask(&self, parameters: &[(&str, &str)]) -> Destination {
        self.scene.browser.get(&logout_link(parameters)).await
    }

    /// All of the parameters, one of them changed.
    async fn ask_with(&self, name: &str, value: &str) -> Destination {
        let good = [
            ("id_token_hint", self.id_token.as_str()),
            ("post_logout_redirect_uri", SIGNED_OUT),
            ("state", &self.state),
        ];
        let changed = good.map(|pair| if pair.0 == name { (name, value) } else { pair });
        let sent: Vec<_> = changed
            .into_iter()
            .filter(|pair| !pair.1.is_empty())
            .collect();
        self.ask(&sent).await
    }

    async fn assert_signed_out(&self) {
        assert_eq!(self.scene.silently(&self.wiki).await, "login_required");
    }

    /// An error page, and the session lives.
    async fn assert_refused(&self, destination: Destination) {
        let page = destination.page();
        assert_eq!(page.status, 400, "{page:?}");
        let reference = page.reference();
        assert_eq!(
            self.scene.provider.refusal(&reference).await.endpoint,
            "logout"
        );
        assert_eq!(self.scene.silently(&self.wiki).await, "code");
    }

    /// Says yes on the confirmation page; what follows stays at the provider.
    async fn confirm(&self, asked: Destination) -> Page {
        let page = asked.page();
        assert!(page.form_with("sign-out").is_some(), "{page:?}");
        assert_eq!(self.scene.silently(&self.wiki).await, "code");
        let after = self.scene.browser.press(&page, "sign-out", &[]).await;
        after.page()
    }
}

fn arrived(destination: Destination) -> AuthorizationResponse {
    let response = destination.response();
    assert!(response.address.starts_with(SIGNED_OUT), "{response:?}");
    response
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    let module = Module::start().await;
    let client = module.scene.provider.token(&module.wiki);
    let metadata = client.get("/.well-known/openid-configuration").await;
    let expected = module.scene.provider.url("/logout");
    assert_eq!(metadata.json()["end_session_endpoint"], expected);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout() {
    let module = Module::start().await;
    let response = arrived(module.ask_with("", "").await);
    let parameters: Vec<_> = response.parameters.into_iter().collect();
    assert_eq!(parameters, [("state".to_owned(), module.state.clone())]);
    module.assert_signed_out().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    let module = Module::start().await;
    let bad = "https://wiki.example/elsewhere";
    let asked = module.ask_with("post_logout_redirect_uri", bad).await;
    module.assert_refused(asked).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    let module = Module::start().await;
    let added = format!("{SIGNED_OUT}?foo=bar");
    let asked = module.ask_with("post_logout_redirect_uri", &added).await;
    module.assert_refused(asked).await;
}

/// P46: a hint that we did not sign is none.
#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    let module = Module::start().await;
    let claims = module.id_token.split('.').nth(1).expect("claims");
    let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let unsigned = format!("{header}.{claims}.");
    let asked = module.ask_with("id_token_hint", &unsigned).await;
    module.assert_refused(asked).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    let module = Module::start().await;
    let claims = module.id_token.split('.').nth(1).expect("claims");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let theirs = SigningKey::generate(Algorithm::Es256);
    let forged = theirs.sign(Typ::IdToken, &claims).expect("a signature");
    let asked = module.ask_with("id_token_hint", &forged).await;
    module.assert_refused(asked).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint() {
    let module = Module::start().await;
    let asked = module.ask_with("id_token_hint", "").await;
    let page = module.confirm(asked).await;
    assert_eq!(page.status, 200, "{page:?}");
    module.assert_signed_out().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params() {
    let module = Module::start().await;
    let asked = module.ask(&[]).await;
    let page = module.confirm(asked).await;
    assert_eq!(page.status, 200, "{page:?}");
    module.assert_signed_out().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state() {
    let module = Module::start().await;
    let asked = module.ask(&[("state", &module.state)]).await;
    let page = module.confirm(asked).await;
    assert_eq!(page.status, 200, "{page:?}");
    module.assert_signed_out().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    let module = Module::start().await;
    let asked = module.ask_with("post_logout_redirect_uri", "").await;
    assert_eq!(asked.page().status, 200);
    module.assert_signed_out().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state() {
    let module = Module::start().await;
    let response = arrived(module.ask_with("state", "").await);
    assert_eq!(response.address, SIGNED_OUT);
    module.assert_signed_out().await;
}
