//! A node that loses sight of the directory.

use std::time::Duration;

use doorward_tests::postgres::Schema;
use doorward_tests::serving::eventually;
use doorward_tests::wire::Wire;

use super::stage::{Stage, signer};

/// R07: what one node decides is written down five minutes ahead, and a node that has not looked for less than that signs nothing.
#[tokio::test]
async fn a_node_that_is_cut_off_never_signs_with_another_key_than_the_others() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let wire = Wire::to(schema.server()).await;
    let directories = [schema.url(), schema.url_at(wire.address())];
    let Some(stage) = Stage::start(directories, "").await else {
        return;
    };
    let program = stage.api("reports").await;
    wire.cut();
    stage.advance(Duration::from_mins(3));
    for node in [0, 1] {
        stage
            .token(node, &program)
            .await
            .expect("nothing can have changed unseen");
    }
    stage.advance(Duration::from_mins(1));
    stage
        .token(0, &program)
        .await
        .expect("the other sees the directory");
    let refused = stage.token(1, &program).await;
    assert_eq!(refused, Err("temporarily_unavailable".to_owned()));
    // What it knows it still publishes.
    assert_eq!(stage.jwks(1, "").await, stage.jwks(0, "").await);

    // Another key signs by now, and the blind one does not go on with the old.
    stage.doorward("keys rotate --algorithm ES256").await;
    stage.advance(Duration::from_secs(5));
    let keys = stage.doorward_json("keys list").await;
    let keys = keys.as_array().expect("a list");
    let mut waiting = keys.iter().filter(|key| key["state"] == "pending");
    let kid = waiting.next().expect("a key waits")["kid"].as_str();
    let activate = format!("keys activate {}", kid.expect("a kid"));
    stage.doorward(&activate).await;
    stage.advance(Duration::from_mins(5));
    let token = stage.token(0, &program).await.expect("a token");
    assert_eq!(Some(&*signer(&token)), kid);
    let refused = stage.token(1, &program).await;
    assert_eq!(refused, Err("temporarily_unavailable".to_owned()));

    wire.mend();
    let token = async || stage.token(1, &program).await.ok();
    let token = eventually("it signs again", token).await;
    assert_eq!(Some(&*signer(&token)), kid);
}
