//! `POST /par` ([RFC 9126 section 2](https://www.rfc-editor.org/rfc/rfc9126#section-2)).

use std::time::Duration;

use doorward_tests::authorization::AuthorizationRequest;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, basic};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};

use crate::scene::http;

/// The push was refused by this code, for exactly this reason.
async fn assert_refused(provider: &TestProvider, answer: Answer, code: &str, reason: &str) {
    let reference = answer.assert_error(code);
    let refusal = provider.refusal(&reference).await;
    assert_eq!(
        (refusal.endpoint.as_str(), refusal.reason.as_str()),
        ("par", reason)
    );
}

/// What a client sends by hand: its request, and how it proves who it is.
async fn push_by_hand(
    provider: &TestProvider,
    client: &RelyingParty,
    request: &AuthorizationRequest,
    headers: HeaderMap,
) -> Answer {
    let parameters = request.parameters.iter();
    let form: Vec<(&str, &str)> = parameters
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    provider.token(client).raw_to("/par", &form, headers).await
}

/// P14: 256 random bits, which no log has.
/// [RFC 9126 section 2.2](https://www.rfc-editor.org/rfc/rfc9126#section-2.2).
#[tokio::test]
async fn whoever_proves_who_it_is_gets_a_request_uri_that_nobody_can_guess() {
    let provider = TestProvider::start().await;
    let in_header = provider.client("header").await;
    let in_form = provider.client("form").post().await;
    let public = provider.public_client("public").await;
    let mut uris = Vec::new();
    for client in [in_header, in_form, public] {
        let token = provider.token(&client);
        for _ in 0..2 {
            uris.push(token.push(&client.request()).await.assert_pushed());
        }
    }
    let secrets: Vec<&str> = uris.iter().map(String::as_str).collect();
    provider.assert_never_recorded(&secrets).await;
    uris.sort();
    uris.dedup();
    assert_eq!(uris.len(), 6);
}

/// [RFC 9126 section 2.3](https://www.rfc-editor.org/rfc/rfc9126#section-2.3). Stands for
/// `fapi2-security-profile-final-ensure-response-type-code-idtoken-fails`, `-ensure-response-type-token-fails`,
/// `-ensure-redirect-uri-in-authorization-request`, `-ensure-request-object-without-redirect-uri-fails` and
/// `-ensure-registered-redirect-uri`.
#[tokio::test]
async fn what_the_authorization_endpoint_refuses_is_refused_here_already() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").scope("openid email").await;
    let good = || wiki.request();
    for (request, code, reason) in [
        (
            good().with("redirect_uri", "https://evil.example/callback"),
            "invalid_request",
            "redirect_uri \"https://evil.example/callback\" is not registered; the nearest registered one is https://wiki.example/callback",
        ),
        (
            good().without("redirect_uri"),
            "invalid_request",
            "redirect_uri is missing or given twice; the client registered https://wiki.example/callback",
        ),
        (
            good().and("state", "another"),
            "invalid_request",
            "the parameter \"state\" is given twice",
        ),
        (
            good().and("unheard", "1").and("unheard", "2"),
            "invalid_request",
            "the parameter \"unheard\" is given twice",
        ),
        (
            good().without("response_type"),
            "invalid_request",
            "response_type is missing",
        ),
        (
            good().with("response_type", "token"),
            "unsupported_response_type",
            "response_type \"token\" is not code",
        ),
        (
            good().with("response_type", "code id_token"),
            "unsupported_response_type",
            "response_type \"code id_token\" is not code",
        ),
        (
            good().with("response_mode", "smoke"),
            "invalid_request",
            "response_mode \"smoke\" is not query, fragment or form_post, nor one of these with .jwt, nor jwt",
        ),
        (
            good().with("request", "e30.e30."),
            "request_not_supported",
            "there is a request object, and the client is registered without keys",
        ),
        (
            good().with("scope", "profile"),
            "invalid_scope",
            "nothing of the scope \"profile\" is among what the client is registered for: \"email openid\"",
        ),
        (
            good().with("prompt", "none login"),
            "invalid_request",
            "prompt has none beside another value",
        ),
        (
            good().with("id_token_hint", "x"),
            "invalid_request",
            "id_token_hint: ",
        ),
    ] {
        let answer = provider.token(&wiki).push(&request).await;
        let reference = answer.assert_error(code);
        let refusal = provider.refusal(&reference).await;
        assert_eq!(refusal.endpoint, "par");
        assert!(refusal.reason.starts_with(reason), "{refusal:?}");
        assert_eq!(refusal.client.as_deref(), Some("wiki"));
    }
}

/// Stands for `fapi2-security-profile-final-par-ensure-pkce-required` and `-par-plain-pkce-rejected`.
#[tokio::test]
async fn a_challenge_is_demanded_here_already_and_plain_is_refused() {
    let provider = TestProvider::start().await;
    let strict = provider.client("strict").pkce_required().await;
    let app = provider.public_client("app").await;
    for client in [&strict, &app] {
        for (request, reason) in [
            (
                client.request().without_pkce(),
                "code_challenge is missing, and the client must use PKCE",
            ),
            (
                client.request().with("code_challenge_method", "plain"),
                "code_challenge_method is not S256",
            ),
            (
                client.request().without("code_challenge_method"),
                "code_challenge_method is not S256",
            ),
        ] {
            let answer = provider.token(client).push(&request).await;
            assert_refused(&provider, answer, "invalid_request", reason).await;
        }
    }
}

/// P14: one request cannot stand for another.
/// [RFC 9126 section 2.1](https://www.rfc-editor.org/rfc/rfc9126#section-2.1). Stands for
/// `fapi2-security-profile-final-par-authorization-request-containing-request_uri-form-param`.
#[tokio::test]
async fn a_push_has_no_request_uri() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let token = provider.token(&wiki);
    let own = token.push(&wiki.request()).await.assert_pushed();
    for uri in [own.as_str(), "https://wiki.example/request", "x"] {
        let answer = token.push(&wiki.request().with("request_uri", uri)).await;
        let reason = "a pushed request has no request_uri";
        assert_refused(&provider, answer, "invalid_request", reason).await;
    }
}

/// Stands for `fapi2-security-profile-final-par-attempt-invalid-http-method`.
#[tokio::test]
async fn nothing_but_a_form_by_post_is_read() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").post().await;
    let secret = wiki.secret.as_deref().expect("a confidential client");
    let request = wiki.request().with("client_secret", secret);
    let address = provider.url("/par");
    for method in [Method::PUT, Method::GET, Method::PATCH, Method::DELETE] {
        let sending = http().request(method.clone(), &address);
        let sending = sending.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = Answer::of(sending.body(request.encoded())).await;
        assert_eq!(answer.status, 405, "{answer:?}");
        assert_eq!(answer.header("allow"), Some("POST"), "{answer:?}");
        assert_eq!(answer.json()["error"], "invalid_request");
    }
    let as_json = http().post(&address).body(request.encoded());
    let as_json = Answer::of(as_json.header(CONTENT_TYPE, "application/json")).await;
    let reason = "the body is not application/x-www-form-urlencoded";
    assert_refused(&provider, as_json, "invalid_request", reason).await;
    let in_query = http().post(format!("{address}?{}", request.encoded()));
    let in_query = in_query.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let reason = "there are parameters in the query, where logs would keep them";
    let in_query = Answer::of(in_query).await;
    assert_refused(&provider, in_query, "invalid_request", reason).await;
}

/// P14: the client authenticates as at the token endpoint.
/// [RFC 9126 section 2](https://www.rfc-editor.org/rfc/rfc9126#section-2): as at the token endpoint.
#[tokio::test]
async fn who_has_not_proven_who_it_is_pushes_nothing() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let named = |headers| {
        let (provider, wiki) = (&provider, &wiki);
        async move { push_by_hand(provider, wiki, &wiki.request(), headers).await }
    };
    let header = |id, secret| HeaderMap::from_iter([(AUTHORIZATION, basic(id, secret))]);
    for (answer, reason) in [
        (
            named(header("wiki", "wrong")).await,
            "the client secret is wrong",
        ),
        (
            named(HeaderMap::new()).await,
            "the client is registered for client_secret_basic and used none",
        ),
    ] {
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Basic "), "{answer:?}");
        assert_refused(&provider, answer, "invalid_client", reason).await;
    }
    let nobody = wiki.request().with("client_id", "nobody");
    let answer = push_by_hand(&provider, &wiki, &nobody, header("nobody", "x")).await;
    let reason = "no client \"nobody\" is registered";
    assert_refused(&provider, answer, "invalid_client", reason).await;
}

/// `client_id` is a parameter of every authorization request, and of a pushed one as well.
#[tokio::test]
async fn a_client_pushes_its_own_requests_and_names_itself_in_them() {
    let provider = TestProvider::start().await;
    let (wiki, shop) = (provider.client("wiki").await, provider.client("shop").await);
    let secret = wiki.secret.as_deref().expect("a confidential client");
    let headers = || HeaderMap::from_iter([(AUTHORIZATION, basic("wiki", secret))]);
    for (request, reason) in [
        (
            shop.request(),
            "the request authenticates in two ways, or names two clients",
        ),
        (
            wiki.request().without("client_id"),
            "client_id is missing or given twice",
        ),
        (
            wiki.request().and("client_id", "wiki"),
            "the request authenticates in two ways, or names two clients",
        ),
    ] {
        let answer = push_by_hand(&provider, &wiki, &request, headers()).await;
        assert_refused(&provider, answer, "invalid_request", reason).await;
    }
}

/// Whoever keeps no secret may be anybody, and must not fill the store.
#[tokio::test]
async fn what_one_address_pushes_without_a_secret_is_limited() {
    let provider =
        TestProvider::builder().settings(|settings| settings.limits.interactions_per_address = 2);
    let provider = provider.start().await;
    let app = provider.public_client("app").await;
    let wiki = provider.client("wiki").await;
    let token = provider.token(&app);
    // What is refused is not kept, and does not count.
    let refused = token.push(&app.request().without_pkce()).await;
    refused.assert_error("invalid_request");
    for _ in 0..2 {
        token.push(&app.request()).await.assert_pushed();
    }

    let answer = token.push(&app.request()).await;

    assert_eq!(answer.status, 429, "{answer:?}");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    assert_eq!(answer.json()["error"], "temporarily_unavailable");
    for _ in 0..3 {
        let confidential = provider.token(&wiki);
        confidential.push(&wiki.request()).await.assert_pushed();
    }
    provider.clock().advance(Duration::from_mins(1));
    token.push(&app.request()).await.assert_pushed();
}
