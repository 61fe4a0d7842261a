use std::sync::Arc;

use super::*;
use crate::acr::Necessity;
use crate::authorization::address::address;
use crate::authorization_details::tests::{bank, payment, shop};
use crate::client::{ConsentPolicy, PkcePolicy};
use crate::identifiers::PersonId;
use crate::resource_server::tests::{files, reports};
use crate::scope;
use crate::testing::{Pairs, client, parameters};

/// The challenge of [RFC 7636 appendix B](https://www.rfc-editor.org/rfc/rfc7636#appendix-B).
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const ALICE: PersonId = PersonId::from_bytes([2; 16]);

const EXAMPLE: [(&str, &str); 8] = [
    ("client_id", "wiki"),
    ("redirect_uri", "https://wiki.example/callback"),
    ("response_type", "code"),
    ("scope", "openid profile"),
    ("state", "af0ifjsldkj"),
    ("nonce", "n-0S6_WzA2Mj"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// Judges the example with `changes`; the only hint that is believed is `alice`.
fn judge(client: Client, changes: Pairs<'_>) -> Result<AuthorizationRequest, AuthorizationRefused> {
    let parameters = parameters(&EXAMPLE, changes);
    let addressed = address(&parameters, Arc::new(client)).unwrap();
    validate(&Asked::Plain(&parameters), &addressed, &servers(), |hint| {
        (hint == "alice")
            .then(|| ALICE.into())
            .ok_or_else(|| "forged".to_owned())
    })
}

fn servers() -> ResourceServers {
    [reports(), files(), bank()].into_iter().collect()
}

fn with(change: impl FnOnce(&mut Client)) -> Client {
    let mut client = client();
    change(&mut client);
    client
}

#[test]
fn the_example_is_valid_and_kept_whole() {
    let request = judge(client(), &[]).unwrap();
    assert_eq!(request.client, client().client_id);
    assert_eq!(
        request.target.redirect_uri(),
        "https://wiki.example/callback"
    );
    assert_eq!(request.scope.to_string(), "openid profile");
    assert_eq!(request.nonce.as_deref(), Some("n-0S6_WzA2Mj"));
    assert!(matches!(request.proof_key, ProofKey::Challenge(_)));
    assert_eq!(request.prompts, Prompts::default());
    assert_eq!(request.max_age, None);
    assert_eq!(request.expected_subject, None);
    assert!(request.claims.is_empty());
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn each_broken_rule_has_its_reason_and_the_standards_code() {
    use AuthorizationRefused as R;
    let long = "x".repeat(9000);
    let nobody = r#"{"id_token":{"sub":{"value":"nobody"}}}"#;
    let two = r#"{"id_token":{"sub":{"values":["a","b"]}}}"#;
    let bob = format!(
        r#"{{"id_token":{{"sub":{{"value":"{}"}}}}}}"#,
        PersonId::from_bytes([3; 16])
    );
    let table: &[(Pairs<'_>, R, &str)] = &[
        (&[("dpop_jkt", "x")], R::DpopJkt, "invalid_request"),
        (
            &[("nonce", "1"), ("nonce", "1")],
            R::Repeated("nonce".to_owned()),
            "invalid_request",
        ),
        (
            &[("unheard", "1"), ("unheard", "2")],
            R::Repeated("unheard".to_owned()),
            "invalid_request",
        ),
        (
            &[("response_mode", "query"), ("response_mode", "fragment")],
            R::Repeated("response_mode".to_owned()),
            "invalid_request",
        ),
        (&[("state", &long)], R::TooLong("state"), "invalid_request"),
        (&[("nonce", &long)], R::TooLong("nonce"), "invalid_request"),
        (&[("scope", &long)], R::TooLong("scope"), "invalid_request"),
        (
            &[("login_hint", &long)],
            R::TooLong("login_hint"),
            "invalid_request",
        ),
        (
            &[("ui_locales", &long)],
            R::TooLong("ui_locales"),
            "invalid_request",
        ),
        (
            &[("acr_values", &long)],
            R::TooLong("acr_values"),
            "invalid_request",
        ),
        (
            &[("id_token_hint", &long)],
            R::TooLong("id_token_hint"),
            "invalid_request",
        ),
        (
            &[("request", "e30.e30.")],
            R::RequestObject,
            "request_not_supported",
        ),
        (
            &[("request_uri", "https://wiki.example/request")],
            R::RequestUri,
            "request_uri_not_supported",
        ),
        (
            &[("registration", "{}")],
            R::Registration,
            "registration_not_supported",
        ),
        (
            &[("response_type", "")],
            R::NoResponseType,
            "invalid_request",
        ),
        (
            &[("response_type", "token")],
            R::ResponseType("token".to_owned()),
            "unsupported_response_type",
        ),
        (
            &[("response_type", "code id_token")],
            R::ResponseType("code id_token".to_owned()),
            "unsupported_response_type",
        ),
        (
            &[("response_type", "none")],
            R::ResponseType("none".to_owned()),
            "unsupported_response_type",
        ),
        (
            &[("response_mode", "smoke")],
            R::ResponseMode("smoke".to_owned()),
            "invalid_request",
        ),
        (
            &[("scope", "openid \"x\"")],
            R::ScopeMalformed,
            "invalid_scope",
        ),
        (
            &[("scope", "")],
            R::ScopeNotRegistered {
                requested: String::new(),
                registered: Scope::standard().to_string(),
            },
            "invalid_scope",
        ),
        (
            &[("scope", "payroll")],
            R::ScopeNotRegistered {
                requested: "payroll".to_owned(),
                registered: Scope::standard().to_string(),
            },
            "invalid_scope",
        ),
        (
            &[("scope", "offline_access")],
            R::ScopeNotRegistered {
                requested: "offline_access".to_owned(),
                registered: Scope::standard().to_string(),
            },
            "invalid_scope",
        ),
        (
            &[("code_challenge", ""), ("code_challenge_method", "")],
            R::ProofKey(ProofRefused::Required),
            "invalid_request",
        ),
        (
            &[("code_challenge", "")],
            R::ProofKey(ProofRefused::MethodAlone),
            "invalid_request",
        ),
        (
            &[("code_challenge_method", "plain")],
            R::ProofKey(ProofRefused::Method),
            "invalid_request",
        ),
        (
            &[("code_challenge_method", "")],
            R::ProofKey(ProofRefused::Method),
            "invalid_request",
        ),
        (
            &[("code_challenge", "too-short")],
            R::ProofKey(ProofRefused::Challenge),
            "invalid_request",
        ),
        (
            &[("prompt", "none login")],
            R::Prompt(PromptRefused::NoneAndMore),
            "invalid_request",
        ),
        (
            &[("prompt", "create")],
            R::Prompt(PromptRefused::Unknown),
            "invalid_request",
        ),
        (
            &[("max_age", "-1")],
            R::MaxAge(MaxAgeMalformed),
            "invalid_request",
        ),
        (
            &[("claims", "[]")],
            R::Claims(ClaimsMalformed::NotAnObject),
            "invalid_request",
        ),
        (
            &[("id_token_hint", "mallory")],
            R::IdTokenHint("forged".to_owned()),
            "invalid_request",
        ),
        (&[("claims", nobody)], R::Subject, "invalid_request"),
        (&[("claims", two)], R::Subject, "invalid_request"),
        (
            &[("claims", &bob), ("id_token_hint", "alice")],
            R::Subject,
            "invalid_request",
        ),
    ];
    for (changes, reason, code) in table {
        let refused = judge(client(), changes).unwrap_err();
        assert_eq!(refused, *reason, "{changes:?}");
        assert_eq!(refused.code().as_str(), *code, "{changes:?}");
    }
}

#[test]
fn the_longest_parameters_still_fit() {
    for (name, longest) in LONGEST {
        if name == "id_token_hint" {
            continue;
        }
        let long = format!("openid {}", "x".repeat(longest - 7));
        assert!(judge(client(), &[(name, &long)]).is_ok(), "{name}");
        let longer = format!("{long}x");
        assert_eq!(
            judge(client(), &[(name, &longer)]),
            Err(AuthorizationRefused::TooLong(name))
        );
    }
}

#[test]
fn a_client_without_the_code_grant_is_told_so() {
    let client = with(|client| client.grant_types = [GrantType::RefreshToken].into());
    let refused = judge(client, &[]).unwrap_err();
    assert_eq!(refused, AuthorizationRefused::GrantType);
    assert_eq!(refused.code(), ErrorCode::UnauthorizedClient);
}

#[test]
fn what_nobody_knows_is_ignored() {
    let changes = [
        ("extra", "foobar"),
        ("display", "popup"),
        ("ui_locales", "se"),
        ("claims_locales", "se"),
        ("acr_values", "1 2"),
        ("login_hint", "buffy@example.com"),
        ("scope", "openid unheard profile"),
        ("claims", r#"{"id_token":{"unheard":null},"elsewhere":7}"#),
    ];
    let request = judge(client(), &changes).unwrap();
    assert_eq!(request.scope.to_string(), "openid profile");
    assert_eq!(request.login_hint.as_deref(), Some("buffy@example.com"));
}

/// [RFC 9126 section 6](https://www.rfc-editor.org/rfc/rfc9126#section-6).
#[test]
fn a_client_that_must_push_its_requests_is_refused_what_its_browser_brings() {
    let client = with(|client| client.pushed_requests = PushPolicy::Required);
    let refused = judge(client, &[]).unwrap_err();
    assert_eq!(refused, AuthorizationRefused::NotPushed);
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
}

/// [RFC 9700 section 2.1.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1).
#[test]
fn only_confidential_clients_may_come_without_a_challenge_and_only_if_registered_so() {
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    let optional = with(|client| client.pkce = PkcePolicy::Optional);
    let request = judge(optional.clone(), &bare).unwrap();
    assert_eq!(request.proof_key, ProofKey::Absent);
    let mut public = optional;
    public.token_endpoint_auth_method = crate::client::AuthMethod::None;
    assert_eq!(
        judge(public, &bare),
        Err(AuthorizationRefused::ProofKey(ProofRefused::Required))
    );
}

/// [OpenID Connect Core section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess).
#[test]
fn offline_access_needs_its_grounds() {
    let granted = |client: Client, changes: Pairs<'_>| {
        let request = judge(
            client,
            &[&[("scope", "openid offline_access")], changes].concat(),
        );
        request.unwrap().scope.contains(scope::OFFLINE_ACCESS)
    };
    let consent = [("prompt", "consent")];
    let trusted = with(|client| client.consent = ConsentPolicy::Trusted);
    assert!(granted(client(), &consent));
    assert!(granted(trusted.clone(), &[]));
    assert!(!granted(client(), &[]));
    assert!(!granted(client(), &[("prompt", "login")]));
    let without_openid = [("scope", "profile offline_access")];
    let request = judge(trusted, &without_openid).unwrap();
    assert_eq!(request.scope.to_string(), "profile");
    let once = with(|client| client.grant_types = [GrantType::AuthorizationCode].into());
    assert!(!granted(once, &consent));
    let unregistered =
        with(|client| client.scope = Scope::standard().without(scope::OFFLINE_ACCESS));
    assert!(!granted(unregistered, &consent));
}

#[test]
fn the_age_of_a_sign_in_is_the_requests_or_else_the_clients() {
    let client = with(|client| client.default_max_age = Some(3600));
    let age = |changes: Pairs<'_>| judge(client.clone(), changes).unwrap().max_age;
    assert_eq!(age(&[]), Some(MaxAge::seconds(3600)));
    assert_eq!(age(&[("max_age", "0")]), Some(MaxAge::seconds(0)));
}

/// [OpenID Connect Core section 3.1.2.2](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequestValidation).
#[test]
fn the_expected_person_comes_from_the_hint_or_the_claims() {
    let claims = format!(r#"{{"id_token":{{"sub":{{"value":"{ALICE}"}}}}}}"#);
    let hint = ("id_token_hint", "alice");
    for changes in [
        &[hint][..],
        &[("claims", &claims)],
        &[hint, ("claims", &claims)],
    ] {
        let request = judge(client(), changes).unwrap();
        assert_eq!(request.expected_subject, Some(ALICE.into()), "{changes:?}");
    }
    let voluntary = [("claims", r#"{"id_token":{"sub":null}}"#)];
    assert_eq!(judge(client(), &voluntary).unwrap().expected_subject, None);
}

#[test]
fn a_single_claim_needs_the_registration_and_the_consent_of_its_scope() {
    let claims = r#"{"userinfo":{"name":null,"email":null},"id_token":{"phone_number":null}}"#;
    let client = with(|client| client.scope = "openid email phone".parse().unwrap());
    let request = judge(client, &[("scope", "openid"), ("claims", claims)]).unwrap();
    let asked: Vec<_> = request.claims.userinfo.keys().collect();
    assert_eq!(asked, ["email"]);
    assert_eq!(request.scope.to_string(), "openid");
    assert_eq!(request.consent_scope().to_string(), "email openid phone");
}

/// [RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1).
#[test]
fn a_resource_limits_the_scope_to_its_own() {
    let client = with(|client| {
        let scopes = "openid reports:read reports:write files:read";
        client.scope = scopes.parse().unwrap();
    });
    let scope = |changes: Pairs<'_>| {
        let request = judge(client.clone(), changes)?;
        Ok::<_, AuthorizationRefused>((request.scope.to_string(), request.resources.len()))
    };
    let both = ("scope", "openid reports:read files:read");
    let reports = ("resource", "https://reports.example");
    let all = "files:read openid reports:read";
    assert_eq!(scope(&[both]), Ok((all.to_owned(), 0)));
    let own = "openid reports:read";
    assert_eq!(scope(&[both, reports]), Ok((own.to_owned(), 1)));
    let without_a_word = "reports:read reports:write";
    assert_eq!(
        scope(&[("scope", ""), reports]),
        Ok((without_a_word.to_owned(), 1))
    );
    let refused = scope(&[("resource", "https://nobody.example")]).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidTarget);
}

/// [RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5).
#[test]
fn a_client_that_must_sign_its_requests_is_refused_those_that_it_did_not() {
    let client = with(|client| client.request_objects.policy = RequestObjectPolicy::Required);
    let refused = judge(client.clone(), &[]).unwrap_err();
    assert_eq!(refused, AuthorizationRefused::Unsigned);
    assert_eq!(refused.code().as_str(), "invalid_request");
    let asked = Asked::Signed(parameters(&EXAMPLE, &[]));
    let addressed = address(asked.parameters(), Arc::new(client)).unwrap();
    assert!(validate(&asked, &addressed, &servers(), |_| Err(String::new())).is_ok());
}

/// [RFC 9396 section 3](https://www.rfc-editor.org/rfc/rfc9396#section-3): with a scope or alone, and whatever `resource` says.
#[test]
fn details_name_their_own_resource_server() {
    let details = serde_json::json!([payment()]).to_string();
    let details = ("authorization_details", details.as_str());
    for (changes, scope) in [
        (&[details][..], "openid profile"),
        (&[details, ("scope", "")], ""),
        (&[details, ("scope", "unheard")], ""),
    ] {
        let request = judge(shop(), changes).unwrap();
        assert_eq!(request.scope.to_string(), scope);
        assert_eq!(request.authorization_details.iter().count(), 1);
        assert_eq!(request.resources, [bank().resource].into());
    }
    let both = Client {
        scope: "openid reports:read".parse().unwrap(),
        ..shop()
    };
    let resource = ("resource", "https://reports.example");
    let request = judge(both, &[details, resource]).unwrap();
    let expected = [bank().resource, reports().resource];
    assert_eq!(request.resources, expected.into());
    let refused = judge(client(), &[details]).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidAuthorizationDetails);
}

/// [OpenID Connect Core section 5.5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics),
/// [RFC 9470 section 5](https://www.rfc-editor.org/rfc/rfc9470#section-5).
#[test]
fn levels_are_asked_for_by_the_claim_the_parameter_or_the_registration() {
    let default = with(|client| {
        client.default_acr_values = vec!["default".parse().unwrap()];
        client.scope = "openid reports:read".parse().unwrap();
    });
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["a","b"]}}}"#;
    let voluntary = r#"{"id_token":{"acr":{"value":"c"}}}"#;
    let any = r#"{"id_token":{"acr":{"essential":true}}}"#;
    let (values, api) = (("acr_values", "x y"), ("scope", "reports:read"));
    for (changes, expected, necessity) in [
        (&[][..], &["default"][..], Necessity::Voluntary),
        (&[("claims", any)], &["default"], Necessity::Voluntary),
        (&[("claims", voluntary)], &["c"], Necessity::Voluntary),
        (
            &[("claims", voluntary), values],
            &["x", "y"],
            Necessity::Voluntary,
        ),
        (
            &[("claims", essential), values],
            &["a", "b"],
            Necessity::Essential,
        ),
        (&[values, api], &["x", "y"], Necessity::Essential),
    ] {
        let request = judge(default.clone(), changes).unwrap();
        assert_eq!(request.acr.values, expected, "{changes:?}");
        assert_eq!(request.acr.necessity, necessity, "{changes:?}");
    }
}
