//! A node that loses sight of the directory.

use std::time::Duration;

use doorward_tests::postgres::Schema;
use doorward_tests::serving::eventually;
use doorward_tests::wire::Wire;

use super::stage::Stage;

/// R07: what one node decides is written down five minutes ahead, and a node that has not looked for so long signs nothing.
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
    stage.advance(Duration::from_mins(4));
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

    wire.mend();
    eventually("it signs again", async || {
        stage.token(1, &program).await.ok()
    })
    .await;
}
