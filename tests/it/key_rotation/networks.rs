//! Applications that are known by where they fetch the key set from.

use std::collections::BTreeMap;
use std::time::Duration;

use doorward_core::keys::{Sighting, Way};
use doorward_core::{Clock as _, Timestamp};
use doorward_tests::serving::eventually;

use super::stage::Stage;

const SETTINGS: &str = "\
[proxy]
trusted = [\"127.0.0.0/8\"]
";

const REPORTS: &str = "https://reports.example";

/// Fetches the key set as somebody does who is at this address.
async fn fetch(stage: &Stage, address: &str, query: &str) {
    let url = stage.url(0, &format!("/jwks{query}"));
    let request = stage.http.get(url).header("x-forwarded-for", address);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

/// What is known of who has fetched, by name.
async fn sightings(stage: &Stage) -> BTreeMap<String, Sighting> {
    let sightings = stage.nodes[1].directory().keys().sightings().await;
    let sightings = sightings.expect("they can be read").into_iter();
    sightings
        .map(|sighting| (sighting.application.clone(), sighting))
        .collect()
}

/// Fetches, and waits until that is on record; then it must be known of this application in this way. The moment is that of its newest key.
async fn is_known(
    stage: &Stage,
    (address, query): (&str, &str),
    name: &str,
    way: Way,
) -> Timestamp {
    stage.advance(Duration::from_secs(1));
    let now = stage.clock.now();
    fetch(stage, address, query).await;
    eventually("the fetch is on record", async || {
        let mut known = sightings(stage).await;
        let sighting = known.remove(name)?;
        (sighting.seen_at == now && sighting.way == way).then_some(sighting.newest)
    })
    .await
}

/// N01: an address of IPv4 counts in either form, and only a trusted proxy says whose it is.
#[tokio::test]
async fn who_fetches_without_a_name_is_known_by_a_network_of_theirs_alone() {
    let Some(stage) = Stage::on_postgres(SETTINGS).await else {
        return;
    };
    for line in [
        "client add wiki --redirect-uri https://wiki.example/cb --network 192.0.2.0/24 --network 2001:db8::/32",
        "client add shop --redirect-uri https://shop.example/cb --network 203.0.113.0/24",
        "client add till --redirect-uri https://till.example/cb --network 203.0.113.0/25",
        "resource add https://reports.example --scope reports:read=Read --network 198.51.100.7",
    ] {
        stage.doorward(line).await;
    }
    eventually("the node knows them", async || {
        let servers = stage.nodes[0].directory().resource_servers().registry();
        servers.iter().next().is_some().then_some(())
    })
    .await;
    for (address, name) in [
        ("::ffff:192.0.2.9", "wiki"),
        ("2001:db8::9", "wiki"),
        ("203.0.113.200", "shop"),
        ("198.51.100.7", REPORTS),
    ] {
        is_known(&stage, (address, ""), name, Way::Network).await;
    }
    // It is one of two, or none: who it was cannot be told.
    for address in ["203.0.113.1", "198.51.100.8"] {
        fetch(&stage, address, "").await;
        let stranger = eventually("somebody has fetched", async || {
            let known = sightings(&stage).await.into_keys();
            known
                .into_iter()
                .find(|name| name.ends_with(&format!(" at {address}")))
        });
        stranger.await;
    }
    assert!(!sightings(&stage).await.contains_key("till"));
}

/// Anybody can fetch the key set in somebody's name, and hides nothing by that.
#[tokio::test]
async fn a_name_counts_for_less_than_the_network() {
    let Some(stage) = Stage::on_postgres(SETTINGS).await else {
        return;
    };
    for line in [
        "client add wiki --redirect-uri https://wiki.example/cb --network 192.0.2.0/24",
        "resource add https://reports.example --scope reports:read=Read",
    ] {
        stage.doorward(line).await;
    }
    eventually("the node knows them", async || {
        let servers = stage.nodes[0].directory().resource_servers().registry();
        servers.iter().next().is_some().then_some(())
    })
    .await;
    let (wiki, reports) = ("?client_id=wiki", "?resource=https://reports.example");
    let before = is_known(&stage, ("192.0.2.9", wiki), "wiki", Way::Network).await;

    stage.doorward("keys rotate --algorithm ES256").await;
    stage.advance(Duration::from_mins(1));
    fetch(&stage, "198.51.100.8", wiki).await;
    let newest = is_known(&stage, ("198.51.100.8", reports), REPORTS, Way::Address).await;
    assert!(newest > before, "the next key is published");
    assert_eq!(sightings(&stage).await["wiki"].newest, before);
    let after = is_known(&stage, ("192.0.2.9", ""), "wiki", Way::Network).await;
    assert_eq!(after, newest);
}
