//! [RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4).

use doorward_core::client::GrantType;
use doorward_core::jose::Algorithm;
use doorward_tests::id_token::IdToken;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::{Registration, RelyingParty};
use doorward_tests::token_client::Answer;
use serde_json::{Value, json};

const REQUEST: (&str, &str) = ("grant_type", "client_credentials");

/// A program that reads and writes reports.
fn reports<'a>(provider: &'a TestProvider, id: &str) -> Registration<'a> {
    let client = provider.client(id).scope("reports:read reports:write");
    client.with(|client| {
        client.grant_types = [GrantType::ClientCredentials].into();
        client.redirect_uris.clear();
    })
}

async fn ask(provider: &TestProvider, client: &RelyingParty, more: &[(&str, &str)]) -> Answer {
    let form = [&[REQUEST], more].concat();
    provider.token(client).send(&form).await
}

/// P20: the token names the client as its own subject, by a name that no person can have.
#[tokio::test]
async fn a_client_gets_a_token_that_speaks_for_itself() {
    let provider = TestProvider::start().await;
    for algorithm in Algorithm::ALL {
        let id = algorithm.as_str().to_lowercase();
        let client = reports(&provider, &id);
        let client = client.with(|client| client.access_token_signed_response_alg = algorithm);
        let client = client.await;
        let answer = ask(&provider, &client, &[]).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let tokens = answer.assert_ok();

        let jwks = provider.token(&client).get("/jwks").await.json();
        let mut verified = IdToken::verify(&tokens.access_token, &jwks);
        assert_eq!(verified.header["typ"], "at+jwt");
        assert_eq!(verified.header["alg"], algorithm.as_str());
        assert!(verified.claims.remove("jti").is_some());
        let now = provider.clock().seconds();
        assert_eq!(
            Value::Object(verified.claims),
            json!({
                "iss": provider.issuer(),
                "aud": provider.issuer(),
                "sub": id,
                "client_id": id,
                "iat": now,
                "exp": now + 600,
                "scope": "reports:read reports:write",
            })
        );
    }
}

/// P30: no refresh token and no ID Token, whatever is asked for.
#[tokio::test]
async fn the_answer_has_nothing_but_the_access_token() {
    let provider = TestProvider::start().await;
    let client = reports(&provider, "reports").await;
    let mut all = ask(&provider, &client, &[]).await.assert_ok().all;
    let token = all.as_object_mut().expect("an object");
    assert!(token.remove("access_token").is_some());
    assert_eq!(
        all,
        json!({
            "token_type": "Bearer",
            "expires_in": 600,
            "scope": "reports:read reports:write",
        })
    );
}

/// P30: the client's list is the limit, and what is about a person is not on it.
#[tokio::test]
async fn the_scope_is_what_the_client_is_registered_for_or_less() {
    let provider = TestProvider::start().await;
    let client = reports(&provider, "reports");
    let client = client
        .scope("openid email offline_access reports:read reports:write")
        .await;
    let answer = ask(&provider, &client, &[("scope", "reports:read")]).await;
    assert_eq!(answer.assert_ok().all["scope"], "reports:read");
    for more in ["reports:delete", "reports:read openid", "offline_access"] {
        let answer = ask(&provider, &client, &[("scope", more)]).await;
        answer.assert_error("invalid_scope");
    }
    let none = reports(&provider, "none").scope("openid").await;
    let tokens = ask(&provider, &none, &[]).await.assert_ok();
    assert_eq!(tokens.all.get("scope"), None);
}

/// RFC 6749 section 4.4: confidential clients only.
#[tokio::test]
async fn who_cannot_prove_who_it_is_or_is_not_registered_for_it_gets_none() {
    let provider = TestProvider::start().await;
    let public = reports(&provider, "public").public().await;
    let answer = ask(&provider, &public, &[]).await;
    answer.assert_error("unauthorized_client");

    let wiki = provider.client("wiki");
    let wiki = wiki.with(|client| client.grant_types = [GrantType::AuthorizationCode].into());
    let answer = ask(&provider, &wiki.await, &[]).await;
    answer.assert_error("unauthorized_client");

    let client = reports(&provider, "reports").await;
    let stranger = RelyingParty {
        secret: Some("dw_cs_wrong".to_owned()),
        ..client
    };
    let answer = ask(&provider, &stranger, &[]).await;
    answer.assert_error("invalid_client");
}

/// P40: there is nobody whom the UserInfo endpoint could tell of.
#[tokio::test]
async fn it_opens_no_persons_data() {
    let provider = TestProvider::start().await;
    let client = reports(&provider, "reports").await;
    let tokens = ask(&provider, &client, &[]).await.assert_ok();
    let answer = provider.token(&client).userinfo(&tokens.access_token).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn the_record_says_who_got_a_token_and_for_what() {
    let provider = TestProvider::start().await;
    let client = reports(&provider, "reports").await;
    ask(&provider, &client, &[("scope", "reports:read")])
        .await
        .assert_ok();
    let events = provider.recent_events().await;
    let issued = events
        .iter()
        .map(|record| serde_json::to_value(&record.event).expect("events are JSON"))
        .find(|event| event["event"] == "client_token_issued");
    assert_eq!(
        issued,
        Some(json!({
            "event": "client_token_issued",
            "client": "reports",
            "scope": "reports:read",
        }))
    );
}
