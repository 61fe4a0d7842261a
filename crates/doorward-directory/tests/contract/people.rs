//! People.

use doorward_core::grant::GrantLifetime;
use doorward_core::password::PasswordHash;
use doorward_core::person::{PersonStatus, Profile};
use doorward_directory::people::Added;

use crate::support::{NOW, Store, at_once, family, person};

contract![
    a_person_is_read_as_they_were_added,
    nobody_is_nobody,
    one_of_many_gets_a_name,
    another_profile_replaces_the_whole_one,
    another_password_ends_all_that_the_old_one_opened,
    a_better_hash_of_the_same_password_ends_nothing,
    disabling_ends_all_and_enabling_brings_nothing_back,
    nobody_is_changed_when_nobody_is_there,
    removing_somebody_leaves_nothing_of_them,
    people_are_listed_page_by_page,
    people_are_found_by_their_address,
];

pub(crate) fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text.to_owned())
}

async fn a_person_is_read_as_they_were_added(store: Store) {
    let people = store.directory.people();
    let mut ada = person("ada");
    ada.groups = ["staff", "admins"].map(|name| name.parse().unwrap()).into();
    let password = hash("$argon2id$1");
    assert_eq!(people.add(&ada, Some(&password)).await, Ok(Added::Added));

    assert_eq!(people.person(ada.id).await, Ok(Some(ada.clone())));
    let typed = "Ada".parse().unwrap();
    assert_eq!(people.by_username(&typed).await, Ok(Some(ada.clone())));
    let credential = people.credential(&typed).await;
    assert_eq!(credential, Ok(Some((ada.clone(), Some(password)))));
    let groups = store.directory.groups().list().await.unwrap();
    let groups: Vec<_> = groups
        .into_iter()
        .map(|group| (group.name, group.members))
        .collect();
    assert!(
        groups
            .into_iter()
            .eq(ada.groups.iter().map(|name| (name.clone(), 1)))
    );

    let bob = store.person("bob").await;
    let credential = people.credential(&bob.username).await;
    assert_eq!(credential, Ok(Some((bob, None))));
}

async fn nobody_is_nobody(store: Store) {
    let people = store.directory.people();
    let nobody = person("nobody");
    assert_eq!(people.person(nobody.id).await, Ok(None));
    assert_eq!(people.by_username(&nobody.username).await, Ok(None));
    assert_eq!(people.credential(&nobody.username).await, Ok(None));
    assert_eq!(people.list(None, 10).await, Ok(Vec::new()));
}

async fn one_of_many_gets_a_name(store: Store) {
    let added = at_once(|_| {
        let directory = store.directory.clone();
        async move {
            let added = directory.people().add(&person("ada"), None).await;
            added.unwrap() == Added::Added
        }
    });
    assert_eq!(added.await, 1);
    assert_eq!(
        store.directory.people().list(None, 10).await.unwrap().len(),
        1
    );
}

async fn another_profile_replaces_the_whole_one(store: Store) {
    let people = store.directory.people();
    let ada = store.person("ada").await;
    let profile = Profile {
        nickname: Some("Countess".to_owned()),
        ..Profile::default()
    };
    let later = NOW.plus(std::time::Duration::from_secs(1));
    assert_eq!(
        people.update_profile(ada.id, &profile, later).await,
        Ok(true)
    );

    let changed = people.person(ada.id).await.unwrap().unwrap();
    assert_eq!(changed.profile, profile);
    assert_eq!((changed.created_at, changed.updated_at), (NOW, later));
}

async fn another_password_ends_all_that_the_old_one_opened(store: Store) {
    let (ada, bob) = (store.person("ada").await, store.person("bob").await);
    let (hers, his) = (store.session(&ada).await, store.session(&bob).await);
    let online = store.grant(&hers, GrantLifetime::Session).await;
    let offline = store.grant(&hers, GrantLifetime::Offline).await;
    let other = store.grant(&his, GrantLifetime::Offline).await;

    let people = store.directory.people();
    assert_eq!(people.set_password(ada.id, &hash("2"), NOW).await, Ok(true));

    assert!(!store.is_on(&hers).await);
    assert!(!store.is_live(&online).await);
    assert!(!store.is_live(&offline).await);
    assert!(store.is_on(&his).await);
    assert!(store.is_live(&other).await);
    let credential = people.credential(&ada.username).await.unwrap().unwrap();
    assert_eq!(credential.1, Some(hash("2")));
}

async fn a_better_hash_of_the_same_password_ends_nothing(store: Store) {
    let ada = store.person("ada").await;
    let people = store.directory.people();
    assert_eq!(people.set_password(ada.id, &hash("1"), NOW).await, Ok(true));
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Session).await;

    let rehashed = people.rehash_password(ada.id, &hash("0"), &hash("2")).await;
    assert_eq!(rehashed, Ok(false), "the password was changed meanwhile");
    let rehashed = people.rehash_password(ada.id, &hash("1"), &hash("2")).await;
    assert_eq!(rehashed, Ok(true));

    assert!(store.is_on(&session).await);
    assert!(store.is_live(&grant).await);
    let credential = people.credential(&ada.username).await.unwrap().unwrap();
    assert_eq!(credential.1, Some(hash("2")));
}

async fn disabling_ends_all_and_enabling_brings_nothing_back(store: Store) {
    let people = store.directory.people();
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;

    for status in [PersonStatus::Disabled, PersonStatus::Enabled] {
        assert_eq!(people.set_status(ada.id, status, NOW).await, Ok(true));
        let found = people.person(ada.id).await.unwrap().unwrap();
        assert_eq!(found.status, status);
        assert!(!store.is_on(&session).await, "{status:?}");
        assert!(!store.is_live(&grant).await, "{status:?}");
    }
}

async fn nobody_is_changed_when_nobody_is_there(store: Store) {
    let people = store.directory.people();
    let id = person("nobody").id;
    let (profile, password) = (Profile::default(), hash("1"));
    assert_eq!(people.update_profile(id, &profile, NOW).await, Ok(false));
    assert_eq!(people.set_password(id, &password, NOW).await, Ok(false));
    assert_eq!(
        people.rehash_password(id, &password, &password).await,
        Ok(false)
    );
    let disabled = people.set_status(id, PersonStatus::Disabled, NOW).await;
    assert_eq!(disabled, Ok(false));
    assert_eq!(people.remove(id, NOW).await, Ok(false));
}

async fn removing_somebody_leaves_nothing_of_them(store: Store) {
    let directory = &store.directory;
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let tokens = family(&grant);
    let staff = "staff".parse().unwrap();
    let _ = directory.groups().add(&staff, "").await.unwrap();
    let _ = directory.groups().add_member(&staff, ada.id).await.unwrap();

    assert_eq!(directory.people().remove(ada.id, NOW).await, Ok(true));

    assert_eq!(directory.people().person(ada.id).await, Ok(None));
    assert_eq!(directory.sessions().with_person(session.id).await, Ok(None));
    assert_eq!(directory.grants().with_person(grant.id).await, Ok(None));
    assert_eq!(directory.grants().refresh_token(tokens.id).await, Ok(None));
    let members = directory.groups().members(&staff, None, 10).await;
    assert_eq!(members, Ok(Vec::new()));
    // The name is free again, for somebody else.
    assert_ne!(store.person("ada").await.id, ada.id);
}

async fn people_are_listed_page_by_page(store: Store) {
    for name in ["dora", "ada", "carol", "bob"] {
        store.person(name).await;
    }
    let people = store.directory.people();
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = people.list(after.as_ref(), 3).await.unwrap();
        let names: Vec<_> = page.into_iter().map(|person| person.username).collect();
        let Some(last) = names.last() else { break };
        after = Some(last.clone());
        pages.push(names.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec!["ada", "bob", "carol"], vec!["dora"]]);
}

async fn people_are_found_by_their_address(store: Store) {
    let people = store.directory.people();
    let mut ada = person("ada");
    // What looks like an address within another member is none.
    ada.profile.name = Some(r#"{"email":"bob@example.com"}"#.to_owned());
    ada.profile.email = Some("Ada@Example.com".to_owned());
    assert_eq!(people.add(&ada, None).await, Ok(Added::Added));
    let found = people.by_email("ada@example.COM").await;
    assert_eq!(found, Ok(vec![ada.clone()]));
    for other in ["bob@example.com", "ada@example.co", "%", ""] {
        assert_eq!(people.by_email(other).await, Ok(Vec::new()), "{other}");
    }
    let mut bob = person("bob");
    bob.profile.email = Some("ada@example.com".to_owned());
    assert_eq!(people.add(&bob, None).await, Ok(Added::Added));
    let both = people.by_email("ada@example.com").await.unwrap();
    assert_eq!(both.len(), 2);
    let profile = Profile::default();
    assert_eq!(people.update_profile(bob.id, &profile, NOW).await, Ok(true));
    let left = people.by_email("ada@example.com").await;
    assert_eq!(left, Ok(vec![ada]));
}
