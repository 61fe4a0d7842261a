//! Status lists: how an API that verifies its tokens itself learns of those that were revoked
//! ([Token Status List](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21)).

mod claim;
mod refused_alike;
mod served;

use std::time::Duration;

use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::GrantType;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_core::status_list::Statuses;
use doorward_core::token::exchange::{ExchangeMode, ExchangePolicy};
use doorward_directory::clients::Added;
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Answer;
use serde_json::Value;

use crate::scene::Scene;

const REPORTS: &str = "https://reports.example";

/// Alice is signed in; reports want a status list, which the wiki may read by her leave, and a robot by itself; a gateway may exchange
/// what it is shown for them.
struct Stage {
    scene: Scene,
    wiki: RelyingParty,
    robot: RelyingParty,
    gateway: RelyingParty,
}

fn reports() -> ResourceServer {
    ResourceServer {
        resource: REPORTS.parse().expect("a resource"),
        resource_name: "Reports".to_owned(),
        scopes: [("reports:read", "Read reports")].into_iter().collect(),
        access_token_format: AccessTokenFormat::Jwt,
        access_token_lifetime: None,
        access_token_signed_response_alg: None,
        access_token_status: AccessTokenStatus::StatusList,
        api_tokens: None,
        networks: doorward_core::network::Networks::default(),
        introspected_by: ["robot", "gateway"]
            .map(|id| id.parse().expect("a client id"))
            .into(),
        authorization_details_types: DetailTypes::new(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        created_at: doorward_core::Timestamp::from_seconds(0),
    }
}

impl Stage {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let directory = scene.provider.directory();
        let added = directory.resource_servers().add(&reports()).await;
        assert_eq!(added, Ok(Added::Added));
        let wiki = scene.provider.client("wiki");
        let wiki = wiki.scope("openid offline_access reports:read").await;
        let robot = scene.provider.client("robot").scope("reports:read").await;
        let gateway = scene.provider.client("gateway").with(|client| {
            client.scope = "reports:read".parse().expect("a scope");
            client.grant_types.insert(GrantType::TokenExchange);
            client.token_exchange = Some(ExchangePolicy {
                resources: [REPORTS.parse().expect("a resource")].into(),
                mode: ExchangeMode::Impersonation,
            });
        });
        let gateway = gateway.await;
        Self {
            scene,
            wiki,
            robot,
            gateway,
        }
    }

    /// A token that alice's leave gave the wiki.
    async fn of_alice(&self) -> String {
        let tokens = self.scene.tokens(&self.wiki, "reports:read").await;
        tokens.access_token
    }

    /// A token that a client has by itself.
    async fn of_itself(&self, client: &RelyingParty) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "reports:read"),
        ];
        let answer = self.scene.provider.token(client).send(&form).await;
        answer.assert_ok().access_token
    }

    async fn says(&self, token: &str) -> Value {
        let jwks = self.scene.provider.token(&self.robot).get("/jwks").await;
        Value::Object(IdToken::verify(token, &jwks.json()).claims)
    }

    /// Where the status of a token is.
    async fn status(&self, token: &str) -> (u32, String) {
        let claims = self.says(token).await;
        let status = &claims["status"]["status_list"];
        let idx = status["idx"].as_u64().expect("an index");
        let uri = status["uri"].as_str().expect("a URI");
        (u32::try_from(idx).expect("a small index"), uri.to_owned())
    }

    async fn get(&self, uri: &str) -> Answer {
        let path = uri.strip_prefix(self.scene.provider.issuer());
        let path = path.expect("a list of this issuer");
        self.scene.provider.token(&self.robot).get(path).await
    }

    /// Whether a resource server that fetches the list now takes the token for revoked.
    async fn is_revoked(&self, (idx, uri): &(u32, String)) -> bool {
        let list = self.get(uri).await;
        assert_eq!(list.status, 200, "{list:?}");
        let claims = self.says(&list.text).await;
        assert_eq!(claims["sub"], **uri);
        assert_eq!(claims["status_list"]["bits"], 1);
        let compressed = claims["status_list"]["lst"].as_str().expect("a list");
        let statuses = Statuses::decode(1, compressed).expect("a list");
        !statuses.is_valid(*idx).expect("the list reaches so far")
    }

    /// Lets the time pass for which a list is served without looking.
    fn moment(&self) {
        self.scene.provider.clock().advance(Duration::from_secs(1));
    }

    /// Whether our own introspection endpoint says that a token works.
    async fn is_active(&self, token: &str) -> bool {
        let answer = self
            .scene
            .provider
            .token(&self.robot)
            .introspect(token)
            .await;
        answer.json()["active"].as_bool().expect("it says")
    }
}
