//! What must not be.

/// The counts that must be zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something that was acknowledged is gone.
    Lost,
    /// What is good for one time was: a code, a refresh token, a pushed request, a proof of a key.
    SpentTwice,
    /// Something works whose end was acknowledged.
    Revived,
    /// A token that is bound to a key was taken from somebody without it.
    Unbound,
    /// A secret is in a log.
    Leaked,
}

/// One of them, as it is told to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which count it belongs to.
    pub(crate) kind: Kind,
    /// What was seen.
    pub(crate) what: String,
}

/// Faults, and what would be one if the store had promised more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    all: Vec<Fault>,
    excused: u32,
}

impl Faults {
    pub(super) fn add(&mut self, kind: Kind, what: String) {
        self.all.push(Fault { kind, what });
    }

    pub(super) fn excuse(&mut self) {
        self.excused += 1;
    }

    /// How many are of this kind.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.all.iter().filter(|fault| fault.kind == kind).count()
    }

    /// What the session store forgot and may forget.
    pub(crate) const fn excused(&self) -> u32 {
        self.excused
    }

    /// Every fault.
    pub(crate) fn all(&self) -> &[Fault] {
        &self.all
    }
}
