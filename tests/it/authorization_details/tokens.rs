//! What tokens, answers and metadata say of details.

use doorward_core::client::{Client, ConsentPolicy, GrantType};
use doorward_core::resource_server::{AccessTokenFormat, ResourceServer};
use doorward_core::scope::Scope;
use doorward_tests::authorization::Code;
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::RelyingParty;
use serde_json::{Value, json};

use super::{BANK, account, allow_types, asking, bank, furnished, payment, register};
use crate::request_object::{Bank, carrying};
use crate::scene::Scene;

async fn allowed(scene: &Scene, shop: &RelyingParty, scope: &str, details: &Value) -> Code {
    let page = scene.browser.authorize(asking(shop, scope, details)).await;
    scene.browser.allow(&page.consent_page()).await.code()
}

async fn claims(scene: &Scene, client: &RelyingParty, token: &str) -> Value {
    let jwks = scene.provider.token(client).get("/jwks").await.json();
    Value::Object(IdToken::verify(token, &jwks).claims)
}

async fn bank_api(scene: &Scene) -> RelyingParty {
    let api = scene.provider.client("bank-api").with(|client| {
        client.grant_types = [GrantType::ClientCredentials].into();
        client.redirect_uris = Vec::new();
        client.scope = Scope::default();
    });
    api.await
}

/// P34, P36: the answer, the token and introspection say what was granted, and the token is for its API.
/// [RFC 9396 section 7](https://www.rfc-editor.org/rfc/rfc9396#section-7), [section 9](https://www.rfc-editor.org/rfc/rfc9396#section-9).
#[tokio::test]
async fn what_was_allowed_is_said_in_the_answer_the_token_and_to_the_api() {
    let (scene, shop) = furnished().await;
    let details = json!([payment("5.00"), account(&["balance"])]);
    let code = allowed(&scene, &shop, "openid", &details).await;
    let answer = scene.provider.token(&shop).exchange(&code).await;
    let token = answer.assert_ok().access_token;
    assert_eq!(answer.json()["authorization_details"], details);
    let said = claims(&scene, &shop, &token).await;
    assert_eq!(said["authorization_details"], details);
    assert_eq!(said["aud"], json!([BANK, scene.provider.issuer()]));
    let api = bank_api(&scene).await;
    for asker in [&api, &shop] {
        let told = scene.provider.token(asker).introspect(&token).await.json();
        assert_eq!(told["authorization_details"], details, "{}", asker.id());
    }
}

/// An opaque token says nothing, and stands for the same.
#[tokio::test]
async fn an_opaque_token_stands_for_details() {
    let scene = Scene::new().await;
    let opaque = ResourceServer {
        access_token_format: AccessTokenFormat::Opaque,
        ..bank()
    };
    register(&scene.provider, &opaque).await;
    let shop = scene.provider.client("shop").ask().with(allow_types).await;
    let details = json!([payment("5.00")]);
    let code = allowed(&scene, &shop, "openid", &details).await;
    let tokens = scene.provider.token(&shop).exchange(&code).await;
    let api = scene.provider.token(&bank_api(&scene).await);
    let told = api
        .introspect(&tokens.assert_ok().access_token)
        .await
        .json();
    assert_eq!(told["authorization_details"], details);
}

/// [RFC 9396 section 6.1](https://www.rfc-editor.org/rfc/rfc9396#section-6.1).
#[tokio::test]
async fn a_token_request_may_ask_for_less_and_the_next_for_the_rest() {
    let (scene, shop) = furnished().await;
    let offline = |client: &mut Client| {
        allow_types(client);
        client.grant_types.insert(GrantType::RefreshToken);
        client.scope = "openid offline_access".parse().expect("a scope");
    };
    scene.change(&shop, offline).await;
    let client = scene.provider.token(&shop);
    let details = json!([payment("5.00"), account(&["balance", "history"])]);
    let request = asking(&shop, "openid offline_access", &details).and("prompt", "consent");
    let page = scene.browser.authorize(request).await.consent_page();
    let code = scene.browser.allow(&page).await.code();

    let less = json!([account(&["history"])]);
    let text = less.to_string();
    let form = [("authorization_details", &*text)];
    let answer = client.exchange_with(&code, &form).await;
    let refresh_token = answer.assert_ok().refresh_token.expect("a refresh token");
    assert_eq!(answer.json()["authorization_details"], less);

    let answer = client.refresh(&refresh_token).await;
    let refresh_token = answer.assert_ok().refresh_token.expect("another");
    assert_eq!(answer.json()["authorization_details"], details);
    let answer = client.refresh_with(&refresh_token, &form).await;
    let token = answer.assert_ok().access_token;
    assert_eq!(answer.json()["authorization_details"], less);
    let said = claims(&scene, &shop, &token).await;
    assert_eq!(said["authorization_details"], less);
}

#[tokio::test]
async fn a_client_asks_in_detail_for_itself() {
    let (scene, shop) = furnished().await;
    let details = json!([account(&["balance"])]);
    let text = details.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("authorization_details", &*text),
    ];
    let answer = scene.provider.token(&shop).send(&form).await;
    assert_eq!(answer.json()["authorization_details"], details);
    let token = answer.json()["access_token"].as_str().map(str::to_owned);
    let said = claims(&scene, &shop, &token.expect("a token")).await;
    assert_eq!(said["authorization_details"], details);
    assert_eq!(said["aud"], BANK);
}

/// [RFC 9396 section 3](https://www.rfc-editor.org/rfc/rfc9396#section-3): in a request object they are JSON, or text.
#[tokio::test]
async fn a_request_object_brings_details() {
    let client = Bank::with(|client| {
        allow_types(client);
        client.authorization_details_consent = ConsentPolicy::Trusted;
    });
    let bank_client = client.await;
    let scene = &bank_client.scene;
    register(&scene.provider, &bank()).await;
    let details = json!([payment("5.00")]);
    for said in [details.clone(), json!(details.to_string())] {
        let asked = bank_client.client.request();
        let mut claims = bank_client.claims(&asked);
        claims["authorization_details"] = said;
        let object = bank_client.key.sign(&claims);
        let carried = carrying(&object, &asked);
        let code = bank_client.code(carried, &asked).await;
        let answer = scene
            .provider
            .token(&bank_client.client)
            .exchange(&code)
            .await;
        assert_eq!(answer.json()["authorization_details"], details);
    }
}

/// P48. [RFC 9396 section 10](https://www.rfc-editor.org/rfc/rfc9396#section-10),
/// [RFC 9728 section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2).
#[tokio::test]
async fn metadata_names_the_types_that_there_are() {
    let scene = Scene::new().await;
    let client = scene.provider.client("wiki").await;
    let get = scene.provider.token(&client);
    let name = "authorization_details_types_supported";
    let address = "/.well-known/oauth-authorization-server";
    assert_eq!(get.get(address).await.json().get(name), None);
    register(&scene.provider, &bank()).await;
    let types = json!(["account_information", "payment_initiation"]);
    assert_eq!(get.get(address).await.json()[name], types);
    let resource = "/protected-resource?resource=https%3A%2F%2Fbank.example";
    assert_eq!(get.get(resource).await.json()[name], types);
}
