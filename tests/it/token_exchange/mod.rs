//! A token in exchange for another one ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)): P32 with each of its attacks.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::{Client, DpopPolicy, GrantType};
use doorward_core::person::PersonStatus;
use doorward_core::resource_server::{AccessTokenFormat, ResourceServer};
use doorward_core::token::exchange::{ExchangeMode, ExchangePolicy};
use doorward_directory::clients::Added;
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, TokenClient};
use serde_json::{Value, json};

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
        access_token_signed_response_alg: None,
        introspected_by: [format!("{name}-api").parse().expect("a client id")].into(),
        authorization_details_types: DetailTypes::new(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
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

/// [RFC 8693 section 2.2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1).
#[tokio::test]
async fn an_api_gets_a_token_for_the_next_one_that_speaks_for_the_same_person() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    let before = stage.told(&stage.reports_api, &shown).await;
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    let tokens = answer.assert_ok();
    assert_eq!(tokens.all["issued_token_type"], ACCESS_TOKEN);
    assert_eq!(tokens.all["scope"], "files:read files:write");
    assert_eq!(tokens.refresh_token, None);
    assert_eq!(tokens.id_token, None);
    let told = stage.told(&stage.files_api, &tokens.access_token).await;
    for (member, value) in [
        ("aud", json!(FILES)),
        ("sub", json!(stage.scene.alice.sub())),
        ("client_id", json!("reports-api")),
        ("auth_time", before["auth_time"].clone()),
        ("acr", before["acr"].clone()),
        ("act", Value::Null),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    let answer = stage
        .scene
        .userinfo(&stage.wiki, &tokens.access_token)
        .await;
    assert_eq!(answer.status, 401, "it is for files alone");
}

/// [RFC 8693 section 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1): the target has a name by any of three parameters.
#[tokio::test]
async fn resource_audience_or_scope_says_what_the_token_is_for() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    for named in [
        &[("resource", FILES)][..],
        &[("audience", FILES)],
        &[("audience", FILES), ("resource", FILES)],
        &[("audience", FILES), ("audience", FILES)],
        &[("scope", "files:read")],
    ] {
        let tokens = stage.exchange(&shown, named).await.assert_ok();
        assert_eq!(
            stage.told(&stage.files_api, &tokens.access_token).await["aud"],
            FILES
        );
    }
    for named in [
        &[][..],
        &[("resource", FILES), ("audience", "https://mail.example")],
        &[("audience", FILES), ("audience", "https://mail.example")],
        &[("audience", "files")],
        &[("resource", "https://nobody.example")],
        &[("scope", "files:read mail:read")],
        &[("scope", "openid")],
    ] {
        let answer = stage.exchange(&shown, named).await;
        answer.assert_error("invalid_target");
    }
}

/// P32: default deny, by client.
#[tokio::test]
async fn a_client_that_nobody_allowed_exchanges_nothing() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    let named = [("resource", FILES)];
    stage
        .change_api(|client| client.token_exchange = None)
        .await;
    let answer = stage.exchange(&shown, &named).await;
    answer.assert_error("unauthorized_client");
    // It does not even learn which tokens work.
    let answer = stage.exchange("nonsense", &named).await;
    answer.assert_error("unauthorized_client");
    stage
        .change_api(|client| {
            client.grant_types.remove(&GrantType::TokenExchange);
        })
        .await;
    let answer = stage.exchange(&shown, &named).await;
    answer.assert_error("unauthorized_client");
    let public = stage.scene.provider.client("spa").public();
    let public = public.with(|client| {
        client.scope = "files:read reports:read".parse().expect("a scope");
        client.token_exchange = Some(policy(&[FILES], ExchangeMode::Impersonation));
    });
    let public = public.await;
    let own = stage.scene.tokens(&public, "reports:read").await;
    let client = stage.scene.provider.token(&public);
    let answer = exchange(&client, &own.access_token, &named).await;
    answer.assert_error("unauthorized_client");
}

/// P32: default deny, by target, however the target is named.
#[tokio::test]
async fn a_client_exchanges_for_no_resource_server_that_its_registration_does_not_name() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    for named in [
        ("resource", "https://mail.example"),
        ("audience", "https://mail.example"),
        ("scope", "mail:read"),
        ("resource", REPORTS),
    ] {
        let answer = stage.exchange(&shown, &[named]).await;
        answer.assert_error("invalid_target");
    }
    let issuer = stage.scene.provider.issuer().to_owned();
    let answer = stage.exchange(&shown, &[("audience", &issuer)]).await;
    answer.assert_error("invalid_target");
    // What it may exchange for but is registered for nothing at, it does not reach either.
    stage
        .change_api(|client| client.scope = "mail:read".parse().expect("a scope"))
        .await;
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    answer.assert_error("invalid_target");
}

/// P32: a token that a client got hold of, and that was never sent to it.
#[tokio::test]
async fn a_token_is_exchanged_by_the_api_that_received_it_or_its_own_client() {
    let stage = Stage::new().await;
    let named = [("resource", FILES)];
    for scope in ["openid", "mail:read"] {
        let elsewhere = stage.scene.tokens(&stage.wiki, scope).await;
        let answer = stage.exchange(&elsewhere.access_token, &named).await;
        answer.assert_error("invalid_request");
    }
    let shop = stage.scene.provider.client("shop").with(|client| {
        client.scope = "reports:read files:read".parse().expect("a scope");
        client.token_exchange = Some(policy(&[FILES], ExchangeMode::Impersonation));
    });
    let shop = shop.await;
    let token = stage.scene.provider.token(&shop);
    let answer = exchange(&token, &stage.shown().await, &named).await;
    answer.assert_error("invalid_request");
    let own = stage.scene.tokens(&shop, "reports:read").await;
    let tokens = exchange(&token, &own.access_token, &named).await;
    assert_eq!(tokens.assert_ok().all["scope"], "files:read");
}

/// P32: only access tokens are exchanged, whatever the request calls them.
#[tokio::test]
async fn refresh_tokens_id_tokens_and_other_texts_are_not_exchanged() {
    let stage = Stage::new().await;
    let scope = "openid offline_access reports:read";
    let tokens = stage.scene.tokens(&stage.wiki, scope).await;
    let (refresh_token, id_token) = (
        tokens.refresh_token.expect("a refresh token"),
        tokens.id_token.expect("an ID Token"),
    );
    let token = |name: &str| format!("urn:ietf:params:oauth:token-type:{name}");
    for text in [&*refresh_token, &*id_token, "nonsense", "a.b.c"] {
        for said in [ACCESS_TOKEN, JWT] {
            let more = [("resource", FILES), ("subject_token_type", said)];
            let answer = stage.exchange(text, &more).await;
            answer.assert_error("invalid_request");
        }
    }
    for (text, said) in [
        (&refresh_token, "refresh_token"),
        (&id_token, "id_token"),
        (&tokens.access_token, "saml2"),
        (&tokens.access_token, "ACCESS_TOKEN"),
    ] {
        let said = token(said);
        let more = [("resource", FILES), ("subject_token_type", &*said)];
        let answer = stage.exchange(text, &more).await;
        answer.assert_error("invalid_request");
    }
    for requested in [token("refresh_token"), token("id_token"), "jwt".to_owned()] {
        let more = [("resource", FILES), ("requested_token_type", &*requested)];
        let answer = stage.exchange(&tokens.access_token, &more).await;
        answer.assert_error("invalid_request");
    }
}

/// [RFC 8693 section 3](https://www.rfc-editor.org/rfc/rfc8693#section-3): a token is exchanged as what it is.
#[tokio::test]
async fn a_signed_token_may_be_called_a_jwt_and_an_opaque_one_may_not() {
    let stage = Stage::new().await;
    let mail = "https://mail.example";
    let both = policy(&[FILES, mail], ExchangeMode::Impersonation);
    stage
        .change_api(|client| client.token_exchange = Some(both.clone()))
        .await;
    let shown = stage.shown().await;
    let jwt = [
        ("subject_token_type", JWT),
        ("requested_token_type", JWT),
        ("resource", mail),
    ];
    let tokens = stage.exchange(&shown, &jwt).await.assert_ok();
    assert_eq!(tokens.all["issued_token_type"], JWT);
    let jwks = stage.api().get("/jwks").await.json();
    let said = Value::Object(IdToken::verify(&tokens.access_token, &jwks).claims);
    assert_eq!(said["aud"], mail);
    assert_eq!(said["scope"], "mail:read mail:write");
    let opaque = [("requested_token_type", JWT), ("resource", FILES)];
    let answer = stage.exchange(&shown, &opaque).await;
    answer.assert_error("invalid_request");

    let onwards = policy(&[mail], ExchangeMode::Impersonation);
    let change = |client: &mut Client| client.token_exchange = Some(onwards);
    stage.scene.change(&stage.files_api, change).await;
    let opaque = stage.for_files(&shown).await;
    let files_api = stage.scene.provider.token(&stage.files_api);
    let answer = exchange(&files_api, &opaque, &jwt).await;
    answer.assert_error("invalid_request");
    let answer = exchange(&files_api, &opaque, &[("resource", mail)]).await;
    assert_eq!(answer.assert_ok().all["scope"], "mail:read");
}

/// P32: a token that does not work is worth nothing, for whichever reason
/// ([RFC 8693 section 2.2.2](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.2)).
#[tokio::test]
async fn a_token_that_does_not_work_is_not_exchanged() {
    let stage = Stage::new().await;
    let wiki = stage.scene.provider.token(&stage.wiki);
    let named = [("resource", FILES)];

    let revoked = stage.shown().await;
    assert_eq!(wiki.revoke(&revoked).await.status, 200);
    let answer = stage.exchange(&revoked, &named).await;
    answer.assert_error("invalid_request");

    let expired = stage.shown().await;
    stage
        .scene
        .provider
        .clock()
        .advance(Duration::from_hours(1));
    let answer = stage.exchange(&expired, &named).await;
    answer.assert_error("invalid_request");

    let ended = stage.shown().await;
    let (alice, now) = (stage.scene.alice.id, stage.scene.provider.clock().now());
    let sessions = stage.scene.provider.directory().sessions();
    assert_eq!(sessions.end_all_of(alice, now).await, Ok(1));
    let answer = stage.exchange(&ended, &named).await;
    answer.assert_error("invalid_request");

    stage.scene.browser.sign_in(&stage.scene.alice).await;
    let disabled = stage.shown().await;
    let people = stage.scene.provider.directory().people();
    let done = people.set_status(alice, PersonStatus::Disabled, now).await;
    assert_eq!(done, Ok(true));
    let answer = stage.exchange(&disabled, &named).await;
    answer.assert_error("invalid_request");
}

/// P32: the new token ends with the old one, and lives no longer than its own kind does.
#[tokio::test]
async fn it_never_outlives_the_token_that_it_was_given_for() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    let exp = stage.told(&stage.reports_api, &shown).await["exp"].clone();
    stage.scene.provider.clock().advance(Duration::from_secs(7));
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    let tokens = answer.assert_ok();
    let told = stage.told(&stage.files_api, &tokens.access_token).await;
    assert_eq!(told["exp"], exp);
    let left = exp.as_i64().expect("a time") - told["iat"].as_i64().expect("a time");
    assert_eq!(tokens.all["expires_in"], left);
    let left = Duration::from_secs(left.unsigned_abs());
    stage.scene.provider.clock().advance(left);
    assert!(!stage.is_active(&tokens.access_token).await);
}

/// P32: what ends the grant ends what was exchanged, and so does taking the permission back.
#[tokio::test]
async fn it_dies_with_its_grant_and_with_the_permission() {
    let stage = Stage::new().await;
    let token = stage.for_files(&stage.shown().await).await;
    assert!(stage.is_active(&token).await);
    let none = |client: &mut Client| client.token_exchange = None;
    stage.change_api(none).await;
    assert!(!stage.is_active(&token).await);
    stage
        .change_api(|client| {
            client.token_exchange = Some(policy(&[REPORTS], ExchangeMode::Impersonation));
        })
        .await;
    assert!(!stage.is_active(&token).await);
    stage.change_api(|_| ()).await;
    assert!(stage.is_active(&token).await);

    let sessions = stage.scene.provider.directory().sessions();
    let now = stage.scene.provider.clock().now();
    let ended = sessions.end_all_of(stage.scene.alice.id, now).await;
    assert_eq!(ended, Ok(1));
    assert!(!stage.is_active(&token).await);
}

/// P32: nothing is reached by a detour that was not allowed at first.
#[tokio::test]
async fn it_opens_no_more_than_the_client_is_registered_for_or_was_allowed_at_first() {
    let stage = Stage::new().await;
    let mail = "https://mail.example";
    let all = policy(&[FILES, REPORTS, mail], ExchangeMode::Impersonation);
    stage
        .change_api(|client| {
            client.token_exchange = Some(all);
            client.scope = "files:read mail:read mail:write reports:read reports:write"
                .parse()
                .expect("a scope");
        })
        .await;
    let shown = stage.shown().await;
    let refused = async |token: &str, scope: &str| {
        let answer = stage.exchange(token, &[("scope", scope)]).await;
        answer.assert_error("invalid_scope");
    };
    // The client is not registered for it.
    refused(&shown, "files:write").await;
    refused(&shown, "files:read openid").await;
    refused(&shown, "files:read nonsense").await;
    // The token does not have it, at its own server.
    refused(&shown, "reports:write").await;
    let answer = stage.exchange(&shown, &[("resource", REPORTS)]).await;
    assert_eq!(answer.assert_ok().all["scope"], "reports:read");

    // The person allowed reading mail, which the token for reports does not show.
    let request = stage.wiki.request().with("scope", "reports:read mail:read");
    let code = stage.scene.code(request).await;
    let wiki = stage.scene.provider.token(&stage.wiki);
    let shown = wiki.exchange_for(&code, REPORTS).await.assert_ok();
    refused(&shown.access_token, "mail:write").await;
    let answer = stage
        .exchange(&shown.access_token, &[("audience", mail)])
        .await;
    assert_eq!(answer.assert_ok().all["scope"], "mail:read");

    // From reports to files and back.
    let back = policy(&[REPORTS], ExchangeMode::Impersonation);
    let change = |client: &mut Client| {
        client.token_exchange = Some(back);
        client.scope = "reports:read reports:write".parse().expect("a scope");
    };
    stage.scene.change(&stage.files_api, change).await;
    let files = stage.for_files(&shown.access_token).await;
    let files_api = stage.scene.provider.token(&stage.files_api);
    let answer = exchange(&files_api, &files, &[("scope", "reports:write")]).await;
    answer.assert_error("invalid_scope");
    let answer = exchange(&files_api, &files, &[("resource", REPORTS)]).await;
    assert_eq!(answer.assert_ok().all["scope"], "reports:read");
}

/// [RFC 8693 section 4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1).
#[tokio::test]
async fn a_client_that_must_delegate_names_itself_as_the_actor() {
    let stage = Stage::with(ExchangeMode::Delegation).await;
    let shown = stage.shown().await;
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    answer.assert_error("invalid_request");

    let actor = stage.own(&stage.reports_api, "files:read").await;
    let more = [
        ("resource", FILES),
        ("actor_token", &*actor),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    let token = stage.exchange(&shown, &more).await.assert_ok().access_token;
    let told = stage.told(&stage.files_api, &token).await;
    assert_eq!(told["sub"], stage.scene.alice.sub());
    let act = json!({"sub": "reports-api", "client_id": "reports-api"});
    assert_eq!(told["act"], act);

    // The next one acts after the first, who is not forgotten, also where nobody has to say who acts.
    let onwards = |mode| policy(&["https://mail.example"], mode);
    let change =
        |client: &mut Client| client.token_exchange = Some(onwards(ExchangeMode::Delegation));
    stage.scene.change(&stage.files_api, change).await;
    let files_api = stage.scene.provider.token(&stage.files_api);
    let own = stage.own(&stage.files_api, "mail:read").await;
    let more = [
        ("scope", "mail:read"),
        ("actor_token", &*own),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    let next = exchange(&files_api, &token, &more).await.assert_ok();
    let told = stage.told(&stage.files_api, &next.access_token).await;
    let chain = json!({"sub": "files-api", "client_id": "files-api", "act": act});
    assert_eq!(told["act"], chain);
    let change =
        |client: &mut Client| client.token_exchange = Some(onwards(ExchangeMode::Impersonation));
    stage.scene.change(&stage.files_api, change).await;
    let next = exchange(&files_api, &token, &[("scope", "mail:read")]).await;
    let next = next.assert_ok().access_token;
    assert_eq!(stage.told(&stage.files_api, &next).await["act"], act);
}

/// P32: nobody is named as the actor who does not act.
#[tokio::test]
async fn an_actor_token_is_one_that_the_client_itself_was_given() {
    let stage = Stage::with(ExchangeMode::Delegation).await;
    let shown = stage.shown().await;
    let answer = |actor: String, said: &'static str| {
        let (stage, shown) = (&stage, &shown);
        async move {
            let more = [
                ("resource", FILES),
                ("actor_token", &*actor),
                ("actor_token_type", said),
            ];
            stage.exchange(shown, &more).await
        }
    };
    // Alice's token was sent to the API, and she is not who acts.
    let refused = answer(shown.clone(), ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    let others = stage.own(&stage.wiki, "reports:read").await;
    let refused = answer(others, ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    let own = stage.own(&stage.reports_api, "files:read").await;
    for said in [JWT, "urn:ietf:params:oauth:token-type:id_token", ""] {
        let refused = answer(own.clone(), said).await;
        refused.assert_error("invalid_request");
    }
    // One that was exchanged speaks for somebody else.
    stage
        .change_api(|client| {
            client.token_exchange = Some(policy(&[FILES], ExchangeMode::Impersonation));
        })
        .await;
    let exchanged = stage.for_files(&shown).await;
    let refused = answer(exchanged, ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    assert_eq!(stage.api().revoke(&own).await.status, 200);
    let refused = answer(own, ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    let alone = [("resource", FILES), ("actor_token_type", ACCESS_TOKEN)];
    let refused = stage.exchange(&shown, &alone).await;
    refused.assert_error("invalid_request");
}

/// [RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5): what was bound to a key stays bound to one.
#[tokio::test]
async fn a_token_that_is_bound_is_exchanged_for_one_that_is_bound_to_the_clients_key() {
    let stage = Stage::new().await;
    let (provider, named) = (&stage.scene.provider, [("resource", FILES)]);
    let (wikis, apis) = (DpopKey::generate("ES256"), DpopKey::generate("ES256"));
    let request = stage.wiki.request().with("scope", "reports:read");
    let code = stage.scene.code(request).await;
    let wiki = provider.proving(&stage.wiki, &wikis);
    let bound = wiki.exchange(&code).await.assert_bound().access_token;

    let answer = stage.exchange(&bound, &named).await;
    answer.assert_error("invalid_dpop_proof");
    let api = provider.proving(&stage.reports_api, &apis);
    let token = exchange(&api, &bound, &named).await.assert_bound();
    let told = stage.told(&stage.files_api, &token.access_token).await;
    assert_eq!(told["cnf"], json!({"jkt": apis.thumbprint()}));
    assert_eq!(told["token_type"], "DPoP");

    // Its own client has the key, and proves it.
    let own = |client: &mut Client| {
        client.token_exchange = Some(policy(&[REPORTS], ExchangeMode::Impersonation));
        client.dpop = DpopPolicy::Optional;
    };
    stage.scene.change(&stage.wiki, own).await;
    let named = [("resource", REPORTS)];
    let plain = provider.token(&stage.wiki);
    let answer = exchange(&plain, &bound, &named).await;
    answer.assert_error("invalid_dpop_proof");
    let other = provider.proving(&stage.wiki, &apis);
    let answer = exchange(&other, &bound, &named).await;
    answer.assert_error("invalid_request");
    exchange(&wiki, &bound, &named).await.assert_bound();
}

/// A program's own token, which speaks for no person, goes the same way.
#[tokio::test]
async fn a_token_of_a_program_is_exchanged_and_falls_with_the_program() {
    let stage = Stage::new().await;
    let nightly = stage.scene.provider.client("nightly").scope("reports:read");
    let nightly = nightly.await;
    let shown = stage.own(&nightly, "reports:read").await;
    let token = stage.for_files(&shown).await;
    let told = stage.told(&stage.files_api, &token).await;
    assert_eq!(told["sub"], "nightly");
    assert_eq!(told["client_id"], "reports-api");
    assert_eq!(told.get("auth_time"), None);
    let change = |client: &mut Client| {
        client.grant_types.remove(&GrantType::ClientCredentials);
    };
    stage.scene.change(&nightly, change).await;
    assert!(!stage.is_active(&token).await);
}

/// P32: nothing is exchanged in silence.
#[tokio::test]
async fn the_record_says_who_exchanged_whose_token_and_for_what() {
    let stage = Stage::with(ExchangeMode::Delegation).await;
    let shown = stage.shown().await;
    let actor = stage.own(&stage.reports_api, "files:read").await;
    let more = [
        ("scope", "files:read"),
        ("actor_token", &*actor),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    stage.exchange(&shown, &more).await.assert_ok();
    let events = stage.scene.provider.recent_events().await;
    let exchanged = events
        .iter()
        .map(|record| serde_json::to_value(&record.event).expect("events are JSON"))
        .find(|event| event["event"] == "token_exchanged");
    assert_eq!(
        exchanged,
        Some(json!({
            "event": "token_exchanged",
            "client": "reports-api",
            "subject": stage.scene.alice.sub(),
            "actor": "reports-api",
            "target": FILES,
            "scope": "files:read",
        }))
    );
}

/// [RFC 8414 section 2](https://www.rfc-editor.org/rfc/rfc8414#section-2).
#[tokio::test]
async fn the_metadata_lists_the_grant_type() {
    let stage = Stage::new().await;
    let document = stage.api().get("/.well-known/openid-configuration").await;
    let grant_types = document.json()["grant_types_supported"].clone();
    let ours = json!(GrantType::TokenExchange.as_str());
    assert!(
        grant_types
            .as_array()
            .is_some_and(|all| all.contains(&ours)),
        "{grant_types}"
    );
}
