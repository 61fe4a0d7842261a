//! What commands record, and `doorward explain`

use doorward_core::event::{Event, EventRecord, Reference};
use doorward_core::identifiers::EventId;
use doorward_core::random::Random;
use doorward_core::seal::KeyEncryptionKey;

use super::{NOW, Operator, USAGE};
use crate::ambient::SystemRandom;
use crate::encryption_key::VARIABLE;

#[tokio::test]
async fn every_change_is_recorded() {
    let operator = Operator::new();
    let lines = [
        ("user add alice --generate-password", "user add", "alice"),
        ("user set alice --name Alice", "user set", "alice"),
        (
            "user set-password alice --generate-password",
            "user set-password",
            "alice",
        ),
        ("user disable alice", "user disable", "alice"),
        ("user enable alice", "user enable", "alice"),
        ("group add staff", "group add", "staff"),
        (
            "group add-member staff alice",
            "group add-member",
            "staff alice",
        ),
        (
            "group remove-member staff alice",
            "group remove-member",
            "staff alice",
        ),
        ("group remove staff", "group remove", "staff"),
        (
            "client add wiki --redirect-uri https://wiki.example/cb",
            "client add",
            "wiki",
        ),
        ("client rotate-secret wiki", "client rotate-secret", "wiki"),
        ("client remove wiki", "client remove", "wiki"),
        ("session end --user alice", "session end", "alice"),
        ("user remove alice", "user remove", "alice"),
    ];
    for (line, _, _) in lines {
        operator.types(&format!("doorward {line}")).await.done();
    }
    let mut events = operator
        .directory()
        .await
        .events()
        .recent(100)
        .await
        .unwrap();
    events.reverse();
    let recorded: Vec<Event> = events.into_iter().map(|record| record.event).collect();
    let expected = lines.map(|(_, action, target)| Event::Administered {
        action: action.to_owned(),
        target: target.to_owned(),
    });
    assert_eq!(recorded, expected);
}

#[tokio::test]
async fn a_reference_leads_to_the_reason() {
    let operator = Operator::new();
    let random: &dyn Random = &SystemRandom;
    let reference = Reference::generate(random);
    let record = EventRecord {
        id: EventId::generate(NOW, random),
        at: NOW,
        reference: Some(reference),
        event: Event::Refused {
            endpoint: "authorization".to_owned(),
            error: "invalid_request".to_owned(),
            reason: "the nearest registered address is https://wiki.example/cb".to_owned(),
            client: Some("wiki".to_owned()),
        },
    };
    operator
        .directory()
        .await
        .events()
        .record(vec![record])
        .await
        .unwrap();

    let spoken = reference.to_string().to_lowercase().replace('-', "");
    let told = operator
        .types(&format!("doorward explain {spoken}"))
        .await
        .done();
    assert!(told.contains("2023-11-14 22:13:20 UTC"), "{told}");
    assert!(
        told.contains("the nearest registered address is https://wiki.example/cb"),
        "{told}"
    );
    let told = operator
        .types(&format!("doorward explain {reference} --json"))
        .await
        .json();
    assert_eq!(told["reference"], reference.to_string());
    assert_eq!(told["events"][0]["event"], "refused");
    assert_eq!(told["events"][0]["client"], "wiki");
    assert_eq!(told["events"][0]["at"], "2023-11-14T22:13:20Z");
    operator
        .types("doorward explain nonsense")
        .await
        .refused(USAGE);
}

/// K01: who changes the key-encryption key leaves a trace of it, and nothing of the key.
#[tokio::test]
async fn a_change_of_the_key_encryption_key_is_recorded_by_its_fingerprint() {
    let mut operator = Operator::new();
    let (old, new) = ("01".repeat(32), "02".repeat(32));
    operator
        .environment
        .insert(VARIABLE.to_owned(), old.clone());
    operator.types("doorward group add staff").await.done();
    let line = "doorward keys rewrap";
    let unchanged = operator.types(line).await.done();
    assert!(unchanged.starts_with("Nothing to do"), "{unchanged}");
    operator
        .environment
        .insert(VARIABLE.to_owned(), format!("{new} {old}"));
    let changed = operator.types(line).await.done();
    assert!(
        changed.starts_with("The root key is sealed under"),
        "{changed}"
    );

    let events = operator.directory().await.events().recent(2).await.unwrap();
    let fingerprint = KeyEncryptionKey::parse(&new).unwrap().fingerprint();
    let expected = Event::Administered {
        action: "keys rewrap".to_owned(),
        target: fingerprint.to_string(),
    };
    assert_eq!(events[0].event, expected);
    assert_ne!(events[1].event, expected);
}
