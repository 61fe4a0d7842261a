//! How lists are served.

use std::time::Duration;

use doorward_tests::id_token::IdToken;
use reqwest::header::{ACCEPT, IF_NONE_MATCH, ORIGIN};
use serde_json::json;

use super::Stage;
use crate::scene::http;

/// [Section 5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-5.1),
/// [section 8.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.2).
#[tokio::test]
async fn a_list_is_a_signed_token_that_says_how_long_it_is_good_for() {
    let stage = Stage::new().await;
    let (_, uri) = stage.status(&stage.of_alice().await).await;
    let list = stage.get(&uri).await;
    assert_eq!(list.status, 200, "{list:?}");
    for (header, value) in [
        ("content-type", "application/statuslist+jwt"),
        ("cache-control", "public, max-age=1"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(list.header(header), Some(value), "{header}");
    }
    let jwks = stage.scene.provider.token(&stage.wiki).get("/jwks").await;
    let list = IdToken::verify(&list.text, &jwks.json());
    assert_eq!(list.header["typ"], "statuslist+jwt");
    assert_eq!(*list.get("sub"), uri);
    assert_eq!(*list.get("ttl"), json!(15));
    let seconds = |name: &str| list.get(name).as_i64().expect("seconds");
    assert_eq!(seconds("exp") - seconds("iat"), 60);
    let aggregation = format!("{}/status-lists", stage.scene.provider.issuer());
    assert_eq!(list.get("status_list")["aggregation_uri"], aggregation);
}

/// RFC 9110 section 13.1.2: who has the list gets no second copy, until it grows old.
#[tokio::test]
async fn a_list_is_the_same_until_something_changes_or_half_its_time_is_over() {
    let stage = Stage::new().await;
    let token = stage.of_alice().await;
    let status = stage.status(&token).await;
    let first = stage.get(&status.1).await;
    let etag = first.header("etag").expect("a validator").to_owned();
    let again = async || {
        let url = stage.scene.provider.url(&path(&stage, &status.1));
        let request = http().get(url).header(IF_NONE_MATCH, &etag).send();
        request.await.expect("an answer").status().as_u16()
    };
    stage.moment();
    assert_eq!(again().await, 304);
    stage.scene.provider.clock().advance(Duration::from_secs(7));
    assert_eq!(again().await, 200, "a fresh one is good for longer");

    let second = stage.get(&status.1).await.text;
    assert_ne!(second, first.text);
    stage.scene.provider.token(&stage.wiki).revoke(&token).await;
    stage.moment();
    assert_ne!(stage.get(&status.1).await.text, second);
    assert!(stage.is_revoked(&status).await);
}

fn path(stage: &Stage, uri: &str) -> String {
    let path = uri.strip_prefix(stage.scene.provider.issuer());
    path.expect("a list of this issuer").to_owned()
}

/// [Section 8.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.1),
/// [section 8.4](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.4).
#[tokio::test]
async fn there_is_one_form_of_a_list_and_none_of_the_past() {
    let stage = Stage::new().await;
    let (_, uri) = stage.status(&stage.of_alice().await).await;
    let path = path(&stage, &uri);
    let past = format!("{path}?time=1686925000");
    for (path, accept, expected) in [
        (&path, "application/statuslist+jwt", 200),
        (&path, "application/statuslist+cwt", 406),
        (&past, "*/*", 501),
    ] {
        let request = http().get(stage.scene.provider.url(path));
        let request = request
            .header(ACCEPT, accept)
            .header(ORIGIN, "https://elsewhere.example");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), expected, "{path} as {accept}");
    }
}

/// [Section 8.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.3): of a list that nobody can get, no
/// token is taken.
#[tokio::test]
async fn a_list_that_no_living_token_names_is_not_there() {
    let stage = Stage::new().await;
    let (_, uri) = stage.status(&stage.of_alice().await).await;
    let (lists, number) = uri.rsplit_once('-').expect("a number");
    let (signed, _) = lists.rsplit_once('-').expect("an epoch");
    for other in [
        format!("{lists}-1"),
        format!("{lists}-18446744073709551615"),
        format!("{signed}-1-{number}"),
        format!(
            "{}/status-lists/HS256-0-{number}",
            stage.scene.provider.issuer()
        ),
        format!("{uri}0"),
        uri.clone() + "/",
    ] {
        assert_eq!(stage.get(&other).await.status, 404, "{other}");
    }
    let clock = stage.scene.provider.clock();
    clock.advance(Duration::from_secs(2 * 3600 + 31));
    assert_eq!(stage.get(&uri).await.status, 404, "all its tokens are over");
}

/// [Section 9.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-9.1),
/// [section 9.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-9.3).
#[tokio::test]
async fn the_metadata_leads_to_all_lists_that_there_are() {
    let stage = Stage::new().await;
    let client = stage.scene.provider.token(&stage.wiki);
    let metadata = client.get("/.well-known/oauth-authorization-server").await;
    let metadata = metadata.json();
    let aggregation = metadata["status_list_aggregation_endpoint"].as_str();
    let aggregation = aggregation.expect("an address").to_owned();
    let none = stage.get(&aggregation).await;
    assert_eq!(none.json(), json!({ "status_lists": [] }));

    let (_, uri) = stage.status(&stage.of_alice().await).await;
    let named = stage.get(&aggregation).await;
    assert_eq!(named.header("content-type"), Some("application/json"));
    let named = named.json();
    let named: Vec<&str> = named["status_lists"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|uri| uri.as_str())
        .collect();
    assert!(named.contains(&&*uri), "{named:?}");
    for uri in named {
        assert_eq!(stage.get(uri).await.status, 200, "{uri}");
    }
}

/// Nodes make lists of what the directory says, and of nothing that they know alone.
#[tokio::test]
async fn a_list_is_the_same_on_every_node() {
    let stage = Stage::new().await;
    let token = stage.of_alice().await;
    let (_, uri) = stage.status(&token).await;
    stage.scene.provider.token(&stage.wiki).revoke(&token).await;
    let node = stage.scene.provider.second_node().await;
    let mut lists = Vec::new();
    for base in [stage.scene.provider.url(""), node.base()] {
        let url = format!("{base}{}", path(&stage, &uri));
        let answer = http().get(url).send().await.expect("an answer");
        let list = answer.text().await.expect("a list");
        let claims = stage.says(&list).await;
        lists.push(claims["status_list"].clone());
    }
    assert_eq!(lists[0], lists[1]);
}
