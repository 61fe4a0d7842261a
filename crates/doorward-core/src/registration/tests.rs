use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::client::{
    AuthMethod, CertificateBinding, ConsentPolicy, DpopPolicy, GrantType, MutualTlsSupport,
    PkcePolicy, PushPolicy, RequestObjectPolicy,
};
use crate::error::ErrorCode;
use crate::jose::Algorithm;
use crate::outbound::Fetched;
use crate::secret::{Secret, SecretKind};
use crate::subject::Sector;
use crate::testing::{FixedRandom, NOW};
use crate::token::exchange::{ExchangeMode, ExchangePolicy};

const URI: &str = "https://login.example.com/register/wiki";

fn policy() -> RegistrationPolicy {
    RegistrationPolicy {
        access: RegistrationAccess::Open,
        scope: "openid profile email offline_access".parse().unwrap(),
        authorization_details_types: ["payment_initiation".parse().unwrap()].into(),
        unused: Duration::from_hours(24),
        mutual_tls: MutualTlsSupport::Full,
        signatures: Algorithm::USUAL.into(),
        documents: ClientDocumentPolicy::default(),
    }
}

fn request(changes: &Value) -> RegistrationRequest {
    let mut members = json!({
        "redirect_uris": ["https://wiki.example/callback"],
        "client_name": "Wiki",
    });
    members
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    RegistrationRequest::parse(members.to_string().as_bytes()).unwrap()
}

fn register(changes: &Value) -> Result<Client, RegistrationRefused> {
    request(changes).register(&policy(), "wiki".parse().unwrap(), NOW)
}

fn information(client: &Client) -> Value {
    ClientInformation::of(client, &Credentials::default(), URI).reveal()
}

/// [RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2).
#[test]
fn what_is_not_said_is_as_the_standard_has_it() {
    let client = register(&json!({})).unwrap();
    assert_eq!(
        information(&client),
        json!({
            "client_id": "wiki",
            "client_id_issued_at": 1_700_000_000,
            "client_name": "Wiki",
            "redirect_uris": ["https://wiki.example/callback"],
            "post_logout_redirect_uris": [],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "scope": "email openid profile",
            "require_pushed_authorization_requests": false,
            "dpop_bound_access_tokens": false,
            "id_token_signed_response_alg": "RS256",
            "application_type": "web",
            "subject_type": "public",
            "registration_client_uri": URI,
        })
    );
    assert_eq!(
        client.consent,
        ConsentPolicy::Ask,
        "P17: nobody skips the question"
    );
}

#[test]
fn what_is_said_is_registered_and_told_back() {
    let said = json!({
        "client_name": "Wiki",
        "redirect_uris": ["https://wiki.example/callback", "https://wiki.example/other"],
        "post_logout_redirect_uris": ["https://wiki.example/bye"],
        "backchannel_logout_uri": "https://wiki.example/signed-out",
        "backchannel_logout_session_required": true,
        "frontchannel_logout_uri": "https://wiki.example/signed-out-here",
        "frontchannel_logout_session_required": true,
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "offline_access openid",
        "require_pushed_authorization_requests": true,
        "dpop_bound_access_tokens": true,
        "jwks_uri": "https://wiki.example/keys",
        "request_object_signing_alg": "ES256",
        "require_signed_request_object": true,
        "request_uris": ["https://wiki.example/request.jwt#4X_", "https://wiki.example/other.jwt"],
        "authorization_signed_response_alg": "PS256",
        "introspection_signed_response_alg": "EdDSA",
        "id_token_signed_response_alg": "ES256",
        "userinfo_signed_response_alg": "PS256",
        "id_token_encrypted_response_alg": "RSA-OAEP-256",
        "id_token_encrypted_response_enc": "A128CBC-HS256",
        "userinfo_encrypted_response_alg": "ECDH-ES",
        "userinfo_encrypted_response_enc": "A256GCM",
        "authorization_encrypted_response_alg": "ECDH-ES+A128KW",
        "authorization_encrypted_response_enc": "A128GCM",
        "introspection_encrypted_response_alg": "ECDH-ES+A256KW",
        "introspection_encrypted_response_enc": "A256CBC-HS512",
        "default_max_age": 600,
        "client_uri": "https://wiki.example/",
        "logo_uri": "https://wiki.example/logo.png",
        "policy_uri": "https://wiki.example/policy",
        "tos_uri": "https://wiki.example/tos",
        "contacts": ["admin@wiki.example"],
        "application_type": "native",
        "initiate_login_uri": "https://wiki.example/login",
        "software_id": "wiki",
        "software_version": "1.0",
        "subject_type": "public",
    });
    let told = information(&register(&said).unwrap());
    for (name, value) in said.as_object().unwrap() {
        assert_eq!(&told[name], value, "{name}");
    }
}

/// [OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata):
/// the default of `enc`, and of the signature inside.
#[test]
fn what_is_encrypted_has_its_defaults() {
    let said = json!({
        "jwks_uri": "https://wiki.example/keys",
        "userinfo_encrypted_response_alg": "ECDH-ES",
    });
    let told = information(&register(&said).unwrap());
    assert_eq!(told["userinfo_encrypted_response_enc"], "A128CBC-HS256");
    assert_eq!(told["userinfo_signed_response_alg"], "RS256");
    assert_eq!(told.get("id_token_encrypted_response_alg"), None);
}

#[test]
fn what_nobody_knows_and_what_says_nothing_is_passed_over() {
    let client = register(&json!({
        "software_statement": "a.b.c",
        "client_name#de": "Das Wiki",
        "logo_uri": null,
        "token_endpoint_auth_method": null,
    }));
    assert_eq!(client, register(&json!({})));
}

#[test]
fn a_public_client_must_come_with_a_code_challenge() {
    let client = register(&json!({ "token_endpoint_auth_method": "none" })).unwrap();
    assert_eq!(client.token_endpoint_auth_method, AuthMethod::None);
    assert_eq!(client.pkce, PkcePolicy::Required);
}

/// P43: the policy decides what a client may do.
#[test]
fn what_the_policy_does_not_allow_is_left_out() {
    let client = register(&json!({
        "scope": "openid groups offline_access",
        "grant_types": ["authorization_code", "client_credentials", "implicit"],
    }))
    .unwrap();
    assert_eq!(
        client.scope.to_string(),
        "openid",
        "no refresh, so no offline_access"
    );
    assert_eq!(client.grant_types, [GrantType::AuthorizationCode].into());
}

/// P44: nobody borrows another's face.
#[test]
fn pictures_and_links_of_other_hosts_are_not_taken() {
    let client = register(&json!({
        "client_uri": "https://wiki.example/",
        "logo_uri": "https://bank.example/logo.png",
        "policy_uri": "https://bank.example/policy",
        "tos_uri": "https://evil.wiki.example/tos",
    }))
    .unwrap();
    assert!(client.client_uri.is_some());
    let borrowed = json!({
        "redirect_uris": ["https://evil.example/", "https://bank.example/never"],
        "logo_uri": "https://bank.example/logo.png",
    });
    assert_eq!(register(&borrowed).unwrap().logo_uri, None);
    assert_eq!(
        (client.logo_uri, client.policy_uri, client.tos_uri),
        (None, None, None)
    );
}

/// Members and values that cannot be registered.
const REFUSED: [(&str, &str); 29] = [
    ("redirect_uris", r#""https://wiki.example/""#),
    ("post_logout_redirect_uris", r#"["data:,x"]"#),
    ("token_endpoint_auth_method", r#""magic""#),
    ("jwks", r#"{ "keys": [{ "kty": "oct", "k": "AA" }] }"#),
    ("grant_types", r#"["password"]"#),
    ("response_types", r#"["token"]"#),
    ("id_token_signed_response_alg", r#""none""#),
    ("userinfo_signed_response_alg", r#""HS256""#),
    // No key of ours is for it.
    ("id_token_signed_response_alg", r#""ES384""#),
    ("introspection_signed_response_alg", r#""ES512""#),
    ("id_token_encrypted_response_alg", r#""RSA1_5""#),
    ("userinfo_encrypted_response_alg", r#""dir""#),
    ("introspection_encrypted_response_enc", r#""A128CBC""#),
    ("authorization_encrypted_response_enc", r#""A128GCM""#),
    ("subject_type", r#""ephemeral""#),
    (
        "sector_identifier_uri",
        r#""https://wiki.example/sector.json""#,
    ),
    ("scope", r#""groups""#),
    ("scope", "1"),
    ("client_name", r#""Wi\u202eki""#),
    ("logo_uri", r#""http://wiki.example/logo.png""#),
    ("logo_uri", r#""javascript:alert(1)""#),
    ("initiate_login_uri", r#""http://wiki.example/""#),
    ("application_type", r#""toaster""#),
    ("default_max_age", "-1"),
    ("contacts", "[1]"),
    ("software_id", "{}"),
    ("backchannel_logout_uri", r#""wiki""#),
    ("request_uris", r#"["http://wiki.example/request.jwt"]"#),
    ("frontchannel_logout_uri", r#""https://evil.example/""#),
];

/// P03, P44. [RFC 7591 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2).
#[test]
fn what_cannot_be_registered_is_refused_by_name() {
    let refused = |name: &str, value: Value| {
        let refused = register(&json!({ name: value })).unwrap_err();
        assert!(refused.to_string().starts_with(name), "{name}: {refused}");
        refused.code()
    };
    for (name, value) in REFUSED {
        let code = refused(name, serde_json::from_str(value).unwrap());
        assert_eq!(code, ErrorCode::InvalidClientMetadata, "{name}: {value}");
    }
    for uris in [
        json!([]),
        json!(["http://wiki.example"]),
        json!(["javascript:alert(1)"]),
        json!(["https://wiki.example/#a"]),
    ] {
        let code = refused("redirect_uris", uris.clone());
        assert_eq!(code, ErrorCode::InvalidRedirectUri, "{uris}");
    }
    let many = (0..51).map(|at| format!("https://wiki.example/{at}"));
    refused("redirect_uris", many.collect::<Vec<_>>().into());
    refused("client_name", "x".repeat(3000).into());
    let keyless = register(&json!({ "userinfo_encrypted_response_alg": "ECDH-ES" })).unwrap_err();
    assert!(keyless.to_string().starts_with("jwks"), "{keyless}");
    for body in [
        "",
        "null",
        "[]",
        "{",
        r#"{"scope":"a","scope":"b"}"#,
        "\u{0}",
    ] {
        let refused = RegistrationRequest::parse(body.as_bytes());
        assert_eq!(refused, Err(RegistrationRefused::Malformed), "{body:?}");
    }
}

/// [RFC 7517 appendix A.1](https://www.rfc-editor.org/rfc/rfc7517#appendix-A.1).
const KEY: &str = r#"{
    "kty": "EC", "crv": "P-256", "kid": "1", "use": "sig",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
}"#;

/// What an operator may not register either.
#[test]
fn what_does_not_fit_together_is_refused_by_the_member_that_it_is_about() {
    let jwks_uri = "https://wiki.example/jwks";
    let key: Value = serde_json::from_str(KEY).unwrap();
    let keyless = json!({ "token_endpoint_auth_method": "private_key_jwt" });
    let public = json!({ "token_endpoint_auth_method": "none", "jwks_uri": jwks_uri });
    let twice = json!({ "jwks": { "keys": [key] }, "jwks_uri": jwks_uri });
    let unsigned = json!({ "require_signed_request_object": true });
    let unproven = json!({ "request_uris": ["https://wiki.example/request.jwt"] });
    for (changes, member) in [
        (&keyless, "jwks"),
        (&public, "jwks"),
        (&twice, "jwks"),
        (&unsigned, "require_signed_request_object"),
        (&unproven, "request_uris"),
    ] {
        let refused = register(changes).unwrap_err();
        assert!(
            refused.to_string().starts_with(member),
            "{changes}: {refused}"
        );
        assert_eq!(refused.code(), ErrorCode::InvalidClientMetadata);
    }
    let (client, _) = registered();
    let unsigned = json!({ "client_id": "wiki", "require_signed_request_object": true });
    let refused = update(&client, &unsigned).unwrap_err();
    assert!(
        refused.to_string().starts_with("require_signed"),
        "{refused}"
    );
}

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication): a secret is for one way
/// to prove who a client is.
#[test]
fn a_client_that_will_authenticate_assertions_does_not_keep_a_secret_that_nobody_knows_again() {
    let (client, _) = registered();
    let assertions = json!({
        "client_id": "wiki",
        "token_endpoint_auth_method": "client_secret_jwt",
        "token_endpoint_auth_signing_alg": "HS256",
    });
    let updated = update(&client, &assertions).unwrap();
    assert_eq!(updated.secrets, []);
    assert_eq!(updated.token_endpoint_auth_signing_alg, None);
    let told = information(&updated);
    assert_eq!(told["token_endpoint_auth_signing_alg"], "HS256");
    let by_key = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "HS256",
        "jwks_uri": "https://wiki.example/jwks",
    });
    let refused = register(&by_key).unwrap_err();
    assert!(
        refused.to_string().starts_with("token_endpoint_auth"),
        "{refused}"
    );
}

fn registered() -> (Client, Secret) {
    let secret = Secret::generate(SecretKind::ClientSecret, &FixedRandom::default());
    let mut client = register(&json!({})).unwrap();
    client.secrets.push(crate::client::ClientSecret {
        hash: secret.hash(),
        salt: None,
        created_at: NOW,
        expires_at: None,
    });
    (client, secret)
}

fn update(client: &Client, changes: &Value) -> Result<Client, RegistrationRefused> {
    request(changes).update(&policy(), client)
}

/// P43: what the client cannot see is not reset by what it sends.
#[test]
fn a_change_leaves_alone_what_is_the_operators() {
    let (mut client, _) = registered();
    client.consent = ConsentPolicy::Trusted;
    client.pkce = PkcePolicy::Required;
    client.scope = "openid groups".parse().unwrap();
    client.dynamic.as_mut().unwrap().allowed_scope = Some(client.scope.clone());
    let changes = json!({ "client_id": "wiki", "client_name": "New", "scope": "openid groups" });
    let updated = update(&client, &changes).unwrap();
    assert_eq!(updated.client_name, "New");
    let expected = Client {
        client_name: "New".to_owned(),
        ..client.clone()
    };
    assert_eq!(updated, expected);
    let unset = update(
        &client,
        &json!({ "client_id": "wiki", "client_name": null }),
    )
    .unwrap();
    assert_eq!(unset.client_name, "wiki", "what is left out is unset");
}

/// P43: nor is what was demanded of it relaxed by its leaving that out, or by its saying otherwise.
#[test]
fn a_change_relaxes_nothing_that_an_operator_demands() {
    let key: Value = serde_json::from_str(KEY).unwrap();
    let demands: [fn(&mut Client); 4] = [
        |it| it.pushed_requests = PushPolicy::Required,
        |it| it.dpop = DpopPolicy::Required,
        |it| it.mutual_tls.binding = CertificateBinding::Required,
        |it| it.request_objects.policy = RequestObjectPolicy::Required,
    ];
    let silent = json!({ "client_id": "wiki", "jwks": { "keys": [key] } });
    let mut loose = silent.clone();
    for name in [
        "require_pushed_authorization_requests",
        "dpop_bound_access_tokens",
        "tls_client_certificate_bound_access_tokens",
        "require_signed_request_object",
    ] {
        loose[name] = false.into();
    }
    let (client, _) = registered();
    let client = update(&client, &silent).unwrap();
    for demand in demands {
        let mut strict = client.clone();
        demand(&mut strict);
        for changes in [&silent, &loose] {
            assert_eq!(update(&strict, changes).unwrap(), strict);
        }
    }
}

/// P43: a token is bound to one key, and the client says of which kind that is.
#[test]
fn a_change_of_the_key_that_tokens_are_bound_to_leaves_them_bound() {
    let (mut client, _) = registered();
    client.dpop = DpopPolicy::Required;
    let by_certificate = json!({
        "client_id": "wiki",
        "tls_client_certificate_bound_access_tokens": true,
    });
    let updated = update(&client, &by_certificate).unwrap();
    assert_eq!(updated.dpop, DpopPolicy::Optional);
    assert_eq!(updated.mutual_tls.binding, CertificateBinding::Required);
    let silent = update(&updated, &json!({ "client_id": "wiki" })).unwrap();
    assert_eq!(silent.mutual_tls.binding, CertificateBinding::Required);
}

/// P17, P43: nor is what the client cannot ask for, unless it becomes another one.
#[test]
fn a_change_leaves_alone_what_an_operator_trusts_the_client_with() {
    let (mut client, _) = registered();
    client.grant_types.insert(GrantType::TokenExchange);
    client.token_exchange = Some(ExchangePolicy {
        resources: ["urn:example:files".parse().unwrap()].into(),
        mode: ExchangeMode::Delegation,
    });
    let same =
        json!({ "client_id": "wiki", "client_name": "New", "grant_types": ["authorization_code"] });
    let same = update(&client, &same).unwrap();
    assert_eq!(same.token_exchange, client.token_exchange);
    let kept = [GrantType::AuthorizationCode, GrantType::TokenExchange];
    assert_eq!(same.grant_types, kept.into());
    let moved = json!({ "client_id": "wiki", "redirect_uris": ["https://other.example/"] });
    let moved = update(&client, &moved).unwrap();
    assert_eq!(moved.token_exchange, None);
    assert_eq!(moved.grant_types, [GrantType::AuthorizationCode].into());
}

/// P17, P43: an operator answers for what they have seen, allows what they have said, and no more.
#[test]
fn a_change_loses_the_trust_and_keeps_the_bounds_that_an_operator_set() {
    let (mut client, _) = registered();
    client.consent = ConsentPolicy::Trusted;
    client.dynamic.as_mut().unwrap().allowed_scope = Some("openid".parse().unwrap());
    let elsewhere = json!({ "client_id": "wiki", "redirect_uris": ["https://evil.example/"] });
    let moved = update(&client, &elsewhere).unwrap();
    assert_eq!(moved.consent, ConsentPolicy::Ask);
    let keyless = json!({ "client_id": "wiki", "token_endpoint_auth_method": "none" });
    assert_eq!(
        update(&client, &keyless).unwrap().consent,
        ConsentPolicy::Ask
    );
    let wider = json!({ "client_id": "wiki", "scope": "openid email" });
    let wider = update(&client, &wider).unwrap();
    assert_eq!(wider.scope.to_string(), "openid");
    assert_eq!(wider.consent, ConsentPolicy::Trusted);
    let narrower = RegistrationPolicy {
        scope: "openid".parse().unwrap(),
        ..policy()
    };
    let (client, _) = registered();
    let again = request(&json!({ "client_id": "wiki" })).update(&narrower, &client);
    assert_eq!(
        again.unwrap().scope.to_string(),
        "openid",
        "the policy of the day"
    );
    let fapi2 = Client {
        profile: crate::client::ClientProfile::Fapi2,
        ..client
    };
    let refused = update(&fapi2, &json!({ "client_id": "wiki" })).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidClientMetadata);
}

/// What is wrong is not quoted, whatever it is.
#[test]
fn no_refusal_quotes_a_key() {
    let jwks = json!({ "jwks": r#"{"keys":[{"kty":"EC","d":"private"}]}"# });
    let refused = register(&jwks).unwrap_err().to_string();
    assert!(
        refused.starts_with("jwks") && !refused.contains("private"),
        "{refused}"
    );
    let long = json!({ "default_max_age": "x".repeat(60_000) });
    assert!(register(&long).unwrap_err().to_string().len() < 200);
}

/// P43: the policy is applied at every change.
#[test]
fn a_change_is_judged_like_a_registration() {
    let (client, secret) = registered();
    let with = |changes: &Value| {
        let mut all = json!({ "client_id": "wiki" });
        all.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        update(&client, &all)
    };
    assert_eq!(
        with(&json!({ "scope": "openid groups" }))
            .unwrap()
            .scope
            .to_string(),
        "openid"
    );
    assert!(with(&json!({ "redirect_uris": ["http://wiki.example"] })).is_err());
    assert_eq!(
        with(&json!({ "client_secret": secret.reveal() })),
        Ok(client.clone())
    );
    let public = with(&json!({ "token_endpoint_auth_method": "none" })).unwrap();
    assert!(public.secrets.is_empty());
}

/// [RFC 7592 section 2.2](https://www.rfc-editor.org/rfc/rfc7592#section-2.2).
#[test]
fn a_change_says_whose_it_is_and_nothing_that_is_ours() {
    use RegistrationRefused as R;
    let (client, _) = registered();
    for (changes, why) in [
        (json!({}), R::OtherClient),
        (json!({ "client_id": "payroll" }), R::OtherClient),
        (
            json!({ "client_id": "wiki", "client_secret": "guess" }),
            R::OtherSecret,
        ),
        (
            json!({ "client_id": "wiki", "client_id_issued_at": 1 }),
            R::NotYours("client_id_issued_at"),
        ),
        (
            json!({ "client_id": "wiki", "registration_access_token": "x" }),
            R::NotYours("registration_access_token"),
        ),
    ] {
        assert_eq!(update(&client, &changes), Err(why));
    }
}

#[test]
fn a_registration_is_managed_with_its_own_token() {
    let token = Secret::generate(SecretKind::RegistrationAccessToken, &FixedRandom::default());
    let mut client = register(&json!({})).unwrap();
    let manages = |client: &Client, token: &str| {
        let token = PresentedRegistrationToken::parse(token);
        token.is_some_and(|token| token.manages(client))
    };
    assert!(!manages(&client, token.reveal()));
    client.dynamic.as_mut().unwrap().registration_access_token = Some(token.hash());
    assert!(manages(&client, token.reveal()));
    assert!(!manages(&client, "dw_ra_guess"));
    assert!(!manages(&crate::testing::client(), token.reveal()));
    let credentials = Credentials {
        client_secret: None,
        registration_access_token: Some(token.clone()),
    };
    let told = ClientInformation::of(&client, &credentials, URI).reveal();
    assert_eq!(told["registration_access_token"], token.reveal());
    assert_eq!(told.get("client_secret_expires_at"), None);
    assert!(
        !told.to_string().contains("secrets"),
        "hashes are nobody's business"
    );
}

/// P45. [OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)
#[test]
fn pairwise_subjects_are_registered_where_one_host_stands_for_the_client() {
    let client = register(&json!({ "subject_type": "pairwise" })).unwrap();
    assert!(client.sector.is_some());
    assert_eq!(information(&client)["subject_type"], "pairwise");
    let hosts = ["https://wiki.example/cb", "https://www.wiki.example/cb"];
    let two = json!({ "subject_type": "pairwise", "redirect_uris": hosts });
    let refused = register(&two).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidClientMetadata);
    assert!(refused.to_string().starts_with("subject_type"), "{refused}");
}

/// P45. [OpenID Connect Dynamic Client Registration section 5](https://openid.net/specs/openid-connect-registration-1_0.html#SectorIdentifierValidation).
#[test]
fn a_sector_is_of_whoever_publishes_the_redirect_uris() {
    let hosts = ["https://wiki.example/cb", "https://www.wiki.example/cb"];
    let metadata = json!({
        "subject_type": "pairwise",
        "redirect_uris": hosts,
        "sector_identifier_uri": "https://sector.example/wiki.json",
    });
    let with = |content_type: &str, published: &Value| {
        let uri = request(&metadata).sector_identifier_uri().unwrap().unwrap();
        let fetched = Fetched {
            status: 200,
            content_type: Some(content_type.to_owned()),
            body: published.to_string().into_bytes(),
            ..Fetched::default()
        };
        let document = SectorDocument::parse(uri, &fetched);
        let request = request(&metadata).with_sector_document(document)?;
        request.register(&policy(), "wiki".parse().unwrap(), NOW)
    };
    let client = with("application/json", &json!(hosts)).unwrap();
    let sector = Url::parse("https://sector.example/").unwrap();
    let sector = Sector::of_sector_identifier_uri(&sector).unwrap();
    assert_eq!(client.sector, Some(sector));
    let told = information(&client);
    assert_eq!(
        told["sector_identifier_uri"],
        metadata["sector_identifier_uri"]
    );
    for (content_type, published) in [
        ("application/json", json!([hosts[0]])),
        ("application/json", json!([])),
        ("application/json", json!({ "redirect_uris": hosts })),
        ("text/html", json!(hosts)),
    ] {
        let refused = with(content_type, &published).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidClientMetadata);
        assert!(refused.to_string().starts_with("sector_identifier_uri"));
    }
}

/// [RFC 8705 sections 2.1.2, 2.2.2 and 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2).
#[test]
fn a_client_registers_by_what_its_certificate_is_known() {
    let said = json!({
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_san_dns": "wiki.example",
        "tls_client_certificate_bound_access_tokens": true,
    });
    let told = information(&register(&said).unwrap());
    for (member, value) in said.as_object().unwrap() {
        assert_eq!(told[member], *value, "{member}");
    }
    let key = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0",
    });
    let own = json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "jwks": {"keys": [key]},
    });
    let told = information(&register(&own).unwrap());
    assert_eq!(told["jwks"]["keys"][0]["x5t#S256"], key["x5t#S256"]);
}

/// P39: what would not work, or would mean two things, is not registered.
#[test]
fn what_is_said_of_certificates_must_be_one_thing_that_works() {
    use MutualTlsSupport::{Full, Off, SelfSigned};
    let method = |name: &str| json!({"token_endpoint_auth_method": name});
    let with = |mut said: Value, more: Value| {
        said.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        said
    };
    let named = json!({"tls_client_auth_san_dns": "wiki.example"});
    let twice = with(
        named.clone(),
        json!({"tls_client_auth_san_ip": "192.0.2.7"}),
    );
    let wild = json!({"tls_client_auth_san_dns": "*.example"});
    let published = json!({"jwks_uri": "https://wiki.example/jwks"});
    let keys = json!({"jwks": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}});
    let bound = json!({"tls_client_certificate_bound_access_tokens": true});
    let (tls, own) = ("tls_client_auth", "self_signed_tls_client_auth");
    for (support, said, works) in [
        (Full, with(method(tls), named.clone()), true),
        (Full, method(tls), false),
        (Full, with(method(tls), twice), false),
        (Full, with(method(tls), wild), false),
        (SelfSigned, with(method(tls), named.clone()), false),
        (Off, with(method(tls), named), false),
        (SelfSigned, with(method(own), published.clone()), true),
        (SelfSigned, method(own), false),
        (SelfSigned, with(method(own), keys), false),
        (Off, with(method(own), published), false),
        (SelfSigned, bound.clone(), true),
        (Off, bound.clone(), false),
        (
            Full,
            with(bound, json!({"dpop_bound_access_tokens": true})),
            false,
        ),
    ] {
        let policy = RegistrationPolicy {
            mutual_tls: support,
            ..policy()
        };
        let registered = request(&said).register(&policy, "wiki".parse().unwrap(), NOW);
        assert_eq!(
            registered.is_ok(),
            works,
            "{support:?} {said}: {registered:?}"
        );
    }
}

/// P43: the policy of the day, at every change and at every use.
#[test]
fn what_the_policy_allows_no_longer_ends_with_it() {
    let types = ["payment_initiation"];
    let asked = json!({ "scope": "openid email", "authorization_details_types": types });
    let client = register(&asked).unwrap();
    let today = RegistrationPolicy {
        scope: "openid profile".parse().unwrap(),
        authorization_details_types: BTreeSet::new(),
        ..policy()
    };
    let same = Arc::new(client.clone());
    assert!(Arc::ptr_eq(&policy().applied_to(Arc::clone(&same)), &same));
    let used = today.applied_to(Arc::clone(&same));
    assert_eq!(used.scope.to_string(), "openid");
    assert!(used.authorization_details_types.is_empty());
    let changes = json!({ "client_id": "wiki", "authorization_details_types": types });
    let updated = request(&changes).update(&today, &client).unwrap();
    assert!(updated.authorization_details_types.is_empty());

    // An operator may allow one of them more, and one that operators registered is as it is.
    let mut allowed = client.clone();
    let dynamic = allowed.dynamic.as_mut().unwrap();
    dynamic.allowed_scope = Some(client.scope.clone());
    dynamic.allowed_authorization_details_types = Some(client.authorization_details_types.clone());
    let updated = request(&changes).update(&today, &allowed).unwrap();
    assert_eq!(updated.authorization_details_types.len(), 1);
    let ours = Client {
        dynamic: None,
        ..client
    };
    for client in [allowed, ours] {
        let client = Arc::new(client);
        assert!(Arc::ptr_eq(&today.applied_to(Arc::clone(&client)), &client));
    }
}
