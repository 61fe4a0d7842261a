//! Rich authorization requests ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)): what one API alone knows is asked for in
//! detail, shown in words, and said in tokens.

mod asking;
mod refusing;
mod tokens;

use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailType;
use doorward_core::client::{Client, GrantType};
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_directory::clients::Added;
use doorward_tests::authorization::AuthorizationRequest;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use serde_json::{Value, json};

use crate::scene::Scene;

const BANK: &str = "https://bank.example";

/// What people are asked about a payment each time.
fn payment_type() -> Value {
    json!({
        "type": "payment_initiation",
        "sentence": { "en": "Pay {amount} {currency} to {creditor.name}", "de": "{amount} {currency} an {creditor.name} zahlen" },
        "members": {
            "amount": { "type": "string", "required": true, "max_length": 12 },
            "currency": { "type": "string", "required": true, "values": ["EUR", "USD"] },
            "creditor": {
                "type": "object",
                "required": true,
                "members": { "name": { "type": "string", "required": true } },
            },
            "reference": { "type": "string", "label": { "en": "Reference", "de": "Verwendungszweck" } },
            "urgent": { "type": "boolean", "label": { "en": "Urgent", "de": "Eilig" } },
        },
    })
}

/// What is remembered: access to an account lasts.
fn account_type() -> Value {
    json!({
        "type": "account_information",
        "sentence": { "en": "See the account {identifier}: {actions}", "de": "Das Konto {identifier} sehen: {actions}" },
        "consent": "remembered",
        "members": {
            "identifier": { "type": "string", "required": true },
            "actions": {
                "type": "array",
                "required": true,
                "values": { "balance": { "en": "what is on it", "de": "den Stand" }, "history": { "en": "what was paid", "de": "Buchungen" } },
            },
        },
    })
}

fn bank() -> ResourceServer {
    let types = [payment_type(), account_type()].map(|of_type| {
        let of_type: DetailType = serde_json::from_value(of_type).expect("a type");
        let of_type = of_type.sound().expect("a sound type");
        (of_type.name.clone(), of_type)
    });
    ResourceServer {
        resource: BANK.parse().expect("a resource"),
        resource_name: "Example Bank".to_owned(),
        scopes: std::iter::empty().collect(),
        access_token_format: AccessTokenFormat::Jwt,
        access_token_lifetime: None,
        access_token_status: AccessTokenStatus::Untold,
        access_token_signed_response_alg: None,
        api_tokens: None,
        introspected_by: ["bank-api".parse().expect("a client id")].into(),
        authorization_details_types: types.into(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        networks: doorward_core::network::Networks::default(),
        created_at: doorward_core::Timestamp::from_seconds(0),
    }
}

fn payment(amount: &str) -> Value {
    json!({
        "type": "payment_initiation",
        "amount": amount,
        "currency": "EUR",
        "creditor": { "name": "Merchant A" },
    })
}

fn account(actions: &[&str]) -> Value {
    json!({ "type": "account_information", "identifier": "DE02", "actions": actions })
}

async fn register(provider: &TestProvider, server: &ResourceServer) {
    let added = provider.directory().resource_servers().add(server).await;
    assert_eq!(added, Ok(Added::Added));
}

/// Lets a client ask for both types.
fn allow_types(client: &mut Client) {
    let types = bank().authorization_details_types;
    client.authorization_details_types = types.into_keys().collect();
}

/// Alice is signed in, there is a bank, and the shop asks people before it gets anything.
async fn furnished() -> (Scene, RelyingParty) {
    let scene = Scene::new().await;
    register(&scene.provider, &bank()).await;
    let shop = scene.provider.client("shop").ask();
    let shop = shop.with(|client| {
        allow_types(client);
        client.grant_types.insert(GrantType::ClientCredentials);
        client.grant_types.insert(GrantType::DeviceCode);
    });
    let shop = shop.await;
    (scene, shop)
}

fn asking(shop: &RelyingParty, scope: &str, details: &Value) -> AuthorizationRequest {
    let request = shop.request().with("scope", scope);
    request.with("authorization_details", &details.to_string())
}
