//! An API with `doorward-verify` in front of its routes.

use std::time::Duration;

use axum::http::Request;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::serving::eventually;
use doorward_verify::{Refused, Verifier};

use super::stage::{Stage, resource};

async fn judged(verifier: &Verifier, token: &str) -> Result<(), Refused> {
    let request = Request::builder().header("authorization", format!("Bearer {token}"));
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    verifier.authorize(&parts, "reports:use").await.map(|_| ())
}

fn verifier(stage: &Stage) -> Verifier {
    let issuer = stage.url(0, "");
    let verifier = Verifier::builder(issuer, resource("reports")).clock(stage.clock.clone());
    verifier.build().expect("a verifier")
}

async fn token(stage: &Stage, program: &RelyingParty) -> String {
    stage.token(0, program).await.expect("a token")
}

/// K02, R08: its fetches are the evidence that an API knows the next key, and no token of either key is refused.
#[tokio::test]
async fn an_api_goes_on_when_a_key_takes_another_ones_place() {
    let Some(stage) = Stage::on_postgres("").await else {
        return;
    };
    let program = stage.api("reports").await;
    let verifier = verifier(&stage);
    let old = token(&stage, &program).await;
    assert_eq!(judged(&verifier, &old).await, Ok(()));
    eventually("it is seen to know the keys", async || {
        let keys = stage.nodes[0].directory().keys();
        let seen = keys.sightings().await.expect("they can be read");
        let ours = seen
            .iter()
            .any(|seen| seen.application == resource("reports"));
        ours.then_some(())
    })
    .await;

    // A key that nobody had a copy of takes over at once, as no operator should have it.
    stage
        .doorward("keys rotate --emergency --algorithm ES256")
        .await;
    stage.advance(Duration::from_secs(5));
    let new = eventually("a token of the new key", async || {
        let new = stage.token(0, &program).await.ok()?;
        (new.split('.').next() != old.split('.').next()).then_some(new)
    })
    .await;
    assert_eq!(
        judged(&verifier, &new).await,
        Ok(()),
        "it fetches what it does not know"
    );
    let refused = judged(&verifier, &old).await;
    assert!(
        refused.is_err(),
        "the copy that it has no longer holds the bad key"
    );
}
