//! Signed tokens that were taken back
//! ([Token Status List](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list)).

use std::time::Duration;

use doorward_core::jose::Typ;
use serde_json::{Value, json};

use super::api::Api;
use super::issuer::Issuer;

const LIST: &str = "/status/1";

/// Sixteen states, of the draft's section 4.1: 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1.
const STATES: &str = "eNrbuRgAAhcBXQ";

/// Two bytes of which no bit is set.
const ALL_GOOD: &str = "eJxjYAAAAAIAAQ";

fn publish(issuer: &Issuer, lst: &str) {
    publish_with(issuer, lst, "sub", &json!(issuer.url(LIST)));
}

fn publish_with(issuer: &Issuer, lst: &str, name: &str, value: &Value) {
    let now = issuer.clock.seconds();
    let mut claims = json!({
        "sub": issuer.url(LIST),
        "iat": now,
        "exp": now + 120,
        "ttl": 15,
        "status_list": {"bits": 1, "lst": lst},
    });
    claims[name] = value.clone();
    let signed = issuer.sign(Typ::StatusList, &claims);
    issuer.publish(LIST, "application/statuslist+jwt", signed);
}

/// A token whose state is at `index`.
fn token(issuer: &Issuer, index: u64) -> String {
    let status = json!({"status_list": {"idx": index, "uri": issuer.url(LIST)}});
    issuer.token("status", &status)
}

async fn api(issuer: &Issuer) -> Api {
    let verifier = issuer.verifier().build();
    Api::start(&verifier.expect("a verifier")).await
}

/// T08: a signed token that was revoked is refused within the time that the list says.
#[tokio::test]
async fn a_revoked_token_is_refused_within_the_ttl_of_its_list() {
    let issuer = Issuer::start().await;
    publish(&issuer, ALL_GOOD);
    let api = api(&issuer).await;
    let (good, revoked) = (token(&issuer, 1), token(&issuer, 3));
    api.read(&good).await.assert_allowed();
    api.read(&revoked).await.assert_allowed();

    publish(&issuer, STATES);
    issuer.clock.advance(Duration::from_secs(15));
    api.read(&good).await.assert_allowed();
    api.read(&revoked)
        .await
        .assert_refused(401, "invalid_token");
}

#[tokio::test]
async fn without_its_list_a_token_is_good_until_the_list_expires_and_no_longer() {
    let issuer = Issuer::start().await;
    publish(&issuer, STATES);
    let api = api(&issuer).await;
    let (good, revoked) = (token(&issuer, 1), token(&issuer, 0));
    api.read(&good).await.assert_allowed();
    issuer.withdraw(LIST);
    issuer.clock.advance(Duration::from_secs(119));
    api.read(&good).await.assert_allowed();
    api.read(&revoked)
        .await
        .assert_refused(401, "invalid_token");
    issuer.clock.advance(Duration::from_secs(1));
    for token in [&good, &revoked] {
        assert_eq!(api.read(token).await.status, 503);
    }
    issuer.clock.advance(Duration::from_secs(5));
    publish(&issuer, STATES);
    api.read(&good).await.assert_allowed();
}

#[tokio::test]
async fn a_list_that_is_not_the_issuers_says_nothing() {
    let issuer = Issuer::start().await;
    let good = token(&issuer, 1);
    for (name, value) in [
        ("sub", json!(issuer.url("/status/2"))),
        ("exp", json!(issuer.clock.seconds())),
        ("status_list", json!({"bits": 1, "lst": "x"})),
    ] {
        publish_with(&issuer, ALL_GOOD, name, &value);
        let answer = api(&issuer).await.read(&good).await;
        assert_eq!(answer.status, 503, "{name} {answer:?}");
    }
    let stranger = Issuer::start().await;
    publish(&stranger, ALL_GOOD);
    let claims = json!({
        "sub": issuer.url(LIST),
        "iat": issuer.clock.seconds(),
        "status_list": {"bits": 1, "lst": ALL_GOOD},
    });
    let signed = stranger.sign(Typ::StatusList, &claims);
    issuer.publish(LIST, "application/statuslist+jwt", signed);
    assert_eq!(api(&issuer).await.read(&good).await.status, 503);
    let access_token = issuer.sign(Typ::AccessToken, &claims);
    issuer.publish(LIST, "application/statuslist+jwt", access_token);
    assert_eq!(api(&issuer).await.read(&good).await.status, 503);

    let elsewhere = json!({"status_list": {"idx": 1, "uri": stranger.url(LIST)}});
    let elsewhere = issuer.token("status", &elsewhere);
    let answer = api(&issuer).await.read(&elsewhere).await;
    answer.assert_refused(401, "invalid_token");
    publish(&issuer, ALL_GOOD);
    let beyond = token(&issuer, 16);
    assert_eq!(api(&issuer).await.read(&beyond).await.status, 503);
}
