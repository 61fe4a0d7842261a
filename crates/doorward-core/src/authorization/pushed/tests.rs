use super::*;
use crate::client::{AuthMethod, GrantType, PkcePolicy, PushPolicy};
use crate::testing::{FixedRandom, NOW, Pairs, client, parameters};

/// The challenge of [RFC 7636 appendix B](https://www.rfc-editor.org/rfc/rfc7636#appendix-B).
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const EXAMPLE: [(&str, &str); 7] = [
    ("client_id", "wiki"),
    ("redirect_uri", "https://wiki.example/callback"),
    ("response_type", "code"),
    ("scope", "openid profile"),
    ("state", "af0ifjsldkj"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

fn pushed_by(client: Client, changes: Pairs<'_>) -> Result<AuthorizationRequest, PushRefused> {
    let parameters = parameters(&EXAMPLE, changes);
    request_object(&parameters, &client)?;
    let servers = ResourceServers::default();
    push(
        &Asked::Plain(&parameters),
        Arc::new(client),
        &servers,
        |_| Err("forged".to_owned()),
    )
}

fn pushed(changes: Pairs<'_>) -> Result<AuthorizationRequest, PushRefused> {
    pushed_by(client(), changes)
}

fn with(change: impl FnOnce(&mut Client)) -> Client {
    let mut client = client();
    change(&mut client);
    client
}

fn uri() -> RequestUri {
    RequestUri::generate(&FixedRandom::default())
}

fn waiting() -> PushedRequest {
    let request = pushed(&[]).unwrap();
    PushedRequest::waiting(request, &client(), NOW)
}

#[test]
fn a_request_is_pushed_whether_or_not_its_client_must() {
    for policy in [PushPolicy::Required, PushPolicy::Optional] {
        let client = with(|client| client.pushed_requests = policy);
        let request = pushed_by(client, &[]).unwrap();
        assert_eq!(request.scope.to_string(), "openid profile");
        assert_eq!(request.origin, Origin::Browser, "it has no name yet");
    }
}

/// [RFC 9449 section 10.1](https://www.rfc-editor.org/rfc/rfc9449#section-10.1).
#[test]
fn the_code_is_bound_to_the_key_that_is_named_or_proven_and_they_must_be_one() {
    let (one, other) = (
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    );
    for (named, proven, bound) in [
        ("", None, Ok(None)),
        (one, None, Ok(Some(one))),
        ("", Some(one), Ok(Some(one))),
        (one, Some(one), Ok(Some(one))),
        (one, Some(other), Err(PushRefused::OtherKey)),
    ] {
        let request = pushed_by(client(), &[("dpop_jkt", named)]).unwrap();
        let proven = proven.map(|key| key.parse().unwrap());
        let decided = bind(request, proven.as_ref());
        let key = decided.map(|request| request.dpop_jkt);
        let bound = bound.map(|key| key.map(|key| key.parse().unwrap()));
        assert_eq!(key, bound, "{named} {proven:?}");
    }
    assert_eq!(PushRefused::OtherKey.code().as_str(), "invalid_dpop_proof");
}

/// [RFC 9126 section 2.3](https://www.rfc-editor.org/rfc/rfc9126#section-2.3).
#[test]
fn each_broken_rule_has_its_reason_and_the_standards_code() {
    use AuthorizationRefused as R;
    let registered = vec!["https://wiki.example/callback".to_owned()];
    let foreign = "https://evil.example/callback";
    let own = uri().reveal();
    let table: [(Pairs<'_>, PushRefused, &str); 11] = [
        (
            &[("request_uri", &own)],
            PushRefused::RequestUri,
            "invalid_request",
        ),
        (
            &[("request_uri", "https://wiki.example/request")],
            PushRefused::RequestUri,
            "invalid_request",
        ),
        (
            &[("client_id", "payroll")],
            PushRefused::AnotherClient,
            "invalid_request",
        ),
        (
            &[("client_id", "")],
            Unaddressed::NoClient.into(),
            "invalid_request",
        ),
        (
            &[("redirect_uri", "")],
            Unaddressed::NoRedirectUri { registered }.into(),
            "invalid_request",
        ),
        (
            &[("redirect_uri", foreign)],
            Unaddressed::UnregisteredRedirectUri {
                requested: foreign.to_owned(),
                nearest: Some("https://wiki.example/callback".to_owned()),
            }
            .into(),
            "invalid_request",
        ),
        (
            &[("state", "1"), ("state", "1")],
            R::Repeated("state".to_owned()).into(),
            "invalid_request",
        ),
        (
            &[("request", "e30.e30.")],
            R::RequestObject.into(),
            "request_not_supported",
        ),
        (
            &[("response_type", "code id_token")],
            R::ResponseType("code id_token".to_owned()).into(),
            "unsupported_response_type",
        ),
        (
            &[("scope", "openid \"x\"")],
            R::ScopeMalformed.into(),
            "invalid_scope",
        ),
        (
            &[("id_token_hint", "mallory")],
            R::IdTokenHint("forged".to_owned()).into(),
            "invalid_request",
        ),
    ];
    for (changes, reason, code) in table {
        let refused = pushed(changes).unwrap_err();
        assert_eq!(refused, reason, "{changes:?}");
        assert_eq!(refused.code().as_str(), code, "{changes:?}");
    }
}

/// [RFC 9126 section 7.1](https://www.rfc-editor.org/rfc/rfc9126#section-7.1).
#[test]
fn a_request_uri_reads_back_and_nothing_else_does() {
    let named = |text: &str| RequestUri::named(&parameters(&[], &[("request_uri", text)]));
    let own = uri().reveal();
    assert!(own.starts_with("urn:ietf:params:oauth:request_uri:dw_par_"));
    assert_eq!(named(&own), Some(Ok(uri())));
    let client_secret = Secret::from_bytes(SecretKind::ClientSecret, &[7; 32]);
    let another_kind = format!("{PREFIX}{}", client_secret.reveal());
    for malformed in [PREFIX, &own[..own.len() - 1], &another_kind] {
        assert_eq!(named(malformed), Some(Err(PushedRefused::Malformed)));
    }
    for foreign in ["", "https://wiki.example/request", "urn:example:1"] {
        assert_eq!(named(foreign), None, "{foreign}");
    }
}

#[test]
fn neither_a_request_uri_nor_its_name_can_be_printed() {
    let printed = format!("{:?} {:?}", uri(), uri().name());
    assert_eq!(printed, "RequestUri(Secret(..)) PushedRequestName(..)");
}

/// [RFC 9126 section 4](https://www.rfc-editor.org/rfc/rfc9126#section-4).
#[test]
fn a_pushed_request_is_opened_as_it_was_pushed_until_its_time_is_over() {
    let last = NOW.plus(LIFETIME).minus(Duration::from_millis(1));
    for now in [NOW, last] {
        let opened = open(Some(waiting()), &uri(), &client(), now).unwrap();
        assert_eq!(opened.origin, Origin::Pushed(uri().name()));
        let as_pushed = AuthorizationRequest {
            origin: Origin::Browser,
            ..opened
        };
        assert_eq!(Ok(as_pushed), pushed(&[]));
    }
}

#[test]
fn each_reason_not_to_open_a_pushed_request() {
    let over = NOW.plus(LIFETIME);
    let payroll = with(|client| client.client_id = "payroll".parse().unwrap());
    let anew = with(|client| client.created_at = NOW.plus(Duration::from_millis(1)));
    let answered = Some(PushedRequest::Answered);
    let table = [
        (None, client(), NOW, PushedRefused::Unknown),
        (answered, client(), NOW, PushedRefused::Answered),
        (Some(waiting()), client(), over, PushedRefused::Expired),
        (
            Some(waiting()),
            anew,
            NOW,
            PushedRefused::ClientRegisteredAnew,
        ),
        // Whoever has no right to it does not learn how old it is.
        (Some(waiting()), payroll, over, PushedRefused::AnotherClient),
    ];
    for (found, client, now, reason) in table {
        assert_eq!(open(found, &uri(), &client, now), Err(reason));
    }
}

/// [RFC 9126 section 7.4](https://www.rfc-editor.org/rfc/rfc9126#section-7.4).
#[test]
fn what_the_registration_allows_no_longer_is_not_opened() {
    let changes: [fn(&mut Client); 4] = [
        |client| client.redirect_uris = client.post_logout_redirect_uris.clone(),
        |client| client.grant_types = [GrantType::RefreshToken].into(),
        |client| client.scope = "openid email".parse().unwrap(),
        |client| client.pkce = PkcePolicy::Required,
    ];
    let lax = with(|client| client.pkce = PkcePolicy::Optional);
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    let request = pushed_by(lax.clone(), &bare).unwrap();
    let waiting = PushedRequest::waiting(request, &lax, NOW);
    assert!(open(Some(waiting.clone()), &uri(), &lax, NOW).is_ok());
    for (row, change) in changes.into_iter().enumerate() {
        let mut later = lax.clone();
        change(&mut later);
        let opened = open(Some(waiting.clone()), &uri(), &later, NOW);
        let refused = Err(PushedRefused::RegistrationChanged);
        assert_eq!(opened, refused, "row {row}");
    }
}

#[test]
fn a_pushed_request_is_answered_once() {
    assert_eq!(answer(Some(&waiting())), Ok(()));
    let answered = Some(&PushedRequest::Answered);
    assert_eq!(answer(answered), Err(PushedRefused::Answered));
    assert_eq!(answer(None), Err(PushedRefused::Unknown));
}

#[test]
fn a_public_client_pushes_with_a_challenge() {
    let public = || with(|client| client.token_endpoint_auth_method = AuthMethod::None);
    assert!(pushed_by(public(), &[]).is_ok());
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    let refused = pushed_by(public(), &bare).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
}
