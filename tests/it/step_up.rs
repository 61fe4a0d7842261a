//! Step-up: how strongly and how recently people signed in, asked for by clients and demanded by APIs
//! ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).

use std::time::Duration;

use doorward_core::acr::{AcrLevel, AcrLevels, AuthenticationDemand};
use doorward_core::authorization::MaxAge;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_core::session::AuthenticationMethod;
use doorward_directory::clients::Added;
use doorward_tests::authorization::AuthorizationRequest;
use doorward_tests::id_token::IdToken;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use serde_json::{Value, json};

use crate::authorization::assert_refused_there;
use crate::scene::Scene;

const ERROR: &str = "unmet_authentication_requirements";
const REASON: &str = "no sign-in here is what the client or an API demands";

/// A password of today, and one of the last five minutes.
fn levels() -> AcrLevels {
    let level = |name: &str, seconds: u64| AcrLevel {
        name: name.parse().expect("a name"),
        methods: [AuthenticationMethod::Password].into(),
        max_age: Some(MaxAge::seconds(seconds)),
    };
    AcrLevels::new(vec![level("today", 24 * 3600), level("fresh", 300)]).expect("two levels")
}

/// Alice signed in ten minutes ago; there are two levels, and an API that demands `authentication`.
async fn furnished(authentication: AuthenticationDemand) -> (Scene, RelyingParty) {
    let builder = TestProvider::builder().settings(|settings| settings.acr_levels = levels());
    let scene = Scene::at(builder.start().await).await;
    let server = ResourceServer {
        resource: "https://pay.example".parse().expect("a resource"),
        resource_name: "Pay".to_owned(),
        scopes: [("pay", "Pay bills")].into_iter().collect(),
        access_token_format: AccessTokenFormat::Jwt,
        access_token_lifetime: None,
        access_token_status: AccessTokenStatus::Untold,
        access_token_signed_response_alg: None,
        api_tokens: None,
        introspected_by: ["shop".parse().expect("a client id")].into(),
        authorization_details_types: std::collections::BTreeMap::new(),
        authentication,
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        networks: doorward_core::network::Networks::default(),
        created_at: doorward_core::Timestamp::from_seconds(0),
    };
    let directory = scene.provider.directory();
    let added = directory.resource_servers().add(&server).await;
    assert_eq!(added, Ok(Added::Added));
    let shop = scene.provider.client("shop").scope("openid pay").await;
    scene.provider.clock().advance(Duration::from_mins(10));
    (scene, shop)
}

async fn id_token(scene: &Scene, request: AuthorizationRequest, shop: &RelyingParty) -> IdToken {
    let client = scene.provider.token(shop);
    let code = scene.code(request).await;
    let tokens = client.exchange(&code).await.assert_ok();
    client.id_token(&tokens).await
}

fn wanting(shop: &RelyingParty, acr_values: &str) -> AuthorizationRequest {
    let request = shop.request().with("scope", "openid");
    request.with("acr_values", acr_values)
}

fn claiming(shop: &RelyingParty, acr: &Value) -> AuthorizationRequest {
    let claims = json!({ "id_token": { "acr": acr } }).to_string();
    shop.request()
        .with("scope", "openid")
        .and("claims", &claims)
}

/// P15: a wish for more leads to a sign-in, and to no error where nobody may be asked.
/// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
#[tokio::test]
async fn a_wish_for_a_level_is_granted_by_signing_in_again() {
    let (scene, shop) = furnished(AuthenticationDemand::default()).await;
    let silent = wanting(&shop, "fresh").and("prompt", "none");
    let silent = id_token(&scene, silent, &shop).await;
    assert_eq!(silent.get("acr"), "today", "it is told what there is");

    for satisfied in ["today", "unheard_of", "today fresh"] {
        let id_token = id_token(&scene, wanting(&shop, satisfied), &shop).await;
        assert_eq!(id_token.get("acr"), "today", "{satisfied}");
    }
    let page = scene.browser.authorize(wanting(&shop, "fresh today")).await;
    let page = page.sign_in_page();
    let code = scene.browser.sign_in_at(&page, &scene.alice).await.code();
    let client = scene.provider.token(&shop);
    let tokens = client.exchange(&code).await.assert_ok();
    let fresh = client.id_token(&tokens).await;
    assert_eq!(fresh.get("acr"), "fresh");
    assert_eq!(fresh.get("amr"), &json!(["pwd"]));
    let now = scene.provider.clock().seconds();
    assert_eq!(fresh.get("auth_time"), &json!(now));
}

/// P15: an essential `acr` is reached by signing in, or refused.
/// [OpenID Connect Core section 5.5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics).
#[tokio::test]
async fn an_essential_level_is_reached_or_refused() {
    let (scene, shop) = furnished(AuthenticationDemand::default()).await;
    let fresh = json!({ "essential": true, "value": "fresh" });
    let silent = claiming(&shop, &fresh).and("prompt", "none");
    assert_eq!(
        scene.browser.authorize(silent).await.error(),
        "login_required"
    );
    let page = scene.browser.authorize(claiming(&shop, &fresh)).await;
    let page = page.sign_in_page();
    scene.browser.sign_in_at(&page, &scene.alice).await.code();
    let impossible = json!({ "essential": true, "values": ["retina", "blood"] });
    let refused = scene.browser.authorize(claiming(&shop, &impossible)).await;
    assert_refused_there(&scene.provider, refused, ERROR, REASON).await;
}

/// [OpenID Connect Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata).
#[tokio::test]
async fn a_client_may_be_registered_with_its_wish() {
    let (scene, shop) = furnished(AuthenticationDemand::default()).await;
    let fresh = "fresh".parse().expect("a name");
    scene
        .change(&shop, |client| client.default_acr_values = vec![fresh])
        .await;
    let page = scene.browser.authorize(shop.request()).await;
    page.sign_in_page();
    let said = id_token(&scene, wanting(&shop, "today"), &shop).await;
    assert_eq!(said.get("acr"), "today", "the request goes before it");
}

/// What a client asks for because an API challenged it is met or refused.
/// [RFC 9470 section 5](https://www.rfc-editor.org/rfc/rfc9470#section-5), [section 6](https://www.rfc-editor.org/rfc/rfc9470#section-6).
#[tokio::test]
async fn a_client_that_an_api_challenged_gets_what_the_api_wants_or_is_told_no() {
    let (scene, shop) = furnished(AuthenticationDemand::default()).await;
    let answering = |acr: &str| {
        let request = wanting(&shop, acr);
        request.with("scope", "openid pay").and("max_age", "120")
    };
    let refused = scene
        .browser
        .authorize_as(&scene.alice, answering("retina"));
    assert_refused_there(&scene.provider, refused.await, ERROR, REASON).await;

    scene.provider.clock().advance(Duration::from_mins(10));
    let page = scene.browser.authorize(answering("fresh")).await;
    let page = page.sign_in_page();
    let code = scene.browser.sign_in_at(&page, &scene.alice).await.code();
    let client = scene.provider.token(&shop);
    let token = client.exchange(&code).await.assert_ok().access_token;
    let now = scene.provider.clock().seconds();
    let jwks = client.get("/jwks").await.json();
    let said = Value::Object(IdToken::verify(&token, &jwks).claims);
    let told = client.introspect(&token).await.json();
    for claims in [said, told] {
        assert_eq!(claims["acr"], "fresh");
        assert_eq!(claims["auth_time"], now);
        assert_eq!(claims["amr"], json!(["pwd"]));
    }
}

/// What an API is registered to demand, no client has to know.
#[tokio::test]
async fn an_api_demands_a_level_or_an_age_of_every_client() {
    let fresh = AuthenticationDemand {
        minimum_acr: "fresh".parse().ok(),
        ..AuthenticationDemand::default()
    };
    let young = AuthenticationDemand {
        max_authentication_age: Some(MaxAge::seconds(60)),
        ..AuthenticationDemand::default()
    };
    for demand in [fresh, young] {
        let (scene, shop) = furnished(demand).await;
        let elsewhere = shop.request().with("scope", "openid");
        scene.code(elsewhere).await;
        let request = || shop.request().with("scope", "openid pay");
        let silent = request().and("prompt", "none");
        let refused = scene.browser.authorize(silent).await.error();
        assert_eq!(refused, "login_required");
        let page = scene.browser.authorize(request()).await.sign_in_page();
        scene.browser.sign_in_at(&page, &scene.alice).await.code();
    }
}

/// A level that the operator took away is reached by nobody.
#[tokio::test]
async fn an_api_that_demands_what_there_is_not_gives_nobody_tokens() {
    let (scene, shop) = furnished(AuthenticationDemand {
        minimum_acr: "gone".parse().ok(),
        ..AuthenticationDemand::default()
    })
    .await;
    let request = shop.request().with("scope", "openid pay");
    let refused = scene.browser.authorize(request).await;
    assert_refused_there(&scene.provider, refused, ERROR, REASON).await;
}

/// P48: the metadata names the levels of the installation.
/// `oidcc-ensure-request-with-acr-values-succeeds`: asking for all of them succeeds, and says which.
#[tokio::test]
async fn metadata_names_the_levels_and_all_at_once_may_be_asked_for() {
    let (scene, shop) = furnished(AuthenticationDemand::default()).await;
    let client = scene.provider.token(&shop);
    let metadata = client.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["acr_values_supported"], json!(["today", "fresh"]));
    let said = id_token(&scene, wanting(&shop, "today fresh"), &shop).await;
    assert_eq!(said.get("acr"), "today");
}
