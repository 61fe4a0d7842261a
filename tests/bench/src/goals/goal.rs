//! One bound and what was measured against it.

use serde::Serialize;

/// One bound and what was measured against it.
#[derive(Debug, Serialize)]
pub(crate) struct Goal {
    /// The name of the goal it belongs to.
    pub(crate) id: &'static str,
    /// What was measured.
    pub(crate) subject: String,
    /// The figure.
    pub(crate) measured: f64,
    /// The bound.
    pub(crate) bound: Bound,
    /// What both are counted in.
    pub(crate) unit: &'static str,
    /// Where the bound comes from.
    pub(crate) yardstick: String,
}

/// The side of a figure that is good.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) enum Bound {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
}

impl Goal {
    /// A goal whose figure has no unit and whose bound needs no reason.
    pub(super) fn new(
        id: &'static str,
        subject: impl Into<String>,
        measured: f64,
        bound: Bound,
    ) -> Self {
        Self {
            id,
            subject: subject.into(),
            measured,
            bound,
            unit: "",
            yardstick: String::new(),
        }
    }

    /// Says what is counted.
    pub(super) fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// Says where the bound comes from.
    pub(super) fn because(self, yardstick: impl Into<String>) -> Self {
        Self {
            yardstick: yardstick.into(),
            ..self
        }
    }

    /// What was measured as a share of the bound; nothing can be a share of zero.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let (Bound::AtMost(limit) | Bound::AtLeast(limit)) = self.bound;
        (limit > 0.0).then(|| self.measured / limit)
    }

    /// Whether the bound was kept.
    pub(crate) fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtMost(limit) => self.measured <= limit,
            Bound::AtLeast(limit) => self.measured >= limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_kept_on_its_good_side_only() {
        let goal = |measured, bound| Goal::new("P0", "test", measured, bound);

        assert!(goal(4.9, Bound::AtMost(5.0)).is_met());
        assert!(!goal(5.1, Bound::AtMost(5.0)).is_met());
        assert!(goal(5.1, Bound::AtLeast(5.0)).is_met());
        assert!(!goal(4.9, Bound::AtLeast(5.0)).is_met());
    }

    #[test]
    fn a_bound_of_zero_has_no_ratio() {
        assert_eq!(
            Goal::new("P0", "lost", 0.0, Bound::AtMost(0.0)).ratio(),
            None
        );
        assert_eq!(
            Goal::new("P0", "rate", 1.0, Bound::AtLeast(2.0)).ratio(),
            Some(0.5)
        );
    }
}
