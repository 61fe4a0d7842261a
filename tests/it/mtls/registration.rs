//! Clients that register themselves with certificates
//! ([RFC 8705 sections 2.1.2, 2.2.2 and 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2)).

use doorward_core::client::ConsentPolicy;
use doorward_core::registration::RegistrationAccess;
use doorward_tests::certificates::{Authority, Certified};
use doorward_tests::provider::{Builder, TestProvider};
use doorward_tests::token_client::Answer;
use serde_json::{Value, json};

use super::{behind_a_proxy, claims};
use crate::scene::{Scene, http};

fn open(builder: Builder) -> Builder {
    builder.settings(|settings| settings.registration.access = RegistrationAccess::Open)
}

async fn register(provider: &TestProvider, more: &Value) -> Answer {
    let mut metadata = json!({ "redirect_uris": ["https://ledger.example/callback"] });
    let members = metadata.as_object_mut().expect("members");
    members.extend(more.as_object().expect("members").clone());
    Answer::of(http().post(provider.url("/register")).json(&metadata)).await
}

#[tokio::test]
async fn a_client_registers_by_its_certificate_and_gets_bound_tokens() {
    let authority = Authority::new("house");
    let scene = Scene::at(open(behind_a_proxy(&authority)).start().await).await;
    let own = Certified::self_signed("whoever");
    for (said, certificate) in [
        (
            json!({
                "token_endpoint_auth_method": "tls_client_auth",
                "tls_client_auth_subject_dn": "CN=ledger,O=Example",
                "tls_client_certificate_bound_access_tokens": true,
            }),
            authority.certify("ledger"),
        ),
        (
            json!({
                "token_endpoint_auth_method": "self_signed_tls_client_auth",
                "jwks": own.jwks(),
                "tls_client_certificate_bound_access_tokens": true,
            }),
            own,
        ),
    ] {
        let told = register(&scene.provider, &said).await;
        assert_eq!(told.status, 201, "{told:?}");
        let told = told.json();
        assert_eq!(told.get("client_secret"), None);
        for (member, value) in said.as_object().expect("members") {
            assert!(
                member == "jwks" || told[member] == *value,
                "{member}: {told}"
            );
        }
        let id = told["client_id"].as_str().expect("a name");
        let client = scene.provider.registered(id, "");
        scene
            .change(&client, |client| {
                client.consent = ConsentPolicy::Trusted;
            })
            .await;
        let code = scene.code(&client).await;
        let token = scene.provider.token(&client);
        token.exchange(&code).await.assert_error("invalid_client");
        let tokens = token.showing(&certificate).exchange(&code).await;
        let cnf = &claims(&tokens.assert_ok().access_token)["cnf"];
        assert_eq!(*cnf, json!({"x5t#S256": certificate.thumbprint()}));
    }
}

/// P48: what metadata does not name cannot be registered.
#[tokio::test]
async fn nobody_registers_with_certificates_where_none_arrive() {
    let provider = open(TestProvider::builder()).start().await;
    for said in [
        json!({
            "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_san_dns": "ledger.example",
        }),
        json!({
            "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "jwks": Certified::self_signed("ledger").jwks(),
        }),
        json!({ "tls_client_certificate_bound_access_tokens": true }),
    ] {
        let refused = register(&provider, &said).await;
        assert_eq!(refused.status, 400, "{said}: {refused:?}");
        assert_eq!(refused.json()["error"], "invalid_client_metadata");
    }
}
