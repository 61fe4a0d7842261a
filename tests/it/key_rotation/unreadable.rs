//! A row of a signing key that somebody changed by hand.

use doorward_tests::postgres::Schema;
use doorward_tests::serving::eventually;

use super::stage::Stage;

#[tokio::test]
async fn a_key_that_cannot_be_read_is_named_and_holds_up_no_other() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let Some(stage) = Stage::start([schema.url(), schema.url()], "").await else {
        return;
    };
    let keys = stage.doorward_json("keys list").await;
    let keys = keys.as_array().expect("a list");
    let mut of_rs256 = keys.iter().filter(|key| key["algorithm"] == "RS256");
    let bad = of_rs256.next().expect("a key")["kid"].as_str();
    let bad = bad.expect("a kid");
    let damage = format!("UPDATE signing_key SET life = 'nonsense' WHERE kid = '{bad}'");
    let noticed = "UPDATE revision SET number = number + 1 WHERE name = 'keys'";
    schema.meddle(&format!("{damage}; {noticed}")).await;

    let listed = stage.doorward("keys list").await;
    assert!(
        listed.contains(&format!("WARNING: the key {bad}")),
        "{listed}"
    );
    let told = stage.doorward("keys rotate").await;
    assert!(told.contains(&format!("WARNING: the key {bad}")), "{told}");
    let keys = stage.doorward_json("keys list").await;
    let keys = keys.as_array().expect("a list");
    let made = keys.iter().filter(|key| key["state"] == "announced");
    assert_eq!(made.count(), 3, "one for each of the others: {keys:?}");
    for node in [0, 1] {
        eventually("the node goes on without it", async || {
            let jwks = stage.jwks(node, "").await;
            let jwks = jwks["keys"].as_array().expect("keys").clone();
            let is_left_out = jwks.iter().all(|key| key["kid"] != *bad);
            (is_left_out && !jwks.is_empty()).then_some(())
        })
        .await;
    }
}
