//! A key has leaked.

use std::time::Duration;

use doorward_tests::id_token::IdToken;
use doorward_tests::serving::eventually;
use serde_json::json;

use super::application::{Application, Habit};
use super::stage::{Stage, signer};

/// K02: everything that the bad key signed ends on all nodes, and applications that fetch what they do not know go on by themselves.
#[tokio::test]
async fn an_emergency_ends_every_token_of_the_bad_key_on_both_nodes() {
    let Some(stage) = Stage::on_postgres("").await else {
        return;
    };
    let mut application = Application::new(&stage, "reports", Habit::OnUnknownKid).await;
    application.verify(&stage, 0).await;
    let program = application.program.clone();
    let token = stage.token(0, &program).await.expect("a token");
    for node in [0, 1] {
        assert!(stage.is_active(node, &program, &token).await);
    }

    eventually("the tokens are on record", async || {
        let drawn = stage.doorward("keys rotate --emergency --algorithm ES256 --dry-run");
        drawn.await.contains("2 times").then_some(())
    })
    .await;
    let drawn = stage
        .doorward("keys rotate --emergency --algorithm ES256 --dry-run")
        .await;
    assert!(drawn.contains("Nothing was changed"), "{}", drawn);
    assert!(stage.is_active(0, &program, &token).await);
    let bad = signer(&token);
    let told = stage
        .doorward("keys rotate --emergency --algorithm ES256")
        .await;
    // By now it is written down.
    let since = tokio::time::Instant::now();
    let ended = async |node| {
        eventually("the token has ended", async || {
            (!stage.is_active(node, &program, &token).await).then_some(())
        })
        .await;
        since.elapsed()
    };
    let (one, other) = tokio::join!(ended(0), ended(1));
    println!("the nodes refuse the token after {one:?} and {other:?}");
    assert!(one.max(other) < Duration::from_secs(1), "{one:?} {other:?}");
    let issuer = stage.url(0, "");
    for said in [
        "Tell the owners of your applications",
        &*format!("The key {bad} of {issuer} must not be trusted any more."),
        &*format!("Fetch {issuer}/jwks again now, and refuse whatever names this key."),
        "2 times\nwithin the last hour",
        "is gone",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    for node in [0, 1] {
        let fresh = stage.token(node, &program).await.expect("a token");
        assert!(stage.is_active(1 - node, &program, &fresh).await);
        application.verify(&stage, node).await;
    }
    let failed = application.failed;
    assert_eq!(failed, 1, "the token of the bad key, and no other");
}

/// Whoever took one key from the database took the others with it.
#[tokio::test]
async fn an_emergency_trusts_no_key_that_was_there_before() {
    let Some(stage) = Stage::on_postgres("").await else {
        return;
    };
    stage.doorward("keys rotate --algorithm ES256").await;
    let kids = async || -> Vec<String> {
        let keys = stage.jwks(0, "").await;
        let keys = keys["keys"].as_array().expect("keys").clone();
        let of_es256 = keys.iter().filter(|key| key["alg"] == "ES256");
        let kids = of_es256.map(|key| key["kid"].as_str().expect("a kid").to_owned());
        kids.collect()
    };
    stage.advance(Duration::from_mins(1));
    let before = kids().await;
    assert_eq!(before.len(), 2, "one signs and one waits");
    stage
        .doorward("keys rotate --emergency --algorithm ES256")
        .await;
    let after = eventually("both are gone", async || {
        let after = kids().await;
        let is_new = |kid: &String| !before.contains(kid);
        after.iter().all(is_new).then_some(after)
    })
    .await;
    assert_eq!(after.len(), 1, "a new one signs");
}

/// T08: whoever verifies by itself has to fetch the key set for the next status list, and the bad key is not in it any more.
#[tokio::test]
async fn the_next_list_after_an_emergency_is_signed_by_another_key() {
    let Some(stage) = Stage::on_postgres("").await else {
        return;
    };
    let program = stage.api("reports").await;
    let replace = "resource replace https://reports.example --scope reports:use=Use --algorithm ES256 --status-list";
    stage.doorward(replace).await;
    let uri = eventually("the first node knows", async || {
        let token = stage.token(0, &program).await.expect("a token");
        let said = IdToken::verify(&token, &stage.jwks(0, "").await);
        let status = said.claims.get("status")?;
        status["status_list"]["uri"].as_str().map(str::to_owned)
    })
    .await;
    let name = uri.rsplit('/').next().expect("a name").to_owned();
    let path = format!("/status-lists/{name}");
    let kid = async |node: usize| {
        stage.advance(std::time::Duration::from_secs(1));
        let answer = stage.http.get(stage.url(node, &path)).send().await;
        let list = answer.expect("an answer").text().await.expect("a list");
        let list = IdToken::verified(&list, &stage.jwks(node, "").await)?;
        list.header["kid"].as_str().map(str::to_owned)
    };
    let before = kid(0).await.expect("a list");
    stage
        .doorward("keys rotate --emergency --algorithm ES256")
        .await;
    for node in [0, 1] {
        let after = eventually("the list has another signature", async || {
            kid(node).await.filter(|after| *after != before)
        });
        let after = after.await;
        let published = stage.jwks(node, "").await.to_string();
        assert!(published.contains(&after) && !published.contains(&before));
    }
}

/// A key that is bad by itself is followed by one that applications know already, if there is one.
#[tokio::test]
async fn a_revoked_key_is_followed_by_the_one_that_waits() {
    let Some(stage) = Stage::on_postgres("").await else {
        return;
    };
    stage.doorward("keys rotate --algorithm ES256").await;
    let keys = stage.doorward_json("keys list").await;
    let kid = |state: &str| {
        let keys = keys.as_array().expect("a list");
        let mut of_state = keys
            .iter()
            .filter(|key| key["algorithm"] == "ES256" && key["state"] == state);
        let key = of_state
            .next()
            .unwrap_or_else(|| panic!("no {state} key: {keys:?}"));
        key["kid"].as_str().expect("a kid").to_owned()
    };
    let (bad, waiting) = (kid("active"), kid("announced"));
    stage.doorward(&format!("keys revoke {bad}")).await;
    let keys = stage.doorward_json("keys list").await;
    let keys = keys.as_array().expect("a list");
    // The row of the bad key goes soon.
    let of_es256 = keys
        .iter()
        .filter(|key| key["algorithm"] == "ES256" && key["kid"] != *bad);
    let left: Vec<_> = of_es256.map(|key| (&key["kid"], &key["state"])).collect();
    assert_eq!(left, [(&json!(waiting), &json!("active"))], "none was made");
}
