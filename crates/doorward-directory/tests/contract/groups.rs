//! Groups.

use doorward_core::person::GroupName;
use doorward_directory::groups::{Added, Group, MemberAdded};

use crate::support::{Store, at_once, person};

contract![
    a_person_has_the_groups_they_joined,
    a_group_has_one_name,
    whoever_cannot_join_learns_why,
    one_of_many_attempts_to_join_succeeds,
    removing_a_group_takes_everybody_out_of_it_and_of_no_other,
    members_are_listed_page_by_page,
];

fn name(text: &str) -> GroupName {
    text.parse().unwrap()
}

async fn add(store: &Store, names: &[&str]) {
    for text in names {
        let added = store.directory.groups().add(&name(text), "for tests").await;
        assert_eq!(added, Ok(Added::Added));
    }
}

async fn groups_of(store: &Store, username: &str) -> Vec<String> {
    let people = store.directory.people();
    let found = people.by_username(&username.parse().unwrap()).await;
    let groups = found.unwrap().unwrap().groups;
    groups.iter().map(ToString::to_string).collect()
}

async fn a_person_has_the_groups_they_joined(store: Store) {
    let groups = store.directory.groups();
    let ada = store.person("ada").await;
    add(&store, &["staff", "admins"]).await;
    for group in ["staff", "admins"] {
        let joined = groups.add_member(&name(group), ada.id).await;
        assert_eq!(joined, Ok(MemberAdded::Added));
    }
    assert_eq!(groups_of(&store, "ada").await, ["admins", "staff"]);
    let list = groups.list().await.unwrap();
    let expected = ["admins", "staff"].map(|group| Group {
        name: name(group),
        description: "for tests".to_owned(),
        members: 1,
    });
    assert_eq!(list, expected);

    assert_eq!(groups.remove_member(&name("staff"), ada.id).await, Ok(true));
    assert_eq!(
        groups.remove_member(&name("staff"), ada.id).await,
        Ok(false)
    );
    assert_eq!(groups_of(&store, "ada").await, ["admins"]);
}

async fn a_group_has_one_name(store: Store) {
    add(&store, &["staff"]).await;
    let groups = store.directory.groups();
    assert_eq!(groups.add(&name("staff"), "").await, Ok(Added::NameTaken));
    assert_eq!(groups.add(&name("Staff"), "").await, Ok(Added::Added));
}

async fn whoever_cannot_join_learns_why(store: Store) {
    let groups = store.directory.groups();
    let ada = store.person("ada").await;
    add(&store, &["staff"]).await;
    let _ = groups.add_member(&name("staff"), ada.id).await.unwrap();
    for (group, person, answer) in [
        ("staff", ada.id, MemberAdded::AlreadyMember),
        ("nothing", ada.id, MemberAdded::NoSuchGroup),
        ("staff", person("nobody").id, MemberAdded::NoSuchPerson),
    ] {
        assert_eq!(groups.add_member(&name(group), person).await, Ok(answer));
    }
    assert_eq!(groups_of(&store, "ada").await, ["staff"]);
}

async fn one_of_many_attempts_to_join_succeeds(store: Store) {
    let ada = store.person("ada").await;
    add(&store, &["staff"]).await;
    let joined = at_once(|_| {
        let directory = store.directory.clone();
        async move {
            let joined = directory.groups().add_member(&name("staff"), ada.id).await;
            joined.unwrap() == MemberAdded::Added
        }
    });
    assert_eq!(joined.await, 1);
    assert_eq!(groups_of(&store, "ada").await, ["staff"]);
    let left = store
        .directory
        .groups()
        .remove_member(&name("staff"), ada.id)
        .await;
    assert_eq!(left, Ok(true));
    assert!(groups_of(&store, "ada").await.is_empty());
}

async fn removing_a_group_takes_everybody_out_of_it_and_of_no_other(store: Store) {
    let groups = store.directory.groups();
    // Names that contain each other, beside each other.
    add(&store, &["a", "a.a", "b-a"]).await;
    for username in ["ada", "bob"] {
        let person = store.person(username).await;
        for group in ["a.a", "a", "b-a"] {
            let _ = groups.add_member(&name(group), person.id).await.unwrap();
        }
    }
    assert_eq!(groups.remove(&name("a")).await, Ok(true));
    assert_eq!(groups.remove(&name("a")).await, Ok(false));
    for username in ["ada", "bob"] {
        assert_eq!(groups_of(&store, username).await, ["a.a", "b-a"]);
    }
    assert_eq!(groups.members(&name("a"), None, 9).await, Ok(Vec::new()));
    assert_eq!(groups.list().await.unwrap().len(), 2);
}

async fn members_are_listed_page_by_page(store: Store) {
    let groups = store.directory.groups();
    add(&store, &["staff"]).await;
    for username in ["carol", "ada", "bob"] {
        let person = store.person(username).await;
        let _ = groups.add_member(&name("staff"), person.id).await.unwrap();
    }
    store.person("dora").await;
    let first = groups.members(&name("staff"), None, 2).await.unwrap();
    assert_eq!(first, ["ada", "bob"].map(|name| name.parse().unwrap()));
    let rest = groups.members(&name("staff"), first.last(), 2).await;
    assert_eq!(rest, Ok(vec!["carol".parse().unwrap()]));
}
