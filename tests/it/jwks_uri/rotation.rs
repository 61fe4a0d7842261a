//! Keys that change.

use doorward_core::client::AuthMethod;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::key_server::Publication;

use super::Bank;

/// Stands for `oidcc-refresh-token-rp-key-rotation`: the suite waits for a minute.
#[tokio::test]
async fn a_new_key_is_known_by_its_name_within_seconds_and_the_old_one_no_more() {
    let mut bank = Bank::new().await;
    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    let new = AssertionKey::generate("ES256", "two");
    bank.server.publish(Publication::Keys(new.jwks()));
    bank.wait(10);

    bank.is_known(&new).await;

    bank.server.asked().await;
    let answer = bank.shows(&bank.key).await;
    answer.assert_error("invalid_client");
    bank.server.assert_not_asked();
}

/// A key that was taken out works for five minutes more at most.
#[tokio::test]
async fn keys_are_asked_for_again_after_five_minutes() {
    let mut bank = Bank::new().await;
    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    let new = AssertionKey::generate("ES256", "two");
    bank.server.publish(Publication::Keys(new.jwks()));
    bank.wait(299);
    bank.is_known(&bank.key).await;
    bank.server.assert_not_asked();
    bank.wait(1);
    let answer = bank.shows(&bank.key).await;
    answer.assert_error("invalid_client");
    bank.server.asked().await;
}

/// What others have at the same host keeps no key alive.
#[tokio::test]
async fn keys_are_asked_for_again_although_the_host_is_being_asked_for_others() {
    let mut bank = Bank::new().await;
    bank.is_known(&bank.key).await;
    bank.server.asked().await;
    let slow = format!("{}&slow", bank.server.uri);
    let neighbour = bank.provider.client("neighbour").with(|client| {
        client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        client.jwks_uri = Some(slow.parse().expect("an address"));
    });
    let neighbour = neighbour.await;
    bank.server.publish(Publication::Never);
    bank.wait(300);
    let waiting = tokio::spawn(bank.shows_as(&neighbour, &bank.key));
    bank.server.asked_at("/keys?tenant=1&slow").await;

    let new = AssertionKey::generate("ES256", "two");
    bank.server.publish(Publication::Keys(new.jwks()));
    bank.is_known(&new).await;

    bank.server.asked().await;
    let answer = bank.shows(&bank.key).await;
    answer.assert_error("invalid_client");
    waiting.abort();
}

/// Anybody can send an assertion that names a key, and must not make us ask for it each time.
/// K06: whoever makes names up makes nobody ask more often.
#[tokio::test]
async fn names_of_keys_that_are_not_there_make_us_ask_every_ten_seconds_at_most() {
    let mut bank = Bank::new().await;
    for _ in 0..2 {
        for at in 0..5 {
            let stranger = AssertionKey::generate("ES256", &format!("stranger {at}"));
            let answer = bank.shows(&stranger).await;
            let reference = answer.assert_error("invalid_client");
            let refusal = bank.provider.refusal(&reference).await;
            let reason = "not exactly one of its signer's keys fits the token's alg and kid";
            assert!(refusal.reason.ends_with(reason), "{refusal:?}");
        }
        bank.server.asked().await;
        bank.server.assert_not_asked();
        bank.wait(10);
    }
    bank.is_known(&bank.key).await;
}
