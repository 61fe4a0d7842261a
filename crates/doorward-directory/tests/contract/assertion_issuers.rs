//! Assertion issuers.

use doorward_core::assertion_issuer::{
    AssertionIssuer, AssertionIssuerKeys, AssertionIssuerStatus, AssertionUse, Identity,
};
use doorward_core::jose::Algorithm;
use doorward_directory::clients::Added;

use crate::documents::put;
use crate::support::{NOW, Store};

contract![
    an_assertion_issuer_is_there_as_soon_as_it_was_added,
    another_process_sees_every_change_of_an_assertion_issuer,
];

/// A cluster whose workload of one name is the client `reports`.
pub(crate) fn assertion_issuer(name: &str) -> AssertionIssuer {
    let keys = "https://cluster.example/jwks".parse().unwrap();
    AssertionIssuer {
        name: name.parse().unwrap(),
        issuer: "https://cluster.example".parse().unwrap(),
        status: AssertionIssuerStatus::Enabled,
        keys: AssertionIssuerKeys::JwksUri(keys),
        algorithms: [Algorithm::Rs256].into(),
        longest_assertion: 600,
        assertion_use: AssertionUse::Once,
        clients: ["reports".parse().unwrap()].into(),
        identity: Identity::Client(["workload".to_owned()].into()),
        resources: ["urn:reports".parse().unwrap()].into(),
        scope: None,
        ends_at: None,
        created_at: NOW,
    }
}

async fn an_assertion_issuer_is_there_as_soon_as_it_was_added(store: Store) {
    let doors = store.directory.assertion_issuers();
    let mut cluster = assertion_issuer("cluster");
    assert_eq!(doors.add(&cluster).await, Ok(Added::Added));
    assert_eq!(doors.add(&cluster).await, Ok(Added::Taken));
    let found = || doors.registry().get(&cluster.name).cloned();
    assert_eq!(found().as_deref(), Some(&cluster));

    cluster.status = AssertionIssuerStatus::Disabled;
    let updated = put(&doors, &cluster).await.unwrap();
    assert_eq!(updated.present().as_deref(), Some(&cluster));
    let registry = doors.registry();
    let found = registry.get(&cluster.name).map(AsRef::as_ref);
    assert_eq!(found, Some(&cluster));
    assert_eq!(doors.remove(&cluster.name).await, Ok(true));
    assert_eq!(doors.registry().iter().count(), 0);
    assert_eq!(doors.remove(&cluster.name).await, Ok(false));
}

async fn another_process_sees_every_change_of_an_assertion_issuer(store: Store) {
    let other = store.another().await;
    let mut cluster = assertion_issuer("cluster");
    let doors = store.directory.assertion_issuers();
    assert_eq!(doors.add(&cluster).await, Ok(Added::Added));
    assert_eq!(other.assertion_issuers().registry().iter().count(), 0);
    assert_eq!(other.refresh().await, Ok(true));
    cluster.status = AssertionIssuerStatus::Disabled;
    let updated = put(&doors, &cluster).await.unwrap();
    assert_eq!(updated.present().as_deref(), Some(&cluster));
    assert_eq!(other.refresh().await, Ok(true));
    let seen = other.assertion_issuers().registry();
    let seen = seen.get(&cluster.name).map(AsRef::as_ref);
    assert_eq!(seen, Some(&cluster));
}
