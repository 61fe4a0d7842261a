//! Sites.

use doorward_core::forward_auth::{Rule, Site};
use doorward_directory::Directory;
use doorward_directory::clients::Added;
use serde_json::json;

use crate::documents::put;
use crate::support::{NOW, Store};

contract![
    a_site_is_there_as_soon_as_it_was_added,
    another_process_sees_every_change_of_a_site,
];

/// A site that lets whoever is signed in read.
pub(crate) fn site(host: &str) -> Site {
    let rule = json!({"allow": ["signed_in"], "methods": ["GET"]});
    Site {
        host: host.parse().unwrap(),
        name: "Wiki".to_owned(),
        resource: None,
        rules: vec![serde_json::from_value(rule).unwrap()],
        created_at: NOW,
    }
}

fn rules(directory: &Directory, host: &str) -> Option<Vec<Rule>> {
    let sites = directory.sites().registry();
    sites.at(host).map(|site| site.rules.clone())
}

async fn a_site_is_there_as_soon_as_it_was_added(store: Store) {
    let sites = store.directory.sites();
    let wiki = site("wiki.example");
    assert_eq!(sites.add(&wiki).await, Ok(Added::Added));
    assert_eq!(sites.add(&wiki).await, Ok(Added::Taken));
    assert_eq!(rules(&store.directory, "wiki.example"), Some(wiki.rules));
    assert_eq!(rules(&store.directory, "files.example"), None);
}

async fn another_process_sees_every_change_of_a_site(store: Store) {
    let other = store.another().await;
    let (mut wiki, sites) = (site("wiki.example"), store.directory.sites());
    assert_eq!(sites.add(&wiki).await, Ok(Added::Added));
    assert_eq!(other.refresh().await, Ok(true));
    assert_eq!(rules(&other, "wiki.example"), Some(wiki.rules.clone()));
    wiki.rules.clear();
    assert!(put(&sites, &wiki).await.is_ok());
    assert_eq!(other.refresh().await, Ok(true));
    assert_eq!(rules(&other, "wiki.example"), Some(Vec::new()));
    assert_eq!(sites.remove(&wiki.host).await, Ok(true));
    assert_eq!(other.refresh().await, Ok(true));
    assert_eq!(rules(&other, "wiki.example"), None);
}
