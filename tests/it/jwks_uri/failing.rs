//! Servers of clients that do not answer as they should. What they say is for the operator only (F03).

use doorward_core::client::AuthMethod;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::key_server::{KeyServer, Publication};
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::by_itself;
use doorward_tests::token_client::Answer;
use serde_json::json;
use tokio::task::JoinSet;

use super::Bank;

/// F01 and F03: no redirect, a success, JSON, 64 KiB.
#[tokio::test]
async fn an_answer_that_is_no_set_of_keys_is_a_refusal_for_now_whose_reason_the_operator_learns() {
    let bank = Bank::new().await;
    let keys = bank.key.jwks().to_string();
    let mut private = bank.key.public();
    private["d"] = json!("AA");
    let elsewhere = bank.server.uri.replace("keys", "elsewhere");
    for (publication, reason) in [
        (
            Publication::Redirect(elsewhere),
            "the answer has status 302, and redirects are not followed",
        ),
        (Publication::Status(404), "the answer has status 404"),
        (
            Publication::Text("text/html", keys),
            "the answer is not of the type application/jwk-set+json",
        ),
        (
            Publication::Text("application/json", "[]".to_owned()),
            "neither a JWK Set nor a JWK",
        ),
        (
            Publication::Text("application/json", " ".repeat(64 * 1024 + 1)),
            "the answer is longer than 64 KiB, or cut off",
        ),
        (
            Publication::Keys(json!({"keys": [private]})),
            "key 1 is private or symmetric",
        ),
    ] {
        bank.server.publish(publication);
        let told = bank.unavailable(&bank.key).await;
        assert!(told.contains(reason), "{told}");
        bank.wait(10);
    }
    bank.server.publish(Publication::Keys(bank.key.jwks()));
    bank.is_known(&bank.key).await;
}

/// F01: what no operator allowed is not reached.
#[tokio::test]
async fn an_address_in_a_network_of_ones_own_is_not_asked() {
    let provider = TestProvider::builder().outbound(&[]).start().await;
    let mut bank = Bank::at(provider).await;
    let told = bank.unavailable(&bank.key).await;
    assert!(told.contains("127.0.0.1 is not reached by https"), "{told}");
    bank.server.assert_not_asked();
}

#[tokio::test]
async fn known_keys_work_for_an_hour_while_their_server_fails() {
    let mut bank = Bank::new().await;
    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    bank.server.publish(Publication::Status(500));
    bank.wait(3599);
    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    // A key of an unknown name may be a new one.
    let new = AssertionKey::generate("ES256", "two");
    let told = bank.unavailable(&new).await;
    assert!(told.contains("status 500"), "{told}");
    bank.server.assert_not_asked();
    bank.wait(10);
    bank.unavailable(&bank.key).await;
}

#[tokio::test]
async fn a_server_that_never_answers_holds_up_nobody_who_does_not_need_it() {
    let mut bank = Bank::new().await;
    let shop = bank.provider.client("shop").await;
    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    bank.server.publish(Publication::Never);
    bank.wait(300);
    let waiting = tokio::spawn(bank.shows(&bank.key));
    bank.server.asked().await;

    // Neither another client nor the same with a key that is known waits for it.
    let token = bank.provider.token(&shop);
    token.push(&shop.request()).await.assert_pushed();
    bank.is_known(&bank.key).await;

    assert!(!waiting.is_finished(), "it waits for an answer");
    bank.server.assert_not_asked();
    waiting.abort();
}

/// Whether its client has a key of an unknown name is known when its server has answered.
#[tokio::test]
async fn a_key_of_an_unknown_name_is_not_refused_while_its_server_is_being_asked() {
    let mut bank = Bank::new().await;
    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    bank.server.publish(Publication::Never);
    bank.wait(300);
    let first = tokio::spawn(bank.shows(&bank.key));
    bank.server.asked().await;

    let new = AssertionKey::generate("ES256", "two");
    let told = bank.unavailable(&new).await;

    assert!(told.contains("no answer within 5s"), "{told}");
    let answer = first.await.expect("an answer");
    answer.assert_error("invalid_grant");
}

/// F03: clients that registered themselves, however many of them have servers that never answer, wait for each other alone.
#[tokio::test]
async fn slow_servers_of_clients_that_registered_themselves_hold_up_no_client_of_an_operator() {
    let mut bank = Bank::new().await;
    let (mut asked, mut waiting) = (JoinSet::new(), JoinSet::new());
    for at in 0..20 {
        let mut server = KeyServer::start(bank.key.jwks()).await;
        server.publish(Publication::Never);
        let slow = bank.provider.client(&format!("slow-{at}")).with(|client| {
            client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            client.jwks_uri = Some(server.uri.parse().expect("an address"));
            client.dynamic = Some(by_itself());
        });
        waiting.spawn(bank.shows_as(&slow.await, &bank.key));
        asked.spawn(async move {
            server.asked().await;
            server
        });
    }
    let mut servers = Vec::new();
    for _ in 0..8 {
        servers.push(asked.join_next().await);
    }

    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    assert!(waiting.try_join_next().is_none(), "all of them wait");
    assert_eq!(waiting.len(), 20);
}

/// F03: many who wait make one request, and nobody waits for ever.
#[tokio::test]
async fn whoever_needs_a_server_that_never_answers_is_told_so_within_seconds() {
    let mut bank = Bank::new().await;
    bank.server.publish(Publication::Never);
    let mut waiting: JoinSet<Answer> = (0..5).map(|_| bank.shows(&bank.key)).collect();
    while let Some(answer) = waiting.join_next().await {
        let told = bank.reason(&answer.expect("an answer")).await;
        assert!(told.contains("no answer within 5s"), "{told}");
    }
    bank.server.asked().await;
    bank.server.assert_not_asked();
}
