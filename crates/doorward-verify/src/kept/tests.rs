//! Copies are used while they are fresh, and nothing is asked for twice in a moment.

use std::future::{Ready, ready};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use tokio::task::JoinSet;

use super::*;

const LIFE: Duration = Duration::from_mins(5);
const STALE: Duration = Duration::from_hours(1);

/// A clock that a test moves.
#[derive(Default)]
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000 + self.0.load(Ordering::SeqCst))
    }
}

impl Hand {
    fn turn(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// An issuer that counts how often it is asked.
#[derive(Default)]
struct Source {
    clock: Hand,
    asked: AtomicUsize,
}

impl Source {
    fn answers(&self) -> Ready<Result<Copy<usize>, Unreachable>> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        ready(Ok(
            Copy::fresh_for(asked, self.clock.now(), LIFE).stale_for(STALE)
        ))
    }

    fn is_silent(&self) -> Ready<Result<Copy<usize>, Unreachable>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        ready(Err(Unreachable::new("the source", "silence")))
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn value(copy: Result<Arc<Copy<usize>>, Unreachable>) -> Option<usize> {
    copy.ok().map(|copy| copy.value)
}

#[tokio::test]
async fn a_copy_is_used_until_it_is_no_longer_fresh() {
    let (source, kept) = (Source::default(), Kept::default());
    for (turned, had) in [(0, 1), (299, 1), (1, 2), (300, 3)] {
        source.clock.turn(turned);
        let copy = kept.fresh(&source.clock, || source.answers()).await;
        assert_eq!(value(copy), Some(had));
    }
}

#[tokio::test]
async fn an_older_copy_does_while_the_issuer_is_silent_and_no_longer_than_its_limit() {
    let (source, kept) = (Source::default(), Kept::default());
    let copy = kept.fresh(&source.clock, || source.answers()).await;
    assert_eq!(value(copy), Some(1));
    source.clock.turn(300 + 3599);
    let copy = kept.fresh(&source.clock, || source.is_silent()).await;
    assert_eq!(value(copy), Some(1), "it is stale, and may be used");
    source.clock.turn(1);
    let copy = kept.fresh(&source.clock, || source.is_silent()).await;
    assert_eq!(value(copy), None, "it is too old");
}

#[tokio::test]
async fn a_silent_issuer_is_asked_once_in_a_moment() {
    let (source, kept) = (Source::default(), Kept::<usize>::default());
    for _ in 0..100 {
        let copy = kept.fresh(&source.clock, || source.is_silent()).await;
        assert_eq!(value(copy), None);
    }
    assert_eq!(source.asked(), 1);
    source.clock.turn(5);
    let copy = kept.fresh(&source.clock, || source.answers()).await;
    assert_eq!(value(copy), Some(2));
}

/// K06: however many tokens name a key that nobody has, the keys are fetched once in a moment.
#[tokio::test]
async fn something_newer_is_asked_for_once_in_a_moment() {
    let (source, kept) = (Source::default(), Kept::default());
    let known = kept
        .fresh(&source.clock, || source.answers())
        .await
        .unwrap();
    for _ in 0..100 {
        let copy = kept.newer(&known, &source.clock, || source.answers()).await;
        assert_eq!(value(copy), Some(1), "it was had just now");
    }
    source.clock.turn(5);
    let newer = kept.newer(&known, &source.clock, || source.answers()).await;
    let newer = newer.unwrap();
    assert_eq!(newer.value, 2);
    let copy = kept.newer(&known, &source.clock, || source.answers()).await;
    assert_eq!(value(copy), Some(2), "somebody else had it");
    let copy = kept.newer(&newer, &source.clock, || source.answers()).await;
    assert_eq!(value(copy), Some(2), "it is too soon");
    assert_eq!(source.asked(), 2);
}

#[tokio::test]
async fn many_who_want_a_copy_at_once_make_one_request() {
    let both = Arc::new((Source::default(), Kept::default()));
    let mut waiting = JoinSet::new();
    for _ in 0..50 {
        let both = Arc::clone(&both);
        waiting.spawn(async move {
            let (source, kept) = &*both;
            let slowly = || async {
                // Long enough for all of the others to come and wait.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                source.answers().await
            };
            value(kept.fresh(&source.clock, slowly).await)
        });
    }
    let had = waiting.join_all().await;
    assert_eq!(had, vec![Some(1); 50]);
    assert_eq!(both.0.asked(), 1);
}

/// K07: a clock that is set back makes nothing younger.
#[tokio::test]
async fn a_clock_that_is_set_back_makes_no_copy_fresh() {
    let (source, kept) = (Source::default(), Kept::default());
    kept.fresh(&source.clock, || source.answers())
        .await
        .unwrap();
    source.clock.turn(-3600);
    let copy = kept.fresh(&source.clock, || source.answers()).await;
    assert_eq!(value(copy), Some(2));
}

#[tokio::test]
async fn a_copy_that_says_when_it_ends_is_not_used_longer() {
    let clock = Hand::default();
    let end = clock.now().plus(Duration::from_mins(1));
    let copy = Copy::fresh_for((), clock.now(), LIFE).usable_until(end);
    assert!(copy.is_fresh(end.minus(Duration::from_secs(1))));
    assert!(!copy.is_fresh(end) && !copy.is_usable(end));
}
