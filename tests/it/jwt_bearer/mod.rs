//! A token for the word of somebody else ([RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1)): P33 with
//! each of its attacks.

mod assertion;
mod issuer;
mod person;
mod token;

use doorward_core::Clock;
use doorward_core::acr::AuthenticationDemand;
use doorward_core::assertion_issuer::{
    AssertionIssuer, AssertionIssuerKeys, AssertionIssuerStatus, AssertionUse, Identity,
};
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::{AuthMethod, GrantType};
use doorward_core::jose::{Algorithm, JwkSet};
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_directory::Failure;
use doorward_directory::clients::{Added, Updated};
use doorward_tests::assertion_key::AssertionKey;
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
        access_token_status: AccessTokenStatus::Untold,
        access_token_signed_response_alg: None,
        api_tokens: None,
        introspected_by: ["reports-api".parse().expect("a client id")].into(),
        authorization_details_types: DetailTypes::new(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        networks: doorward_core::network::Networks::default(),
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
