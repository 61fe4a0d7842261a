//! Tokens for resource servers ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)), and what these are told of them.

use std::time::Duration;

use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::GrantType;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_directory::clients::Added;
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::id_token::IdToken;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use serde_json::{Value, json};

use crate::scene::{Scene, http};

const REPORTS: &str = "https://reports.example";
const FILES: &str = "https://files.example";

/// A resource server with the scopes `<name>:read` and `<name>:write`, which the client `<name>-api` asks for.
pub(crate) fn resource_server(name: &str) -> ResourceServer {
    let (read, write) = (format!("{name}:read"), format!("{name}:write"));
    let scopes = [(&*read, "Read all of it"), (&*write, "Change it")];
    ResourceServer {
        resource: format!("https://{name}.example")
            .parse()
            .expect("a resource"),
        resource_name: name.to_owned(),
        scopes: scopes.into_iter().collect(),
        access_token_format: AccessTokenFormat::Jwt,
        access_token_lifetime: None,
        access_token_status: AccessTokenStatus::Untold,
        access_token_signed_response_alg: None,
        api_tokens: None,
        introspected_by: [format!("{name}-api").parse().expect("a client id")].into(),
        authorization_details_types: DetailTypes::new(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        networks: doorward_core::network::Networks::default(),
        created_at: doorward_core::Timestamp::from_seconds(0),
    }
}

pub(crate) async fn register(provider: &TestProvider, server: ResourceServer) {
    let added = provider.directory().resource_servers().add(&server).await;
    assert_eq!(added, Ok(Added::Added));
}

/// Alice is signed in; there are reports, with signed tokens, and files, with opaque ones of a minute; the wiki may have both.
async fn furnished() -> (Scene, RelyingParty) {
    let scene = Scene::new().await;
    register(&scene.provider, resource_server("reports")).await;
    let files = ResourceServer {
        access_token_format: AccessTokenFormat::Opaque,
        access_token_lifetime: Some(60),
        access_token_status: AccessTokenStatus::Untold,
        ..resource_server("files")
    };
    register(&scene.provider, files).await;
    let scope = "openid offline_access email reports:read files:read";
    let wiki = scene.provider.client("wiki").scope(scope).await;
    (scene, wiki)
}

pub(crate) async fn api(scene: &Scene, name: &str) -> RelyingParty {
    let client = scene.provider.client(name).with(|client| {
        client.grant_types = [GrantType::ClientCredentials].into();
        client.redirect_uris = Vec::new();
        client.scope = doorward_core::scope::Scope::default();
    });
    client.await
}

/// What a signed access token says, to a resource server that verifies it.
async fn claims(scene: &Scene, client: &RelyingParty, token: &str) -> Value {
    let jwks = scene.provider.token(client).get("/jwks").await.json();
    Value::Object(IdToken::verify(token, &jwks).claims)
}

/// What `asker` is told of a token.
async fn told(scene: &Scene, asker: &RelyingParty, token: &str) -> Value {
    let answer = scene.provider.token(asker).introspect(token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// P40: a token for others does not open it.
/// [RFC 9068 section 3](https://www.rfc-editor.org/rfc/rfc9068#section-3).
#[tokio::test]
async fn a_token_is_for_the_resource_server_that_its_scope_belongs_to() {
    let (scene, wiki) = furnished().await;
    let tokens = scene.tokens(&wiki, "openid reports:read").await;
    let said = claims(&scene, &wiki, &tokens.access_token).await;
    assert_eq!(said["aud"], json!([REPORTS, scene.provider.issuer()]));
    assert_eq!(said["scope"], "openid reports:read");
    assert!(!scene.is_dead(&wiki, &tokens.access_token).await);

    let tokens = scene.tokens(&wiki, "reports:read").await;
    assert_eq!(
        claims(&scene, &wiki, &tokens.access_token).await["aud"],
        REPORTS
    );
    let answer = scene.userinfo(&wiki, &tokens.access_token).await;
    assert_eq!(answer.status, 401, "it is for others: {answer:?}");
}

/// [RFC 9449 section 6](https://www.rfc-editor.org/rfc/rfc9449#section-6): signed or opaque, a resource server learns which key must
/// come with the token.
#[tokio::test]
async fn a_token_for_a_resource_server_is_bound_to_the_key_that_its_client_proves() {
    let (scene, wiki) = furnished().await;
    let key = DpopKey::generate("ES256");
    let client = scene.provider.proving(&wiki, &key);
    let cnf = json!({"jkt": key.thumbprint()});
    for (scope, name) in [("reports:read", "reports-api"), ("files:read", "files-api")] {
        let code = scene.code(wiki.request().with("scope", scope)).await;
        let token = client.exchange(&code).await.assert_bound().access_token;
        let api = api(&scene, name).await;
        let told = told(&scene, &api, &token).await;
        assert_eq!(told["token_type"], "DPoP", "{name}");
        assert_eq!(told["cnf"], cnf, "{name}");
    }
    // What is refused for its resource spends neither the code nor anything of the session store.
    let scope = "openid reports:read files:read";
    let code = scene.code(wiki.request().with("scope", scope)).await;
    scene.provider.sessions().asked();
    client.exchange(&code).await.assert_error("invalid_target");
    assert_eq!(scene.provider.sessions().asked(), ["get code"]);
    client.exchange_for(&code, REPORTS).await.assert_bound();
}

/// P34: a token is for one of them, which the grant covers.
/// [RFC 8707 section 2.2](https://www.rfc-editor.org/rfc/rfc8707#section-2.2).
#[tokio::test]
async fn a_client_gets_one_token_after_the_other_of_one_grant() {
    let (scene, wiki) = furnished().await;
    let client = scene.provider.token(&wiki);
    let scope = "openid offline_access reports:read files:read";
    let code = scene.code(wiki.request().with("scope", scope)).await;
    let refused = client.exchange(&code).await;
    refused.assert_error("invalid_target");

    let answer = client.exchange_for(&code, REPORTS).await;
    let tokens = answer.assert_ok();
    let said = claims(&scene, &wiki, &tokens.access_token).await;
    assert_eq!(
        (&said["aud"], &said["scope"]),
        (&json!(REPORTS), &json!("reports:read"))
    );
    assert!(
        tokens.id_token.is_some(),
        "who signed in is said all the same"
    );
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let refresh = async |resource: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &refresh_token),
            ("resource", resource),
        ];
        client.send(&form).await
    };
    let answer = refresh("https://nobody.example").await;
    answer.assert_error("invalid_target");
    let tokens = refresh(FILES).await.assert_ok();
    assert!(tokens.access_token.starts_with("dw_at_"));
    assert_eq!(tokens.all["expires_in"], 60);
    let files = api(&scene, "files-api").await;
    let told = told(&scene, &files, &tokens.access_token).await;
    assert_eq!(
        (&told["aud"], &told["scope"]),
        (&json!(FILES), &json!("files:read"))
    );
}

/// P34: what is unknown, malformed or not the client's to ask for is refused.
/// [RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1).
#[tokio::test]
async fn an_authorization_request_names_resource_servers() {
    let (scene, wiki) = furnished().await;
    let request = wiki
        .request()
        .with("scope", "openid reports:read files:read");
    let code = scene.code(request.clone().with("resource", FILES)).await;
    let tokens = scene
        .provider
        .token(&wiki)
        .exchange(&code)
        .await
        .assert_ok();
    let files = api(&scene, "files-api").await;
    let told = told(&scene, &files, &tokens.access_token).await;
    assert_eq!(told["scope"], "files:read");

    for stranger in [
        "https://nobody.example",
        "reports",
        "https://files.example#a",
    ] {
        let refused = scene
            .browser
            .authorize(request.clone().with("resource", stranger))
            .await;
        assert_eq!(refused.error(), "invalid_target", "{stranger}");
    }
    // It is not registered for anything there.
    let payroll = scene.provider.client("payroll").await;
    let request = payroll.request().with("resource", REPORTS);
    let refused = scene.browser.authorize(request).await;
    assert_eq!(refused.error(), "invalid_target");
}

/// P34: for a client itself too.
#[tokio::test]
async fn a_client_gets_tokens_of_its_own_for_each_resource_server() {
    let (scene, wiki) = furnished().await;
    let client = scene.provider.token(&wiki);
    let grant = ("grant_type", "client_credentials");
    client.send(&[grant]).await.assert_error("invalid_target");
    let answer = client.send(&[grant, ("resource", REPORTS)]).await;
    let said = claims(&scene, &wiki, &answer.assert_ok().access_token).await;
    assert_eq!(
        (&said["aud"], &said["sub"]),
        (&json!(REPORTS), &json!("wiki"))
    );
    let answer = client.send(&[grant, ("scope", "files:read")]).await;
    let token = answer.assert_ok().access_token;
    let files = api(&scene, "files-api").await;
    assert_eq!(told(&scene, &files, &token).await["sub"], "wiki");
    let both = [grant, ("resource", REPORTS), ("resource", FILES)];
    client.send(&both).await.assert_error("invalid_target");
}

/// P34: the registration of the day counts, for scopes and for resources.
#[tokio::test]
async fn what_a_client_is_no_longer_registered_for_is_in_no_token() {
    let (scene, wiki) = furnished().await;
    let request = wiki.request().with("resource", REPORTS);
    let request = request.with("scope", "openid email offline_access reports:read");
    let code = scene.code(request).await;
    let narrowed = |client: &mut doorward_core::client::Client| {
        client.scope = "openid offline_access".parse().expect("a scope");
    };
    scene.change(&wiki, narrowed).await;
    let tokens = scene
        .provider
        .token(&wiki)
        .exchange(&code)
        .await
        .assert_ok();
    let said = claims(&scene, &wiki, &tokens.access_token).await;
    assert_eq!(said["scope"], "offline_access openid");
    assert_eq!(said["aud"], scene.provider.issuer());
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh_token),
        ("resource", REPORTS),
    ];
    let refused = scene.provider.token(&wiki).send(&form).await;
    refused.assert_error("invalid_target");
}

/// P41: an API is told of its own tokens, and of them what is its own.
/// [RFC 7662 section 4](https://www.rfc-editor.org/rfc/rfc7662#section-4).
#[tokio::test]
async fn a_resource_server_is_told_of_its_own_tokens_and_of_no_others() {
    let (scene, wiki) = furnished().await;
    let (reports, files) = (
        api(&scene, "reports-api").await,
        api(&scene, "files-api").await,
    );
    let token = scene
        .tokens(&wiki, "openid email reports:read")
        .await
        .access_token;
    let known = told(&scene, &reports, &token).await;
    assert_eq!(known["active"], true);
    assert_eq!(
        known["scope"], "reports:read",
        "what is for UserInfo is not theirs"
    );
    assert_eq!(known["client_id"], "wiki");
    assert_eq!(known["sub"], scene.alice.sub());
    let inactive = json!({ "active": false });
    assert_eq!(told(&scene, &files, &token).await, inactive);
    let ours = scene.tokens(&wiki, "openid").await.access_token;
    assert_eq!(told(&scene, &reports, &ours).await, inactive);
}

#[tokio::test]
async fn an_opaque_token_works_until_it_expires_or_what_it_came_from_ends() {
    let (scene, wiki) = furnished().await;
    let files = api(&scene, "files-api").await;
    let active = async |token: &str| told(&scene, &files, token).await["active"].clone();
    let expiring = scene.tokens(&wiki, "openid files:read").await.access_token;
    assert!(!scene.is_dead(&wiki, &expiring).await, "it opens UserInfo");
    scene.provider.clock().advance(Duration::from_secs(59));
    assert_eq!(active(&expiring).await, true);
    scene.provider.clock().advance(Duration::from_secs(1));
    assert_eq!(active(&expiring).await, false);
    assert!(scene.is_dead(&wiki, &expiring).await);

    let revoked = scene.tokens(&wiki, "files:read").await.access_token;
    let sibling = scene.tokens(&wiki, "files:read").await.access_token;
    let answer = scene.provider.token(&wiki).revoke(&revoked).await;
    assert_eq!(answer.status, 200);
    assert_eq!(active(&revoked).await, false);
    assert_eq!(active(&sibling).await, true);
    let sessions = scene.provider.directory().sessions();
    let now = doorward_core::Clock::now(scene.provider.clock());
    let ended = sessions.end_all_of(scene.alice.id, now).await;
    assert_eq!(ended, Ok(1));
    assert_eq!(active(&sibling).await, false);
    let forged = "dw_at_0000000000000000000000000000000000000000000000000";
    assert_eq!(active(forged).await, false);
}

/// P37: a part of it, more than it, or another kind is none.
#[tokio::test]
async fn only_the_whole_of_an_opaque_token_is_one() {
    let (scene, wiki) = furnished().await;
    let files = api(&scene, "files-api").await;
    let whole = scene.tokens(&wiki, "files:read").await.access_token;
    let secret = whole.strip_prefix("dw_at_").expect("its kind");
    for part in [
        &whole[..whole.len() - 1],
        &whole[..whole.len() / 2],
        secret,
        &format!("{whole}0"),
        &format!("dw_rt_{secret}"),
        &whole.to_lowercase(),
    ] {
        let inactive = json!({ "active": false });
        assert_eq!(told(&scene, &files, part).await, inactive, "{part}");
        assert!(scene.is_dead(&wiki, part).await, "{part}");
    }
    assert_eq!(told(&scene, &files, &whole).await["active"], true);
}

/// P48: APIs get the document that they publish.
/// [RFC 9728 section 3.2](https://www.rfc-editor.org/rfc/rfc9728#section-3.2).
#[tokio::test]
async fn what_a_resource_server_publishes_is_ready_to_be_copied() {
    let (scene, _) = furnished().await;
    let document = async |query: &str| {
        let url = scene.provider.url(&format!("/protected-resource{query}"));
        let answer = http().get(url).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON"))
    };
    let (status, metadata) = document("?resource=https://reports.example").await;
    assert_eq!(status, 200);
    assert_eq!(
        metadata,
        json!({
            "resource": REPORTS,
            "resource_name": "reports",
            "authorization_servers": [scene.provider.issuer()],
            "scopes_supported": ["reports:read", "reports:write"],
            "bearer_methods_supported": ["header"],
        })
    );
    for (query, error) in [
        ("", "invalid_request"),
        ("?resource=https://nobody.example", "invalid_target"),
    ] {
        let (status, refused) = document(query).await;
        assert_eq!((status, &refused["error"]), (400, &json!(error)));
    }
}

/// [RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1), with a resource; what it may be fetched for is
/// judged before the code is used up.
#[tokio::test]
async fn a_device_names_a_resource_server_too() {
    let (scene, wiki) = furnished().await;
    let token = scene.provider.token(&wiki);
    let asked = [
        ("resource", REPORTS),
        ("scope", "openid reports:read files:read"),
    ];
    let device = token.begin(&asked).await.assert_begun();
    let asks = scene.browser.confirmation(&device).await;
    assert!(asks.body.contains("Read all of it"), "{asks:?}");
    scene.browser.press(&asks, "allow", &[]).await.device_done();
    let elsewhere = token.poll_with(&device, &[("resource", FILES)]).await;
    elsewhere.assert_error("invalid_target");
    let tokens = token.poll(&device).await.assert_ok();
    assert_eq!(tokens.all["scope"], "openid reports:read");
}
