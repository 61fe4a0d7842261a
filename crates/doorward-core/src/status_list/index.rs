//! Where the status of a token stands. Indices are counted through all lists, so that each list is full before the next one begins.

/// How many statuses a list has.
pub const LIST_LENGTH: u32 = 1 << 20;

/// How many statuses follow one another in a run.
pub const RUN_LENGTH: u32 = 32;

/// How many runs a list has.
pub const RUNS_PER_LIST: u64 = (LIST_LENGTH / RUN_LENGTH) as u64;

/// The number of a run: each is used once for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunNumber(pub u64);

/// The place of one status among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusIndex(u64);

impl RunNumber {
    /// The list that the run is in.
    pub const fn list(self) -> u64 {
        self.0 / RUNS_PER_LIST
    }

    /// The first run of a list.
    pub const fn first_of(list: u64) -> Self {
        Self(list.saturating_mul(RUNS_PER_LIST))
    }

    /// What comes `offset` after the beginning of the run.
    pub const fn index(self, offset: u32) -> StatusIndex {
        StatusIndex(self.0 * RUN_LENGTH as u64 + offset as u64)
    }

    /// Where in its list its statuses are.
    pub fn places(self) -> std::ops::Range<u32> {
        let first = self.index(0).idx();
        first..first + RUN_LENGTH
    }
}

impl StatusIndex {
    /// The place `idx` of the list of this number.
    pub const fn at(list: u64, idx: u32) -> Self {
        Self(
            list.saturating_mul(LIST_LENGTH as u64)
                .saturating_add(idx as u64),
        )
    }

    /// The place among all lists, as it is kept.
    pub const fn as_number(self) -> u64 {
        self.0
    }

    /// The place that was kept as this number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The list that it is in.
    pub const fn list(self) -> u64 {
        self.0 / LIST_LENGTH as u64
    }

    /// `idx`: the place in that list.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the remainder is below the length of a list"
    )]
    pub const fn idx(self) -> u32 {
        (self.0 % LIST_LENGTH as u64) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_fill_one_list_after_the_other() {
        let last = RunNumber(RUNS_PER_LIST - 1);
        assert_eq!(
            (last.list(), last.places()),
            (0, LIST_LENGTH - 32..LIST_LENGTH)
        );
        let next = RunNumber(RUNS_PER_LIST);
        assert_eq!((next.list(), next.places()), (1, 0..32));
        assert_eq!(RunNumber::first_of(1), next);
    }

    #[test]
    fn an_index_is_the_same_by_its_list_and_by_its_run() {
        let index = RunNumber(RUNS_PER_LIST + 2).index(5);
        assert_eq!((index.list(), index.idx()), (1, 69));
        assert_eq!(StatusIndex::at(1, 69), index);
        assert_eq!(StatusIndex::from_number(index.as_number()), index);
    }
}
