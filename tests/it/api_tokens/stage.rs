//! Alice, an API that takes API tokens, and tokens to show it.

use std::net::IpAddr;
use std::time::Duration;

use doorward_core::Clock;
use doorward_core::acr::AuthenticationDemand;
use doorward_core::api_token::{
    ActsFor, ApiToken, ApiTokenPolicy, HeldBy, Issuer, Issuing, Lifetime, NewApiToken,
    OwnerStanding, Quota, issue,
};
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::GrantType;
use doorward_core::identifiers::{ApiTokenId, PersonId};
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_core::secret::Secret;
use doorward_directory::clients::Added;
use doorward_directory::{Failure, groups};
use doorward_tests::clock::SystemRandom;
use doorward_tests::provider::{Builder, TestProvider};
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Answer;
use serde_json::Value;

use crate::scene::Scene;

pub(crate) const REPORTS: &str = "https://reports.example";

/// Reports take API tokens: to be read by everybody's, to be written by accountants'.
fn reports() -> ResourceServer {
    let accountants = HeldBy::Groups(["accountants".parse().expect("a group")].into());
    let scopes = [
        ("reports:read", "Read reports"),
        ("reports:write", "Write reports"),
    ];
    let taken = [
        ("reports:read".to_owned(), HeldBy::Everyone),
        ("reports:write".to_owned(), accountants),
    ];
    ResourceServer {
        resource: REPORTS.parse().expect("a resource"),
        resource_name: "Reports".to_owned(),
        scopes: scopes.into_iter().collect(),
        access_token_format: AccessTokenFormat::Opaque,
        access_token_lifetime: None,
        access_token_status: AccessTokenStatus::Untold,
        access_token_signed_response_alg: None,
        api_tokens: Some(taken.into_iter().collect()),
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

/// What the tests of API tokens begin with. Alice is an accountant.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(super) api: RelyingParty,
    pub(crate) alice: PersonId,
}

/// A token, and what opens it.
pub(crate) struct Made {
    pub(crate) token: ApiToken,
    pub(crate) secret: Secret,
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::of(TestProvider::builder()).await
    }

    /// The same with a provider that is set up otherwise.
    pub(super) async fn of(builder: Builder) -> Self {
        Self::at(Scene::at(builder.start().await).await).await
    }

    pub(super) async fn at(scene: Scene) -> Self {
        let api = scene.provider.client("reports-api").with(|client| {
            client.grant_types = [GrantType::ClientCredentials].into();
            client.redirect_uris = Vec::new();
            client.scope = doorward_core::scope::Scope::default();
        });
        let api = api.await;
        let directory = scene.provider.directory();
        let added = directory.resource_servers().add(&reports()).await;
        assert_eq!(added, Ok(Added::Added));
        let username = "alice".parse().expect("a user name");
        let alice = directory.people().by_username(&username).await;
        let alice = alice.expect("a directory").expect("Alice").id;
        let accountants = "accountants".parse().expect("a group");
        let added = directory.groups().add(&accountants, "").await;
        assert_eq!(added, Ok(groups::Added::Added));
        let joined = directory.groups().add_member(&accountants, alice).await;
        assert_eq!(joined, Ok(groups::MemberAdded::Added));
        Self { scene, api, alice }
    }

    pub(crate) fn provider(&self) -> &TestProvider {
        &self.scene.provider
    }

    /// A personal access token of Alice's to read and write reports for 90 days, but for what `change` makes of that.
    pub(crate) async fn token(&self, change: impl FnOnce(&mut NewApiToken)) -> Made {
        let mut new = NewApiToken {
            name: "backup".parse().expect("a name"),
            acts_for: ActsFor::Person(self.alice),
            scope: "reports:read reports:write".parse().expect("a scope"),
            resources: [].into(),
            networks: None,
            quota: Quota::default(),
            lifetime: Lifetime::Default,
        };
        change(&mut new);
        let (directory, now) = (self.provider().directory(), self.provider().clock().now());
        let issuing = Issuing {
            by: Issuer::Somebody,
            owner: &OwnerStanding::Enabled(["accountants".parse().expect("a group")].into()),
            held: 0,
            servers: &directory.resource_servers().registry(),
            policy: &ApiTokenPolicy::default(),
            now,
        };
        let random = &SystemRandom;
        let token = issue(new, ApiTokenId::generate(now, random), issuing).expect("a token");
        let secret = Secret::generate(token.kind().secret(), random);
        let added = directory.api_tokens().add(&token, &secret).await;
        assert_eq!(added, Ok(()));
        Made { token, secret }
    }

    /// Puts what `change` makes of a token in its place.
    pub(crate) async fn change(
        &self,
        token: &ApiToken,
        change: impl Fn(&mut ApiToken) + Send + Sync,
    ) {
        let decide = |before: &ApiToken| {
            let mut token = before.clone();
            change(&mut token);
            Ok::<_, Failure>(token)
        };
        let tokens = self.provider().directory().api_tokens();
        let changed = tokens.update(token.id, decide).await;
        assert!(changed.is_ok(), "{changed:?}");
    }

    /// What the API is told of a token that somebody shows it from there.
    pub(super) async fn told(&self, made: &Made, from: Option<&str>) -> Value {
        let answer = self.answer(made.secret.reveal(), from).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(super) async fn answer(&self, token: &str, from: Option<&str>) -> Answer {
        let mut form = vec![("token", token)];
        form.extend(from.map(|from| ("client_ip", from)));
        let api = self.provider().token(&self.api);
        api.send_to("/introspect", &form).await
    }
}

/// An address.
pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Days.
pub(super) fn days(number: u64) -> Duration {
    Duration::from_hours(24 * number)
}
