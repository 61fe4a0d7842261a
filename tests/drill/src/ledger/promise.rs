//! What the session store promises while it is being broken.

use std::time::Instant;

/// What the session store may forget of what it acknowledged. The directory may never forget anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Promise {
    /// Nothing.
    #[default]
    Kept,
    /// What it acknowledged between: a replica took over that had not been told of it yet.
    Recent {
        /// The earliest that may be missing.
        from: Instant,
        /// The latest, once somebody else has taken over.
        until: Option<Instant>,
    },
    /// Everything before, or nothing of it.
    AllBefore(Instant),
}

impl Promise {
    /// Whether something that was acknowledged at that time may be gone.
    pub(super) fn may_forget(&self, since: Instant) -> bool {
        match *self {
            Self::Kept => false,
            Self::Recent { from, until } => {
                from <= since && until.is_none_or(|until| since <= until)
            }
            Self::AllBefore(until) => since <= until,
        }
    }

    /// Whether all that it covers must have the same fate.
    pub(super) const fn is_all_or_nothing(&self) -> bool {
        matches!(self, Self::AllBefore(_))
    }
}
