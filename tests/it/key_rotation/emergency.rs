//! A key has leaked.

use doorward_tests::serving::eventually;
use serde_json::json;

use super::application::{Application, Habit};
use super::stage::Stage;

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
    let told = stage
        .doorward("keys rotate --emergency --algorithm ES256")
        .await;
    for said in [
        "Tell the owners of your applications",
        "2 times within the last hour",
        "is gone",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    for node in [0, 1] {
        eventually("the token has ended", async || {
            (!stage.is_active(node, &program, &token).await).then_some(())
        })
        .await;
    }
    for node in [0, 1] {
        let fresh = stage.token(node, &program).await.expect("a token");
        assert!(stage.is_active(1 - node, &program, &fresh).await);
        application.verify(&stage, node).await;
    }
    assert_eq!(application.failed, 0);
}

/// The next key is one that applications know already, if there is one.
#[tokio::test]
async fn an_emergency_takes_the_key_that_waits() {
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
