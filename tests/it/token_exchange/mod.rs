//! A token in exchange for another one ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)): P32 with each of its attacks.

mod bounds;
mod delegation;
mod subject_token;
mod target;

use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::{Client, GrantType};
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_core::token::exchange::{ExchangeMode, ExchangePolicy};
use doorward_directory::clients::Added;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, TokenClient};
use serde_json::Value;

use crate::scene::Scene;

const REPORTS: &str = "https://reports.example";

const FILES: &str = "https://files.example";

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// Alice uses the wiki, which shows her token to the API of reports, which needs files for its answer.
struct Stage {
    scene: Scene,
    wiki: RelyingParty,
    reports_api: RelyingParty,
    files_api: RelyingParty,
}

fn resource_server(name: &str, format: AccessTokenFormat) -> ResourceServer {
    let (read, write) = (format!("{name}:read"), format!("{name}:write"));
    let scopes = [(&*read, "Read all of it"), (&*write, "Change it")];
    ResourceServer {
        resource: format!("https://{name}.example").parse().expect("a URI"),
        resource_name: name.to_owned(),
        scopes: scopes.into_iter().collect(),
        access_token_format: format,
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

fn policy(resources: &[&str], mode: ExchangeMode) -> ExchangePolicy {
    let resources = resources.iter().map(|text| text.parse().expect("a URI"));
    ExchangePolicy {
        resources: resources.collect(),
        mode,
    }
}

impl Stage {
    /// The API may appear as whoever sends it a token.
    async fn new() -> Self {
        Self::with(ExchangeMode::Impersonation).await
    }

    async fn with(mode: ExchangeMode) -> Self {
        let scene = Scene::new().await;
        for (name, format) in [
            ("reports", AccessTokenFormat::Jwt),
            ("files", AccessTokenFormat::Opaque),
            ("mail", AccessTokenFormat::Jwt),
        ] {
            let server = resource_server(name, format);
            let directory = scene.provider.directory();
            let added = directory.resource_servers().add(&server).await;
            assert_eq!(added, Ok(Added::Added));
        }
        let scope = "openid offline_access reports:read reports:write mail:read";
        let wiki = scene.provider.client("wiki").scope(scope).await;
        let api = scene.provider.client("reports-api");
        let reports_api = api.with(|client| {
            client.scope = "files:read files:write mail:read mail:write"
                .parse()
                .expect("a scope");
            client.token_exchange = Some(policy(&[FILES], mode));
        });
        let reports_api = reports_api.await;
        let files_api = scene.provider.client("files-api").scope("mail:read").await;
        Self {
            scene,
            wiki,
            reports_api,
            files_api,
        }
    }

    fn api(&self) -> TokenClient {
        self.scene.provider.token(&self.reports_api)
    }

    /// The token that the wiki shows to the API.
    async fn shown(&self) -> String {
        let tokens = self.scene.tokens(&self.wiki, "reports:read").await;
        tokens.access_token
    }

    /// Exchanges a token as the API.
    async fn exchange(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        exchange(&self.api(), token, more).await
    }

    /// A token for files in exchange for that.
    async fn for_files(&self, token: &str) -> String {
        let answer = self.exchange(token, &[("resource", FILES)]).await;
        answer.assert_ok().access_token
    }

    async fn own(&self, client: &RelyingParty, scope: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let answer = self.scene.provider.token(client).send(&form).await;
        answer.assert_ok().access_token
    }

    /// What a client is told of a token.
    async fn told(&self, asker: &RelyingParty, token: &str) -> Value {
        let answer = self.scene.provider.token(asker).introspect(token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn is_active(&self, token: &str) -> bool {
        self.told(&self.files_api, token).await["active"] == true
    }

    async fn change_api(&self, change: impl FnOnce(&mut Client)) {
        self.scene.change(&self.reports_api, change).await;
    }
}

/// A request with `more` besides the token, or in place of what has its name.
async fn exchange(client: &TokenClient, token: &str, more: &[(&str, &str)]) -> Answer {
    let grant_type = GrantType::TokenExchange.as_str();
    let mut form = vec![
        ("grant_type", grant_type),
        ("subject_token", token),
        ("subject_token_type", ACCESS_TOKEN),
    ];
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more);
    client.send(&form).await
}
