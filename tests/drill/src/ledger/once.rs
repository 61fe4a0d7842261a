//! What is good for one time, or for one holder alone, and was good for more.

use std::time::Instant;

use super::{GrantId, Kind, Ledger};

impl Ledger {
    /// A request that was pushed at that time, and never answered, was not accepted.
    pub(crate) fn pushed_refused(&mut self, pushed: Instant) {
        self.lost_from_session_store(pushed, "a pushed request is not accepted".to_owned());
    }

    /// The code of a device that began at that time is not known.
    pub(crate) fn device_unknown(&mut self, began: Instant) {
        let what = "the code of a device is not accepted".to_owned();
        self.lost_from_session_store(began, what);
    }

    /// A request that was pushed at that time was answered, and then once more.
    pub(crate) fn answered_twice(&mut self, pushed: Instant) {
        let what = "a pushed request was answered twice".to_owned();
        self.used_again(pushed, what);
    }

    /// A proof of a key that was accepted at that time was accepted once more.
    pub(crate) fn proven_twice(&mut self, id: GrantId, used: Instant) {
        self.used_again(
            used,
            format!("a proof of the key of {id:?} was accepted twice"),
        );
    }

    /// A refresh token that is bound to a key was taken from somebody without it.
    pub(crate) fn opened_without_key(&mut self, id: GrantId) {
        let what = format!("{id:?} was refreshed without its key");
        self.fault(Kind::Unbound, what);
    }

    /// The session store alone remembers that this was used.
    fn used_again(&mut self, used: Instant, what: String) {
        if self.promise.may_forget(used) {
            self.faults.excuse();
        } else {
            self.fault(Kind::SpentTwice, what);
        }
    }
}
