//! A token for the word of somebody else ([RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1)): P33 with
//! each of its attacks.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::acr::AuthenticationDemand;
use doorward_core::assertion_issuer::{
    AssertionIssuer, AssertionIssuerKeys, AssertionIssuerStatus, AssertionUse, Identity,
};
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::{AuthMethod, Client, ConsentPolicy, GrantType};
use doorward_core::event::Event;
use doorward_core::jose::{Algorithm, JwkSet};
use doorward_core::person::PersonStatus;
use doorward_core::resource_server::{AccessTokenFormat, ResourceServer};
use doorward_directory::Failure;
use doorward_directory::clients::{Added, Updated};
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::key_server::KeyServer;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, TokenClient};
use serde_json::{Value, json};

use crate::scene::Scene;

/// A change of what an issuer is registered with.
type Change = fn(&mut AssertionIssuer);

const REPORTS: &str = "https://reports.example";
const CLUSTER: &str = "https://cluster.example";
const WORKLOAD: &str = "system:serviceaccount:prod:nightly";

/// A cluster vouches for a program without a secret, which reads reports.
struct Stage {
    scene: Scene,
    key: AssertionKey,
    nightly: RelyingParty,
    reports_api: RelyingParty,
}

impl Stage {
    async fn new() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut AssertionIssuer)) -> Self {
        let scene = Scene::new().await;
        let key = AssertionKey::generate("ES256", "one");
        let doors = scene.provider.directory();
        let added = doors
            .resource_servers()
            .add(&reports(AccessTokenFormat::Jwt))
            .await;
        assert_eq!(added, Ok(Added::Added));
        let nightly = scene.provider.client("nightly").with(|client| {
            client.token_endpoint_auth_method = AuthMethod::None;
            client.grant_types = [GrantType::JwtBearer].into();
            client.scope = "openid reports:read reports:write"
                .parse()
                .expect("a scope");
        });
        let stage = Self {
            nightly: nightly.await,
            reports_api: scene.provider.client("reports-api").await,
            scene,
            key,
        };
        let mut issuer = cluster(&stage.key, stage.scene.provider.clock().now());
        change(&mut issuer);
        let issuers = stage.scene.provider.directory();
        let added = issuers.assertion_issuers().add(&issuer).await;
        assert_eq!(added, Ok(Added::Added));
        stage
    }

    /// What the cluster says of the program.
    fn claims(&self) -> Value {
        let now = self.scene.provider.clock().now().as_seconds();
        json!({
            "iss": CLUSTER,
            "sub": WORKLOAD,
            "aud": [self.scene.provider.issuer()],
            "jti": format!("{now}-{}", WORKLOAD.len()),
            "iat": now,
            "exp": now + 300,
        })
    }

    fn claims_with(&self, changes: &Value) -> Value {
        let mut claims = self.claims();
        let changes = changes.as_object().expect("an object");
        let members = claims.as_object_mut().expect("an object");
        members.extend(changes.clone());
        members.retain(|_, value| !value.is_null());
        claims
    }

    fn client(&self) -> TokenClient {
        self.scene.provider.token(&self.nightly)
    }

    /// Brings an assertion with these claims.
    async fn bring(&self, claims: &Value) -> Answer {
        present(&self.client(), &self.key.sign(claims), &[]).await
    }

    async fn good(&self) -> Answer {
        self.bring(&self.claims()).await
    }

    async fn told(&self, token: &str) -> Value {
        let api = self.scene.provider.token(&self.reports_api);
        api.introspect(token).await.json()
    }

    async fn is_active(&self, token: &str) -> bool {
        self.told(token).await["active"] == true
    }

    /// Why the last answer is a refusal.
    async fn reason(&self, answer: &Answer, code: &str) -> String {
        let reference = answer.assert_error(code);
        self.scene.provider.refusal(&reference).await.reason
    }

    async fn change(&self, change: impl FnOnce(&mut AssertionIssuer)) {
        let issuers = self.scene.provider.directory().assertion_issuers();
        let registry = issuers.registry();
        let before = registry.iter().next().expect("it is registered");
        let mut issuer = AssertionIssuer::clone(before);
        change(&mut issuer);
        let changed = issuers.update(&issuer.name, |_| Ok::<_, Failure>(issuer.clone()));
        assert!(matches!(changed.await, Ok(Updated::Updated(_))));
    }
}

fn reports(access_token_format: AccessTokenFormat) -> ResourceServer {
    let scopes = [("reports:read", "Read"), ("reports:write", "Write")];
    ResourceServer {
        resource: REPORTS.parse().expect("a URI"),
        resource_name: "Reports".to_owned(),
        scopes: scopes.into_iter().collect(),
        access_token_format,
        access_token_lifetime: None,
        access_token_signed_response_alg: None,
        introspected_by: ["reports-api".parse().expect("a client id")].into(),
        authorization_details_types: DetailTypes::new(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        created_at: doorward_core::Timestamp::from_seconds(0),
    }
}

fn cluster(key: &AssertionKey, now: doorward_core::Timestamp) -> AssertionIssuer {
    let keys = JwkSet::parse(key.jwks().to_string().as_bytes());
    AssertionIssuer {
        name: "cluster".parse().expect("a name"),
        issuer: CLUSTER.parse().expect("an issuer"),
        status: AssertionIssuerStatus::Enabled,
        keys: AssertionIssuerKeys::Jwks(keys.expect("keys")),
        algorithms: [Algorithm::Es256].into(),
        longest_assertion: 600,
        assertion_use: AssertionUse::Once,
        clients: ["nightly".parse().expect("a client id")].into(),
        identity: Identity::Client([WORKLOAD.to_owned()].into()),
        resources: [REPORTS.parse().expect("a URI")].into(),
        scope: Some("reports:read".parse().expect("a scope")),
        ends_at: None,
        created_at: now,
    }
}

async fn present(client: &TokenClient, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("grant_type", GrantType::JwtBearer.as_str()),
        ("assertion", assertion),
    ];
    form.extend(more);
    client.send(&form).await
}

/// [RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1). The token speaks for the client itself, and neither a
/// refresh token nor an ID Token comes with it ([RFC 7521 section 4.1](https://www.rfc-editor.org/rfc/rfc7521#section-4.1)).
#[tokio::test]
async fn a_program_gets_a_token_for_what_its_platform_says_of_it() {
    let stage = Stage::new().await;
    let tokens = stage.good().await.assert_ok();
    assert_eq!(tokens.all["scope"], "reports:read");
    assert_eq!((tokens.refresh_token, tokens.id_token), (None, None));
    let told = stage.told(&tokens.access_token).await;
    for (member, value) in [
        ("active", json!(true)),
        ("sub", json!("nightly")),
        ("client_id", json!("nightly")),
        ("aud", json!(REPORTS)),
        ("scope", json!("reports:read")),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    let life = told["exp"].as_i64().zip(told["iat"].as_i64());
    assert_eq!(
        life.map(|(exp, iat)| exp - iat),
        Some(300),
        "no longer than the assertion"
    );
    let at_home = stage
        .scene
        .userinfo(&stage.nightly, &tokens.access_token)
        .await;
    assert_eq!(at_home.status, 401, "it opens nothing of ours");
    let events = stage.scene.provider.recent_events().await;
    let noted = events.iter().any(|record| {
        matches!(&record.event, Event::AssertionAccepted { issuer, subject, .. }
            if issuer.as_str() == "cluster" && subject == "nightly")
    });
    assert!(noted);
}

/// P33. [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3): each item, told to the operator alone.
#[tokio::test]
async fn an_assertion_that_is_not_for_us_and_for_now_opens_nothing() {
    let stage = Stage::new().await;
    let now = stage.scene.provider.clock().now().as_seconds();
    for (changes, reason) in [
        (json!({"iss": null}), "no iss"),
        (
            json!({"iss": "https://evil.example"}),
            "https://evil.example",
        ),
        (json!({"sub": null}), "no sub"),
        (
            json!({"sub": "system:serviceaccount:prod:other"}),
            "none that stands for the client",
        ),
        (json!({"aud": "https://other.example"}), "aud"),
        (
            json!({"aud": [stage.scene.provider.issuer(), "https://other.example"]}),
            "aud",
        ),
        (
            json!({"exp": now - 120, "iat": now - 200}),
            "the token has expired",
        ),
        (json!({"exp": now + 7200}), "longer than its issuer may say"),
        (json!({"nbf": now + 120}), "nbf"),
        (json!({"jti": null}), "jti"),
    ] {
        let answer = stage.bring(&stage.claims_with(&changes)).await;
        let found = stage.reason(&answer, "invalid_grant").await;
        assert!(found.contains(reason), "{changes}: {found}");
        assert!(!answer.text.contains(reason), "{}", answer.text);
    }
    let forged = AssertionKey::generate("ES256", "one").sign(&stage.claims());
    let answer = present(&stage.client(), &forged, &[]).await;
    assert!(
        stage
            .reason(&answer, "invalid_grant")
            .await
            .contains("signature")
    );
    let answer = present(&stage.client(), "not a token", &[]).await;
    answer.assert_error("invalid_grant");
    let answer = present(&stage.client(), "", &[]).await;
    answer.assert_error("invalid_request");
    let header = json!({"alg": "ES256", "kid": "one", "typ": "at+jwt"});
    let other_kind = stage.key.sign_with(&header, &stage.claims());
    let answer = present(&stage.client(), &other_kind, &[]).await;
    assert!(stage.reason(&answer, "invalid_grant").await.contains("typ"));
    stage.good().await.assert_ok();
}

/// P33: once, on every node ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 7).
#[tokio::test]
async fn an_assertion_works_once_on_all_nodes() {
    let Some((scene, _redis)) = Scene::on_redis().await else {
        return;
    };
    let second = scene.provider.second_node().await;
    let key = AssertionKey::generate("ES256", "one");
    let doors = scene.provider.directory();
    let added = doors
        .resource_servers()
        .add(&reports(AccessTokenFormat::Jwt))
        .await;
    assert_eq!(added, Ok(Added::Added));
    let issuer = cluster(&key, scene.provider.clock().now());
    let added = doors.assertion_issuers().add(&issuer).await;
    assert_eq!(added, Ok(Added::Added));
    let nightly = scene.provider.client("nightly").scope("reports:read").await;
    second
        .directory()
        .refresh()
        .await
        .expect("the directory is read");
    let now = scene.provider.clock().now().as_seconds();
    let claims = json!({
        "iss": CLUSTER, "sub": WORKLOAD, "aud": scene.provider.issuer(), "jti": "one", "exp": now + 60,
    });
    let assertion = key.sign(&claims);
    let client = scene.provider.token(&nightly);
    present(&client, &assertion, &[]).await.assert_ok();
    present(&client, &assertion, &[])
        .await
        .assert_error("invalid_grant");
    let there = scene.provider.token(&nightly).at(&second);
    let answer = present(&there, &assertion, &[]).await;
    let reference = answer.assert_error("invalid_grant");
    let events = second.directory().events();
    events.flush().await;
    let reason = scene.provider.refusal(&reference).await.reason;
    assert!(reason.contains("used before"), "{reason}");
}

#[tokio::test]
async fn a_platform_that_gives_one_for_a_while_may_have_it_used_until_it_expires() {
    let stage = Stage::with(|issuer| issuer.assertion_use = AssertionUse::UntilItExpires).await;
    let claims = stage.claims_with(&json!({"jti": null}));
    stage.bring(&claims).await.assert_ok();
    stage.bring(&claims).await.assert_ok();
    stage
        .scene
        .provider
        .clock()
        .advance(Duration::from_secs(361));
    stage.bring(&claims).await.assert_error("invalid_grant");
}

/// P33: default deny. Who may bring it, and what it opens, an operator said.
#[tokio::test]
async fn nobody_brings_and_nothing_opens_what_no_operator_named() {
    let stage = Stage::new().await;
    let more = [("scope", "reports:write")];
    let assertion = stage.key.sign(&stage.claims());
    let answer = present(&stage.client(), &assertion, &more).await;
    answer.assert_error("invalid_scope");
    for scope in ["openid", "reports:read openid"] {
        let answer = present(&stage.client(), &assertion, &[("scope", scope)]).await;
        assert_ne!(answer.status, 200, "{scope}");
    }
    let more = [("resource", "https://files.example")];
    let answer = present(&stage.client(), &assertion, &more).await;
    answer.assert_error("invalid_target");
    let other = stage
        .scene
        .provider
        .client("other")
        .scope("reports:read")
        .await;
    let answer = present(&stage.scene.provider.token(&other), &assertion, &[]).await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("may bring no assertions"), "{reason}");
    let without = |client: &mut Client| {
        client.grant_types.remove(&GrantType::JwtBearer);
    };
    stage.scene.change(&stage.nightly, without).await;
    let answer = present(&stage.client(), &assertion, &[]).await;
    answer.assert_error("unauthorized_client");
}

/// P33: the issuer is enabled and its time not over, both when a token is made and whenever it is used.
#[tokio::test]
async fn an_issuer_that_is_withdrawn_takes_its_tokens_along() {
    let stage = Stage::new().await;
    let token = stage.good().await.assert_ok().access_token;
    assert!(stage.is_active(&token).await);
    let claims = stage.claims_with(&json!({"jti": "second"}));
    let later = stage
        .scene
        .provider
        .clock()
        .now()
        .plus(Duration::from_mins(10));
    let withdrawals: [(Change, &str); 3] = [
        (
            |issuer| issuer.status = AssertionIssuerStatus::Disabled,
            "disabled",
        ),
        (
            |issuer| issuer.ends_at = Some(doorward_core::Timestamp::from_seconds(1)),
            "over",
        ),
        (|issuer| issuer.clients.clear(), "may bring no assertions"),
    ];
    for (withdraw, reason) in withdrawals {
        stage.change(withdraw).await;
        assert!(!stage.is_active(&token).await, "{reason}");
        let answer = stage.bring(&claims).await;
        let found = stage.reason(&answer, "invalid_grant").await;
        assert!(found.contains(reason), "{found}");
        stage
            .change(|issuer| {
                issuer.status = AssertionIssuerStatus::Enabled;
                issuer.ends_at = Some(later);
                issuer.clients = ["nightly".parse().expect("a client id")].into();
            })
            .await;
        assert!(stage.is_active(&token).await);
    }
    let issuers = stage.scene.provider.directory().assertion_issuers();
    let removed = issuers.remove(&"cluster".parse().expect("a name")).await;
    assert_eq!(removed, Ok(true));
    assert!(!stage.is_active(&token).await);
}

/// P33: a key that is withdrawn signs nothing any more, wherever it is published.
#[tokio::test]
async fn a_key_that_is_no_longer_published_signs_nothing() {
    let key = AssertionKey::generate("ES256", "one");
    let server = KeyServer::start(key.jwks()).await;
    let uri = server.uri.parse().expect("a URI");
    let mut stage = Stage::with(|issuer| issuer.keys = AssertionIssuerKeys::JwksUri(uri)).await;
    stage.key = key;
    stage.good().await.assert_ok();
    let next = AssertionKey::generate("ES256", "two");
    server.publish(doorward_tests::key_server::Publication::Keys(next.jwks()));
    stage.scene.provider.clock().advance(Duration::from_mins(6));
    let answer = stage.good().await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("keys"), "{reason}");
    stage.key = next;
    stage.good().await.assert_ok();
    server.publish(doorward_tests::key_server::Publication::Status(500));
    let stranger = AssertionKey::generate("ES256", "three").sign(&stage.claims());
    stage
        .scene
        .provider
        .clock()
        .advance(Duration::from_hours(2));
    let answer = present(&stage.client(), &stranger, &[]).await;
    answer.assert_error("temporarily_unavailable");
}

async fn people(identity: Identity) -> Stage {
    Stage::with(|issuer| issuer.identity = identity).await
}

/// [RFC 7521 section 6.3](https://www.rfc-editor.org/rfc/rfc7521#section-6.3): for a person, by the name that their provider has for them.
#[tokio::test]
async fn another_provider_vouches_for_a_person_by_a_name_that_both_know() {
    for identity in [Identity::Subject, Identity::Username, Identity::Email] {
        let stage = people(identity.clone()).await;
        let alice = stage.scene.alice.clone();
        let named = match identity {
            Identity::Subject => json!({"sub": alice.sub()}),
            Identity::Email => {
                json!({"sub": "248289761001", "email": "Alice@MAIL.example", "email_verified": true})
            }
            _ => json!({"sub": "alice"}),
        };
        let tokens = stage.bring(&stage.claims_with(&named)).await.assert_ok();
        let told = stage.told(&tokens.access_token).await;
        assert_eq!(told["sub"], alice.sub(), "{identity:?}");
        let nobody = json!({"sub": "nobody", "jti": "other", "email": "nobody@example.com", "email_verified": true});
        let answer = stage.bring(&stage.claims_with(&nobody)).await;
        answer.assert_error("invalid_grant");
    }
}

/// P33: the person is active, both when a token is made and whenever it is used.
#[tokio::test]
async fn nobody_is_vouched_for_who_is_disabled_or_was_not_asked() {
    let stage = people(Identity::Username).await;
    let claims = stage.claims_with(&json!({"sub": "alice"}));
    let token = stage.bring(&claims).await.assert_ok().access_token;
    assert!(stage.is_active(&token).await);
    let again = stage.claims_with(&json!({"sub": "alice", "jti": "second"}));
    let ask = |client: &mut Client| client.consent = ConsentPolicy::Ask;
    stage.scene.change(&stage.nightly, ask).await;
    assert!(!stage.is_active(&token).await);
    let answer = stage.bring(&again).await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("consent"), "{reason}");
    stage.scene.change(&stage.nightly, |_| ()).await;
    assert!(stage.is_active(&token).await);
    let people = stage.scene.provider.directory().people();
    let now = stage.scene.provider.clock().now();
    let id = stage.scene.alice.id;
    let disabled = people.set_status(id, PersonStatus::Disabled, now).await;
    assert!(disabled.is_ok());
    assert!(!stage.is_active(&token).await);
    let answer = stage.bring(&again).await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("disabled"), "{reason}");
}

/// [RFC 7009 section 2](https://www.rfc-editor.org/rfc/rfc7009#section-2), [RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5):
/// a token is a token, opaque or not.
#[tokio::test]
async fn its_tokens_are_opaque_bound_and_given_back_like_any_other() {
    let stage = Stage::new().await;
    let servers = stage.scene.provider.directory().resource_servers();
    let opaque = reports(AccessTokenFormat::Opaque);
    let changed = servers.update(&opaque.resource, |_| Ok::<_, Failure>(opaque.clone()));
    assert!(matches!(changed.await, Ok(Updated::Updated(_))));
    let proving = stage
        .scene
        .provider
        .proving(&stage.nightly, &DpopKey::generate("ES256"));
    let assertion = stage.key.sign(&stage.claims());
    let tokens = present(&proving, &assertion, &[]).await.assert_bound();
    assert!(tokens.access_token.starts_with("dw_"));
    let told = stage.told(&tokens.access_token).await;
    assert_eq!(told["token_type"], "DPoP");
    stage.client().revoke(&tokens.access_token).await;
    assert!(!stage.is_active(&tokens.access_token).await);
}

#[tokio::test]
async fn metadata_names_the_grant_type() {
    let provider = TestProvider::start().await;
    let document = crate::scene::http().get(provider.url("/.well-known/openid-configuration"));
    let metadata = Answer::of(document).await.json();
    let types = metadata["grant_types_supported"]
        .as_array()
        .expect("a list");
    assert!(types.contains(&json!(GrantType::JwtBearer.as_str())));
}

/// [RFC 9396 section 5](https://www.rfc-editor.org/rfc/rfc9396#section-5): whoever vouches for somebody vouches for no details.
#[tokio::test]
async fn no_details_are_given_for_an_assertion() {
    let stage = Stage::new().await;
    let assertion = stage.key.sign(&stage.claims());
    let details = ("authorization_details", "[]");
    let answer = present(&stage.client(), &assertion, &[details]).await;
    let reason = stage.reason(&answer, "invalid_authorization_details").await;
    assert!(reason.contains("assertion"), "{reason}");
    // Nothing was used up.
    present(&stage.client(), &assertion, &[]).await.assert_ok();
}
