//! Who is next: people by chance, and never the same one at two workers.

/// One worker's share of the people.
#[derive(Debug)]
pub(crate) struct Share {
    chance: fastrand::Rng,
    worker: u32,
    workers: u32,
    people: u32,
}

impl Share {
    /// The share of a worker. Every run and every worker meets others.
    pub(crate) fn of(worker: u32, workers: u32, people: u32) -> Self {
        Self {
            chance: fastrand::Rng::new(),
            worker,
            workers,
            people,
        }
    }

    /// Anybody of this share, each as likely as the other: nothing that a store remembers of the last one helps with the next.
    pub(crate) fn anybody(&mut self) -> u32 {
        let places = (self.people - self.worker).div_ceil(self.workers);
        self.chance.u32(0..places) * self.workers + self.worker
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Share;

    #[test]
    fn shares_cover_everybody_and_do_not_meet() {
        let mut seen: Vec<BTreeSet<u32>> = Vec::new();
        for worker in 0..3 {
            let mut share = Share::of(worker, 3, 10);
            seen.push((0..1000).map(|_| share.anybody()).collect());
        }
        assert_eq!(seen[0], BTreeSet::from([0, 3, 6, 9]));
        assert_eq!(seen[1], BTreeSet::from([1, 4, 7]));
        assert_eq!(seen[2], BTreeSet::from([2, 5, 8]));
    }
}
