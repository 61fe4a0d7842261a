//! Request objects that the browser carries ([RFC 9101 section 5](https://www.rfc-editor.org/rfc/rfc9101#section-5)).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::authorization::{AuthorizationRequest, Code};
use serde_json::json;

use super::{Bank, carrying};

impl Bank {
    /// The code for a request that was in an object.
    pub(crate) async fn code(
        &self,
        carried: AuthorizationRequest,
        asked: &AuthorizationRequest,
    ) -> Code {
        let code = self.scene.browser.authorize(carried).await;
        let response = code.response();
        assert_eq!(response.get("state"), asked.get("state"), "{response:?}");
        Code {
            value: response.get("code").expect("a code").to_owned(),
            redirect_uri: self.client.redirect_uri().to_owned(),
            code_verifier: asked.code_verifier.clone(),
            nonce: asked.get("nonce").map(str::to_owned),
        }
    }

    /// The operator's reason for the page that this leads to.
    pub(super) async fn reason(&self, carried: AuthorizationRequest) -> String {
        let page = self.scene.browser.authorize(carried).await.page();
        assert_eq!(page.status, 400);
        let refusal = self.scene.provider.refusal(&page.reference()).await;
        assert_eq!(refusal.endpoint, "authorization");
        assert_eq!(refusal.client.as_deref(), Some("bank"));
        refusal.reason
    }
}

/// P13. Stands for `state-only-outside-request-object-not-used` and for
/// `ensure-different-nonce-inside-and-outside-request-object` and `-state-`.
#[tokio::test]
async fn what_is_in_the_object_counts_and_nothing_beside_it() {
    let bank = Bank::new().await;
    let asked = bank.client.request().without("state");
    let object = bank.key.sign(&bank.claims(&asked));
    let carried = carrying(&object, &asked)
        .with("state", "outside")
        .with("nonce", "outside")
        .with("scope", "openid email")
        .with("prompt", "login")
        .with("response_type", "token")
        .with("redirect_uri", "https://evil.example/");

    let code = bank.code(carried, &asked).await;

    let token = bank.scene.provider.token(&bank.client);
    let tokens = token.exchange(&code).await.assert_ok();
    assert_eq!(tokens.all["scope"], "openid");
    let id_token = token.id_token(&tokens).await;
    assert_eq!(id_token.get("nonce").as_str(), asked.get("nonce"));
}

/// [RFC 9101 section 6.3](https://www.rfc-editor.org/rfc/rfc9101#section-6.3). P13 and P04.
#[tokio::test]
async fn an_object_that_is_not_proven_leads_to_a_page_and_nowhere_else() {
    let bank = Bank::new().await;
    let asked = bank.client.request();
    let stranger = AssertionKey::generate("ES256", "one");
    let encode = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let none = format!(
        "{}.{}.",
        encode(json!({"alg": "none"})),
        encode(bank.claims(&asked))
    );
    let with = |name, value| bank.key.sign(&bank.claims_with(name, value));
    let now = bank.seconds();
    for (object, reason) in [
        (
            none,
            "the request object is refused: the token's alg is none that we know",
        ),
        (
            stranger.sign(&bank.claims(&asked)),
            "the request object is refused: the token's signature is not its key's",
        ),
        (
            with("iss", json!("shop")),
            "the request object's iss is not the client",
        ),
        (
            with("client_id", json!("shop")),
            "the request object's client_id is not the client",
        ),
        (
            with("aud", json!("https://evil.example")),
            "the request object's aud does not name the issuer",
        ),
        (
            with("exp", json!(null)),
            "the request object is refused: the token's exp is not a sensible date",
        ),
        (
            with("exp", json!(now - 60)),
            "the request object is refused: the token has expired",
        ),
        (
            with("request", json!("e30.e30.")),
            "the request object has the member request",
        ),
        (
            with("redirect_uri", json!(null)),
            "redirect_uri is missing or given twice; the client registered https://bank.example/callback",
        ),
    ] {
        // A good address beside the object does not help it.
        let carried = carrying(&object, &asked).with("redirect_uri", bank.client.redirect_uri());
        assert_eq!(bank.reason(carried).await, reason);
    }
    let object = bank.key.sign(&bank.claims(&asked));
    let both = carrying(&object, &asked).with("request_uri", "https://bank.example/request");
    let reason = "request and request_uri are both there";
    assert_eq!(bank.reason(both).await, reason);
}

/// Once the object is proven, its client is told what else is wrong, at the address within.
#[tokio::test]
async fn a_fault_within_a_proven_object_is_told_to_its_client() {
    let bank = Bank::new().await;
    let asked = bank.client.request().with("response_type", "token");
    let object = bank.key.sign(&bank.claims(&asked));
    let response = bank
        .scene
        .browser
        .authorize(carrying(&object, &asked))
        .await;
    let response = response.response();
    assert_eq!(response.get("error"), Some("unsupported_response_type"));
    assert_eq!(response.get("state"), asked.get("state"));
    let address = &response.address;
    assert!(address.starts_with(bank.client.redirect_uri()), "{address}");
}

/// [RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5).
#[tokio::test]
async fn a_client_that_must_sign_its_requests_gets_nothing_otherwise() {
    let bank = Bank::strict().await;
    let response = bank.scene.browser.authorize(&bank.client).await.response();
    assert_eq!(response.error(), "invalid_request");
    let refusal = bank.scene.provider.refusal(&response.reference()).await;
    let reason = "the request is not a request object, and the client must sign its requests";
    assert_eq!(refusal.reason, reason);

    let asked = bank.client.request();
    let object = bank.key.sign(&bank.claims(&asked));
    bank.code(carrying(&object, &asked), &asked).await;
}
