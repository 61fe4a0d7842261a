//! What resource servers, assertion issuers and sites have in common: documents with names.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_core::assertion_issuer::AssertionIssuer;
use doorward_core::resource_server::ResourceServer;
use doorward_directory::clients::{Added, Updated};
use doorward_directory::documents::{Document, Documents};
use doorward_directory::{Directory, Failure};

use crate::assertion_issuers::assertion_issuer;
use crate::resource_servers::resource_server;
use crate::support::{Store, at_once};

contract![
    no_change_is_lost_when_many_change_a_resource_server_at_once,
    no_change_is_lost_when_many_change_an_assertion_issuer_at_once,
    a_document_that_stays_the_same_is_not_written,
    a_document_that_is_not_there_is_not_changed,
    a_document_is_changed_that_an_earlier_release_wrote_otherwise,
];

/// Puts `document` in place of what is there.
pub(crate) async fn put<D: Document>(
    door: &Documents<'_, D>,
    document: &D,
) -> Result<Updated<D>, Failure> {
    let put = door.update(document.name(), |_| Ok(document.clone()));
    put.await
}

/// Has many change `document` at once, on two nodes; says how many did, and what came of it.
async fn change_at_once<D: Document<Name: Clone + Send>>(
    store: &Store,
    document: D,
    door: fn(&Directory) -> Documents<'_, D>,
    change: fn(&mut D, usize),
) -> (usize, Arc<D>) {
    let name = document.name();
    let added = door(&store.directory).add(&document).await;
    assert_eq!(added, Ok(Added::Added));
    let (first, second) = (store.another().await, store.another().await);
    let changed = at_once(|at| {
        let directory = if at % 2 == 0 { &first } else { &second }.clone();
        let name = name.clone();
        async move {
            let door = door(&directory);
            let updated = door.update::<Failure>(&name, |present| {
                let mut document = present.clone();
                change(&mut document, at);
                Ok(document)
            });
            matches!(updated.await, Ok(Updated::Updated(_)))
        }
    });
    let changed = changed.await;
    assert!(changed > 0);
    let door = door(&store.directory);
    let same = door.update::<Failure>(name, |present| Ok(present.clone()));
    (changed, same.await.unwrap().present().unwrap())
}

async fn no_change_is_lost_when_many_change_a_resource_server_at_once(store: Store) {
    let reports = resource_server("urn:reports");
    let sign = |server: &mut ResourceServer, _| server.resource_name.push('!');
    let changed = change_at_once(&store, reports, Directory::resource_servers, sign);
    let (changed, reports) = changed.await;
    assert_eq!(reports.resource_name.matches('!').count(), changed);
}

async fn no_change_is_lost_when_many_change_an_assertion_issuer_at_once(store: Store) {
    let cluster = AssertionIssuer {
        clients: BTreeSet::new(),
        ..assertion_issuer("cluster")
    };
    let join = |issuer: &mut AssertionIssuer, at| {
        let client = format!("client-{at}").parse().unwrap();
        issuer.clients.insert(client);
    };
    let changed = change_at_once(&store, cluster, Directory::assertion_issuers, join);
    let (changed, cluster) = changed.await;
    assert_eq!(cluster.clients.len(), changed);
}

async fn a_document_that_stays_the_same_is_not_written(store: Store) {
    let servers = store.directory.resource_servers();
    let reports = resource_server("urn:reports");
    assert_eq!(servers.add(&reports).await, Ok(Added::Added));
    let other = store.another().await;
    let updated = put(&servers, &reports).await;
    assert_eq!(updated, Ok(Updated::Unchanged(Arc::new(reports))));
    assert_eq!(other.refresh().await, Ok(false));
}

async fn a_document_that_is_not_there_is_not_changed(store: Store) {
    let servers = store.directory.resource_servers();
    let updated = put(&servers, &resource_server("urn:reports")).await;
    assert_eq!(updated, Ok(Updated::Absent));
    let issuers = store.directory.assertion_issuers();
    let updated = put(&issuers, &assertion_issuer("cluster")).await;
    assert_eq!(updated, Ok(Updated::Absent));
}

/// What tells whether a document is the one that was read is its text, not what this release would write of it.
async fn a_document_is_changed_that_an_earlier_release_wrote_otherwise(store: Store) {
    let servers = store.directory.resource_servers();
    let mut reports = resource_server("urn:reports");
    assert_eq!(servers.add(&reports).await, Ok(Added::Added));
    store
        .meddle("UPDATE resource_server SET document = ' ' || document || ' '")
        .await;
    reports.resource_name.push('!');
    let updated = put(&servers, &reports).await;
    assert_eq!(updated, Ok(Updated::Updated(Arc::new(reports))));
}
