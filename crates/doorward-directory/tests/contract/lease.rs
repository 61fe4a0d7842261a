//! Leases: one node at a time does what is done for all.

use std::time::Duration;

use crate::support::{NOW, Store, at_once};

contract![
    a_lease_is_its_holders_until_it_lapses,
    one_of_many_takes_a_lease,
];

const SPAN: Duration = Duration::from_mins(12);

async fn a_lease_is_its_holders_until_it_lapses(store: Store) {
    let (directory, other) = (&store.directory, store.another().await);
    assert_eq!(directory.lease("sweep", "a", SPAN, NOW).await, Ok(true));
    assert_eq!(other.lease("sweep", "b", SPAN, NOW).await, Ok(false));
    assert_eq!(other.lease("another", "b", SPAN, NOW).await, Ok(true));

    // Who has it prolongs it.
    let later = NOW.plus(SPAN / 2);
    assert_eq!(directory.lease("sweep", "a", SPAN, later).await, Ok(true));
    let lapsed = NOW.plus(SPAN + Duration::from_millis(1));
    assert_eq!(other.lease("sweep", "b", SPAN, lapsed).await, Ok(false));

    let lapsed = later.plus(SPAN + Duration::from_millis(1));
    assert_eq!(other.lease("sweep", "b", SPAN, lapsed).await, Ok(true));
    assert_eq!(directory.lease("sweep", "a", SPAN, lapsed).await, Ok(false));
}

async fn one_of_many_takes_a_lease(store: Store) {
    let taken = at_once(|at| {
        let directory = store.directory.clone();
        async move {
            let holder = at.to_string();
            directory.lease("sweep", &holder, SPAN, NOW).await.unwrap()
        }
    });
    assert_eq!(taken.await, 1);
}
