//! Events.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::event::{Event, EventRecord, Reference};
use doorward_core::identifiers::EventId;

use crate::support::{Counter, NOW, Store};

contract![
    events_are_read_as_they_were_recorded,
    the_last_events_that_are_wanted_are_found_however_far_back,
    noted_events_are_written_down_soon_and_at_the_latest_when_the_directory_closes,
    a_flood_of_noted_events_is_counted_not_waited_for,
    the_newest_events_are_kept,
    old_events_are_forgotten,
];

pub(crate) fn refused(at: Timestamp, reference: Option<Reference>, reason: &str) -> EventRecord {
    EventRecord {
        id: EventId::generate(at, &Counter),
        at,
        reference,
        event: Event::Refused {
            endpoint: "token".to_owned(),
            error: "invalid_grant".to_owned(),
            reason: reason.to_owned(),
            client: None,
        },
    }
}

async fn events_are_read_as_they_were_recorded(store: Store) {
    let events = store.directory.events();
    let (one, two) = (Reference::generate(&Counter), Reference::generate(&Counter));
    let records = [Some(one), Some(two), None, Some(one)].map(|of| refused(NOW, of, "spent"));
    events.record(records.to_vec()).await.unwrap();

    let of_one = vec![records[0].clone(), records[3].clone()];
    assert_eq!(events.by_reference(&one).await, Ok(of_one));
    let of_another = events.by_reference(&Reference::generate(&Counter)).await;
    assert_eq!(of_another, Ok(Vec::new()));
    let recent = events.recent(2).await;
    assert_eq!(recent, Ok(vec![records[3].clone(), records[2].clone()]));
}

async fn the_last_events_that_are_wanted_are_found_however_far_back(store: Store) {
    let events = store.directory.events();
    let records: Vec<_> = (0..1200)
        .map(|number| {
            let reason = if number % 400 == 0 { "rare" } else { "usual" };
            refused(NOW, None, &format!("{reason} {number}"))
        })
        .collect();
    events.record(records).await.unwrap();
    let rare = |record: &EventRecord| match &record.event {
        Event::Refused { reason, .. } => reason.starts_with("rare"),
        _ => false,
    };
    let reasons = async |limit| {
        let found = events.matching(limit, rare).await.unwrap();
        let reason = |record: EventRecord| match record.event {
            Event::Refused { reason, .. } => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(found.unreadable, 0);
        found.events.into_iter().map(reason).collect::<Vec<_>>()
    };
    assert_eq!(reasons(2).await, ["rare 800", "rare 400"]);
    assert_eq!(reasons(9).await, ["rare 800", "rare 400", "rare 0"]);
    assert!(reasons(0).await.is_empty());
}

async fn noted_events_are_written_down_soon_and_at_the_latest_when_the_directory_closes(
    store: Store,
) {
    let events = store.directory.events();
    let noted: Vec<_> = (0..600).map(|_| refused(NOW, None, "spent")).collect();
    for record in &noted {
        events.note(record.clone());
    }
    events.flush().await;
    let written = events.recent(1000).await.unwrap();
    assert!(written.iter().rev().eq(&noted));

    let last = refused(NOW, None, "last");
    events.note(last.clone());
    store.directory.close().await.unwrap();
    events.note(refused(NOW, None, "too late"));
    assert_eq!(events.dropped(), 1);
    let other = store.another().await;
    assert_eq!(other.events().recent(1).await, Ok(vec![last]));
}

async fn a_flood_of_noted_events_is_counted_not_waited_for(store: Store) {
    const FLOOD: u64 = 100_000;
    let events = store.directory.events();
    let record = refused(NOW, None, "spent");
    for _ in 0..FLOOD {
        events.note(record.clone());
    }
    events.flush().await;
    let written = events.recent(u32::MAX).await.unwrap().len() as u64;
    assert!(events.dropped() > 0);
    assert_eq!(written + events.dropped(), FLOOD);
}

async fn the_newest_events_are_kept(store: Store) {
    let events = store.directory.events();
    let records: Vec<_> = (0..700).map(|_| refused(NOW, None, "spent")).collect();
    events.record(records.clone()).await.unwrap();
    let (keep, ever) = (10, Duration::from_hours(1));
    assert_eq!(events.prune(keep, ever, NOW).await, Ok(690));
    assert_eq!(events.prune(keep, ever, NOW).await, Ok(0));
    let kept = events.recent(1000).await.unwrap();
    assert!(kept.iter().rev().eq(&records[690..]));
}

async fn old_events_are_forgotten(store: Store) {
    let events = store.directory.events();
    let day = Duration::from_hours(24);
    let mut records = vec![refused(NOW.minus(day * 2), None, "old"); 300];
    records.push(refused(NOW, None, "new"));
    events.record(records).await.unwrap();
    assert_eq!(events.prune(1000, day, NOW).await, Ok(300));
    let kept = events.recent(1000).await.unwrap();
    assert_eq!(
        kept.iter().map(|record| record.at).collect::<Vec<_>>(),
        [NOW]
    );
}
