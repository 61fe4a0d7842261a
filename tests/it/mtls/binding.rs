//! Tokens that are bound to certificates ([RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).

use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::client::{ClientProfile, DpopPolicy, GrantType, PkcePolicy, PushPolicy};
use doorward_core::jose::Algorithm;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_core::token::exchange::{ExchangeMode, ExchangePolicy};
use doorward_directory::clients::Added;
use doorward_tests::certificates::Certified;
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Tokens;
use serde_json::json;

use super::{House, bound, claims};

const FILES: &str = "https://files.example";

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh_token.as_deref().expect("a refresh token")
}

impl House {
    /// A public client whose tokens are bound.
    async fn app(&self) -> RelyingParty {
        self.scene.provider.client("app").public().with(bound).await
    }

    /// Tokens of that client, bound to a certificate.
    async fn tokens(&self, client: &RelyingParty, own: &Certified, scope: &str) -> Tokens {
        let code = self.scene.code(client.request().with("scope", scope)).await;
        let answer = self.token(client).showing(own).exchange(&code).await;
        answer.assert_ok()
    }
}

/// [RFC 8705 sections 3.1 and 3.2](https://www.rfc-editor.org/rfc/rfc8705#section-3.1); `happy-flow` with `sender_constrain` = `mtls`.
#[tokio::test]
async fn tokens_of_every_grant_are_bound_to_the_certificate_of_their_request() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").with(bound);
    let ledger = ledger.scope("openid offline_access reports").await;
    let own = house.authority.certify("ledger");
    let token = house.token(&ledger).showing(&own);
    let first = house.tokens(&ledger, &own, "openid offline_access").await;
    let second = token.refresh(refresh_token(&first)).await.assert_ok();
    let alone = token.send(&[("grant_type", "client_credentials")]).await;
    let cnf = json!({"x5t#S256": own.thumbprint()});
    for tokens in [&first, &second, &alone.assert_ok()] {
        let access_token = &tokens.access_token;
        assert_eq!(claims(access_token)["cnf"], cnf);
        let told = token.introspect(access_token).await.json();
        assert_eq!(told["active"], true);
        assert_eq!(told["token_type"], "Bearer");
        assert_eq!(told["cnf"], cnf);
    }
    let id_token = first.id_token.as_deref().expect("an ID Token");
    assert_eq!(claims(id_token).get("cnf"), None);
}

/// P39: [RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3): whoever stole it has nothing.
#[tokio::test]
async fn a_bound_token_opens_nothing_without_its_certificate() {
    let house = House::new().await;
    let app = house.app().await;
    let own = Certified::self_signed("app");
    let tokens = house.tokens(&app, &own, "openid").await;
    let token = &tokens.access_token;
    let told = house.token(&app).showing(&own).userinfo(token).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(told.json()["sub"], house.scene.alice.sub());
    let thief = Certified::self_signed("app");
    for thief in [house.token(&app), house.token(&app).showing(&thief)] {
        let refused = thief.userinfo(token).await;
        assert_eq!(refused.status, 401, "{refused:?}");
        assert_eq!(refused.json()["error"], "invalid_token");
    }
    // Nor with a proof of some key: it is bound to none.
    let key = DpopKey::generate("ES256");
    let proving = house.scene.provider.proving(&app, &key).showing(&own);
    let refused = proving.userinfo(token).await;
    assert_eq!(refused.json()["error"], "invalid_token");
}

/// An API that cannot read a token is told which certificate it is bound to.
#[tokio::test]
async fn an_api_learns_the_certificate_of_an_opaque_token() {
    let house = House::new().await;
    house.add_files().await;
    let api = house.scene.provider.client("files-api").await;
    let ledger = house
        .vouched("ledger")
        .with(bound)
        .scope("files:read")
        .await;
    let own = house.authority.certify("ledger");
    let asked = [
        ("grant_type", "client_credentials"),
        ("scope", "files:read"),
        ("resource", FILES),
    ];
    let tokens = house.token(&ledger).showing(&own).send(&asked).await;
    let token = tokens.assert_ok().access_token;
    assert!(!token.contains('.'), "{token}");
    let told = house.token(&api).introspect(&token).await.json();
    assert_eq!(told["cnf"], json!({"x5t#S256": own.thumbprint()}));
}

/// P25: [RFC 8705 section 4](https://www.rfc-editor.org/rfc/rfc8705#section-4).
#[tokio::test]
async fn the_refresh_token_of_a_public_client_works_with_its_certificate_alone() {
    let mut house = House::new().await;
    let app = house.app().await;
    let own = Certified::self_signed("app");
    let tokens = house.tokens(&app, &own, "openid offline_access").await;
    let thief = Certified::self_signed("app");
    let refused = house.token(&app).showing(&thief);
    let refused = refused.refresh(refresh_token(&tokens)).await;
    let reason = house.reason(&refused.assert_error("invalid_grant")).await;
    assert!(
        reason.contains("bound to a key or a certificate"),
        "{reason}"
    );
    let bare = house.token(&app).refresh(refresh_token(&tokens)).await;
    bare.assert_error("invalid_request");
    house.scene.provider.restart().await;
    let token = house.token(&app).showing(&own);
    let next = token.refresh(refresh_token(&tokens)).await.assert_ok();
    token.refresh(refresh_token(&next)).await.assert_ok();
}

/// A confidential client takes a new certificate before the old one ends.
#[tokio::test]
async fn the_refresh_token_of_a_confidential_client_works_with_its_next_certificate() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").with(bound).await;
    let own = house.authority.certify("ledger");
    let tokens = house.tokens(&ledger, &own, "openid offline_access").await;
    let renewed = house.authority.certify("ledger");
    let token = house.token(&ledger).showing(&renewed);
    let next = token.refresh(refresh_token(&tokens)).await.assert_ok();
    let cnf = &claims(&next.access_token)["cnf"];
    assert_eq!(*cnf, json!({"x5t#S256": renewed.thumbprint()}));
}

/// [RFC 8705 section 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-3.4). Stands for `ensure-holder-of-key-required`.
#[tokio::test]
async fn a_client_that_must_bind_its_tokens_gets_none_without_a_certificate() {
    let house = House::new().await;
    let bank = house.scene.provider.client("bank").with(bound).await;
    let code = house.scene.code(&bank).await;
    let refused = house.token(&bank).exchange(&code).await;
    let reason = house.reason(&refused.assert_error("invalid_request")).await;
    assert!(reason.contains("bound to its certificate"), "{reason}");
    // One token, one thing that it is bound to.
    let own = Certified::self_signed("bank");
    let key = DpopKey::generate("ES256");
    let both = house.scene.provider.proving(&bank, &key).showing(&own);
    let refused = both.exchange(&code).await;
    let reason = house.reason(&refused.assert_error("invalid_request")).await;
    assert!(reason.contains("a key besides"), "{reason}");
    // The code was not looked at.
    let tokens = house.token(&bank).showing(&own).exchange(&code).await;
    let cnf = &claims(&tokens.assert_ok().access_token)["cnf"];
    assert_eq!(*cnf, json!({"x5t#S256": own.thumbprint()}));
}

/// Whoever is not registered so gets what everybody gets, whatever its connection shows.
#[tokio::test]
async fn a_certificate_binds_nothing_of_a_client_that_is_not_registered_so() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").await;
    let own = house.authority.certify("ledger");
    let tokens = house.tokens(&ledger, &own, "openid").await;
    assert_eq!(claims(&tokens.access_token).get("cnf"), None);
    let told = house.token(&ledger).userinfo(&tokens.access_token).await;
    assert_eq!(told.status, 200, "{told:?}");
}

impl House {
    async fn add_files(&self) {
        let server = ResourceServer {
            resource: FILES.parse().expect("a URI"),
            resource_name: "files".to_owned(),
            scopes: [("files:read", "Read all of it")].into_iter().collect(),
            access_token_format: AccessTokenFormat::Opaque,
            access_token_lifetime: None,
            access_token_status: AccessTokenStatus::Untold,
            access_token_signed_response_alg: None,
            api_tokens: None,
            introspected_by: ["files-api".parse().expect("a client id")].into(),
            authorization_details_types: DetailTypes::new(),
            authentication: AuthenticationDemand::default(),
            resource_documentation: None,
            resource_policy_uri: None,
            resource_tos_uri: None,
            networks: doorward_core::network::Networks::default(),
            created_at: doorward_core::Timestamp::from_seconds(0),
        };
        let servers = self.scene.provider.directory().resource_servers();
        assert_eq!(servers.add(&server).await, Ok(Added::Added));
    }
}

/// P32: what is bound stays bound when it is exchanged, and its owner must show its certificate
/// ([RFC 8693 section 2](https://www.rfc-editor.org/rfc/rfc8693#section-2)).
#[tokio::test]
async fn a_bound_token_is_exchanged_by_whoever_has_its_certificate() {
    let house = House::new().await;
    house.add_files().await;
    let ledger = house.vouched("ledger").scope("openid files:read");
    let ledger = ledger.with(|client| {
        bound(client);
        client.token_exchange = Some(ExchangePolicy {
            resources: [FILES.parse().expect("a URI")].into(),
            mode: ExchangeMode::Impersonation,
        });
    });
    let ledger = ledger.await;
    let own = house.authority.certify("ledger");
    let tokens = house.tokens(&ledger, &own, "openid").await;
    let form = [
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("subject_token", &tokens.access_token),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
        ("resource", FILES),
        ("scope", "files:read"),
    ];
    let renewed = house.authority.certify("ledger");
    let refused = house.token(&ledger).showing(&renewed).send(&form).await;
    let reason = house.reason(&refused.assert_error("invalid_request")).await;
    assert!(reason.contains("certificate"), "{reason}");
    let token = house.token(&ledger).showing(&own);
    let files = token.send(&form).await.assert_ok();
    let told = token.introspect(&files.access_token).await.json();
    assert_eq!(told["cnf"], json!({"x5t#S256": own.thumbprint()}));
}

/// [FAPI 2.0 Security Profile section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1):
/// `happy-flow` with `client_auth_type` and `sender_constrain` = `mtls`.
#[tokio::test]
async fn a_client_of_fapi_2_does_with_certificates_alone() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").with(bound).with(|client| {
        client.profile = ClientProfile::Fapi2;
        client.grant_types.remove(&GrantType::DeviceCode);
        client.pushed_requests = PushPolicy::Required;
        client.pkce = PkcePolicy::Required;
        client.dpop = DpopPolicy::Optional;
        client.id_token_signed_response_alg = Algorithm::Es256;
        client.authorization_signed_response_alg = Some(Algorithm::Es256);
        client.introspection_signed_response_alg = Some(Algorithm::Es256);
    });
    let ledger = ledger.await;
    let as_demanded = ledger.registered.clone().in_profile();
    assert_eq!(as_demanded.as_ref(), Ok(&ledger.registered));
    let own = house.authority.certify("ledger");
    let token = house.token(&ledger).showing(&own);
    let pushed = token.pushed(&ledger).await;
    let code = house.scene.browser.open(&pushed).await.code();
    let tokens = token.exchange(&code).await.assert_ok();
    let told = token.userinfo(&tokens.access_token).await;
    assert_eq!(told.status, 200, "{told:?}");
    let thief = house.token(&ledger).userinfo(&tokens.access_token).await;
    assert_eq!(thief.status, 401, "{thief:?}");
}
