//! Proof Key for Code Exchange ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).

use doorward_tests::authorization::{AuthorizationRequest, code_challenge};
use doorward_tests::provider::TestProvider;

use super::assert_refused_there;

fn with_verifier(request: AuthorizationRequest, verifier: &str) -> AuthorizationRequest {
    let mut request = request.with("code_challenge", &code_challenge(verifier));
    request.code_verifier = Some(verifier.to_owned());
    request
}

/// P09: the method is S256 and no other.
#[tokio::test]
async fn a_challenge_that_breaks_a_rule_is_refused() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let method = "code_challenge_method is not S256";
    let challenge = "code_challenge is not the base64url of a SHA-256";
    let request = wiki.request();
    let padded = format!("{}=", request.get("code_challenge").unwrap_or_default());
    for (request, reason) in [
        (
            request.clone().with("code_challenge_method", "plain"),
            method,
        ),
        (
            request.clone().with("code_challenge_method", "s256"),
            method,
        ),
        (request.clone().without("code_challenge_method"), method),
        (
            request.clone().without("code_challenge"),
            "code_challenge_method without code_challenge",
        ),
        (request.clone().with("code_challenge", "short"), challenge),
        (request.clone().with("code_challenge", &padded), challenge),
        (
            request.clone().with("code_challenge", &"+".repeat(43)),
            challenge,
        ),
        (
            request.clone().with("code_challenge", &"A".repeat(44)),
            challenge,
        ),
    ] {
        let destination = provider.browser().authorize(request).await;
        assert_refused_there(&provider, destination, "invalid_request", reason).await;
    }
}

/// P09: no registration frees a public client of it.
/// [RFC 9700 section 2.1.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1).
#[tokio::test]
async fn public_clients_and_those_that_must_come_with_a_challenge() {
    let provider = TestProvider::start().await;
    let app = provider.public_client("app").await;
    let strict = provider.client("strict").pkce_required().await;
    let lax = provider.client("lax").public();
    let lax = lax
        .with(|client| client.pkce = doorward_core::client::PkcePolicy::Optional)
        .await;
    for client in [app, strict, lax] {
        let request = client.request().without_pkce();
        let destination = provider.browser().authorize(request).await;
        let reason = "code_challenge is missing, and the client must use PKCE";
        assert_refused_there(&provider, destination, "invalid_request", reason).await;
    }
}

#[tokio::test]
async fn a_confidential_client_may_come_without() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let request = wiki.request().without_pkce();
    let browser = provider.browser();
    let code = browser.authorize_as(&alice, request).await.code();
    provider.token(&wiki).exchange(&code).await.assert_ok();
}

/// P09: a challenge without its verifier is refused, and so is a verifier without a challenge.
/// [RFC 7636 section 4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6), and
/// [RFC 9700 section 4.8.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.8.2) for a verifier nobody asked for.
#[tokio::test]
async fn a_code_goes_to_whoever_has_its_verifier_and_to_nobody_else() {
    let provider = TestProvider::start().await;
    let (alice, app) = (
        provider.person("alice").await,
        provider.public_client("app").await,
    );
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let challenged = |client: &doorward_tests::relying_party::RelyingParty| {
        with_verifier(client.request(), &"v".repeat(43))
    };
    for (client, request, verifier, reason) in [
        (&app, challenged(&app), None, "code_verifier is missing"),
        (
            &app,
            challenged(&app),
            Some("w".repeat(43)),
            "code_verifier does not match the code_challenge",
        ),
        (
            &app,
            challenged(&app),
            Some(code_challenge(&"v".repeat(43))),
            "code_verifier does not match the code_challenge",
        ),
        (
            &wiki,
            wiki.request().without_pkce(),
            Some("v".repeat(43)),
            "code_verifier without a code_challenge in the authorization request",
        ),
    ] {
        let mut code = browser.authorize(request).await.code();
        code.code_verifier = verifier;
        let refused = provider.token(client).exchange(&code).await;
        let reference = refused.assert_error("invalid_grant");
        assert_eq!(provider.refusal(&reference).await.reason, reason);
    }
    for verifier in ["v".repeat(43), "-._~".repeat(32)] {
        let request = with_verifier(app.request(), &verifier);
        let code = browser.authorize(request).await.code();
        provider.token(&app).exchange(&code).await.assert_ok();
    }
}
