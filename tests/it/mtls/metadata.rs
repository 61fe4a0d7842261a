//! What metadata says of certificates ([RFC 8705 sections 3.3 and 5](https://www.rfc-editor.org/rfc/rfc8705#section-3.3)).

use doorward_core::certificate::Authorities;
use doorward_tests::certificates::Authority;
use doorward_tests::provider::{Builder, TestProvider};
use doorward_tests::token_client::Answer;
use serde_json::{Value, json};

use super::behind_a_proxy;
use crate::scene::http;

const METHODS: [&str; 3] = [
    "token_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_methods_supported",
];

async fn metadata(builder: Builder) -> Value {
    let provider = builder.start().await;
    let address = provider.url("/.well-known/openid-configuration");
    Answer::of(http().get(address)).await.json()
}

/// The methods by certificate, which are the same at every endpoint.
fn methods(metadata: &Value) -> Vec<&str> {
    let found = METHODS.map(|member| {
        let methods = metadata[member].as_array().expect(member).iter();
        let methods = methods.filter_map(Value::as_str);
        methods
            .filter(|method| method.contains("tls"))
            .collect::<Vec<_>>()
    });
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
    found[0].clone()
}

/// P48: what is not switched on is not named. Stands, switched on, for `discovery-end-point-verification` with `mtls`.
#[tokio::test]
async fn what_works_with_certificates_is_named_and_nothing_else() {
    const BOUND: &str = "tls_client_certificate_bound_access_tokens";
    let off = metadata(TestProvider::builder()).await;
    assert_eq!((methods(&off), &off[BOUND]), (vec![], &json!(false)));
    let authority = Authority::new("house");
    let on = metadata(behind_a_proxy(&authority)).await;
    let both = vec!["tls_client_auth", "self_signed_tls_client_auth"];
    assert_eq!((methods(&on), &on[BOUND]), (both, &json!(true)));
    let nobody = behind_a_proxy(&authority).settings(|settings| {
        settings
            .mutual_tls
            .authorities
            .replace(Authorities::default());
    });
    let own = metadata(nobody).await;
    let one = vec!["self_signed_tls_client_auth"];
    assert_eq!((methods(&own), &own[BOUND]), (one, &json!(true)));
}

/// [RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5).
#[tokio::test]
async fn endpoints_that_clients_call_have_an_alias_where_certificates_are_asked_for() {
    let authority = Authority::new("house");
    let beside = "https://mtls.example:8443";
    let builder = behind_a_proxy(&authority)
        .settings(|settings| settings.mutual_tls.address = Some(beside.to_owned()));
    let metadata = metadata(builder).await;
    let issuer = metadata["issuer"].as_str().expect("the issuer");
    let aliases = metadata["mtls_endpoint_aliases"]
        .as_object()
        .expect("aliases");
    let mut called = Vec::new();
    for (name, address) in metadata.as_object().expect("members") {
        // Browsers open two of them, and anybody may read the third.
        let others = [
            "authorization_endpoint",
            "end_session_endpoint",
            "status_list_aggregation_endpoint",
        ];
        if name.ends_with("_endpoint") && !others.contains(&&**name) {
            let path = address
                .as_str()
                .and_then(|address| address.strip_prefix(issuer));
            called.push((
                name.clone(),
                json!(format!("{beside}{}", path.expect("ours"))),
            ));
        }
    }
    assert_eq!(aliases.clone().into_iter().collect::<Vec<_>>(), called);
    let without = self::metadata(behind_a_proxy(&authority)).await;
    assert_eq!(without.get("mtls_endpoint_aliases"), None);
}
