//! What a token says of its status.

use std::collections::BTreeSet;

use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_directory::Failure;
use doorward_directory::clients::Updated;

use super::{Stage, reports};

/// [Section 6.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-6.2).
#[tokio::test]
async fn a_token_names_its_place_in_a_list_where_its_api_wants_one() {
    let stage = Stage::new().await;
    let claims = stage.says(&stage.of_alice().await).await;
    let status = claims["status"]["status_list"].as_object();
    let names: Vec<&String> = status.expect("a status").keys().collect();
    assert_eq!(names, ["idx", "uri"]);
    let lists = format!("{}/status-lists/", stage.scene.provider.issuer());
    let uri = claims["status"]["status_list"]["uri"].as_str();
    assert!(uri.is_some_and(|uri| uri.starts_with(&lists)), "{uri:?}");
}

#[tokio::test]
async fn a_token_for_an_api_that_wants_none_or_that_asks_names_no_status() {
    let stage = Stage::new().await;
    let silent = ResourceServer {
        access_token_status: AccessTokenStatus::Untold,
        ..reports()
    };
    replace(&stage, silent).await;
    let claims = stage.says(&stage.of_alice().await).await;
    assert_eq!(claims.get("status"), None);

    let opaque = ResourceServer {
        access_token_format: AccessTokenFormat::Opaque,
        ..reports()
    };
    replace(&stage, opaque).await;
    let token = stage.of_alice().await;
    let told = stage.scene.provider.token(&stage.robot);
    let told = told.introspect(&token).await.json();
    assert_eq!((&told["active"], told.get("status")), (&true.into(), None));
}

async fn replace(stage: &Stage, server: ResourceServer) {
    let servers = stage.scene.provider.directory().resource_servers();
    let update = servers.update(&server.resource, |_| Ok::<_, Failure>(server.clone()));
    let updated = update.await.expect("the directory keeps it");
    assert!(matches!(updated, Updated::Updated(_)), "{updated:?}");
}

/// [Section 13.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-13.3): no index is given twice.
#[tokio::test]
async fn every_token_has_an_index_of_its_own_in_no_order_and_most_cost_no_write() {
    let stage = Stage::new().await;
    stage.of_itself(&stage.robot).await;
    let before = stage.scene.provider.directory().round_trips();
    let mut indices = Vec::new();
    for _ in 0..31 {
        let token = stage.of_itself(&stage.robot).await;
        indices.push(stage.status(&token).await);
    }
    let asked = stage.scene.provider.directory().round_trips() - before;
    assert_eq!(asked, 0, "a run is used up before another begins");
    assert!(!indices.is_sorted());
    for _ in 0..40 {
        let token = stage.of_itself(&stage.robot).await;
        indices.push(stage.status(&token).await);
    }
    let distinct: BTreeSet<_> = indices.iter().collect();
    assert_eq!(distinct.len(), indices.len());
}

/// Two nodes take blocks of their own, and so does one that was started again.
#[tokio::test]
async fn no_index_is_given_again_after_a_restart() {
    let mut stage = Stage::new().await;
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        for _ in 0..5 {
            let token = stage.of_itself(&stage.robot).await;
            assert!(seen.insert(stage.status(&token).await));
        }
        stage.scene.provider.restart().await;
    }
}
