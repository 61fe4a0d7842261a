//! Questions to the provider at the end of a round, and what their answers mean.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use doorward_tests::load::browser::Browser;
use doorward_tests::load::relying_party::Registration;

use super::entries::{Grant, GrantId, Session, SessionId, Standing};
use super::{Kind, Ledger, RegistrationId};

/// Access tokens are not asked about when they may have expired.
const ACCESS_TOKEN: Duration = Duration::from_mins(50);

/// The most that is remembered of what has ended; the oldest is forgotten first.
const MOST_ENDED: usize = 60;

/// A question to one node.
#[derive(Debug)]
pub(crate) enum Probe {
    /// Is this browser signed in?
    Session(SessionId, Browser),
    /// Does this access token of that client open UserInfo?
    Access(GrantId, usize, String),
    /// Does this token, which that client exchanged its own for, still stand for something?
    Exchanged(GrantId, usize, String),
    /// What is this client registered with?
    Registration(RegistrationId, Registration),
    /// Does this refresh token of that client give new tokens?
    Refresh(GrantId, usize, String),
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It works.
    Works,
    /// It was refused.
    Refused,
}

impl Ledger {
    /// All that is worth asking a node about.
    pub(crate) fn probes(&self, node: SocketAddr, now: Instant) -> Vec<Probe> {
        let worth = |standing| matches!(standing, Standing::Living | Standing::Ended);
        let sessions = self.sessions.iter();
        let mut probes: Vec<_> = sessions
            .filter(|(_, session)| worth(session.standing))
            .map(|(id, session)| Probe::Session(*id, session.browser.again_at(node)))
            .collect();
        let registrations = self.registrations.iter();
        let registrations = registrations.filter(|(_, of)| worth(of.standing));
        probes.extend(
            registrations.map(|(id, of)| Probe::Registration(*id, of.registration.clone())),
        );
        for (id, grant) in self
            .grants
            .iter()
            .filter(|(_, grant)| worth(grant.standing))
        {
            if now.duration_since(grant.fresh_since) < ACCESS_TOKEN {
                probes.push(Probe::Access(*id, grant.client, grant.access_token.clone()));
            }
            if let Some((token, since)) = &grant.exchanged
                && now.duration_since(*since) < ACCESS_TOKEN
            {
                probes.push(Probe::Exchanged(*id, grant.client, token.clone()));
            }
            let refresh = grant.refresh_token.clone();
            probes.extend(refresh.map(|token| Probe::Refresh(*id, grant.client, token)));
        }
        probes
    }

    /// A browser was looked at.
    pub(crate) fn session_seen(&mut self, id: SessionId, seen: Seen) {
        let Some(session) = self.sessions.get(&id) else {
            return;
        };
        match (session.standing, seen) {
            (Standing::Ended, Seen::Works) => {
                let what = format!("the browser of {id:?} is signed in after it was signed out");
                self.fault(Kind::Revived, what);
            }
            (Standing::Living, Seen::Refused) => self.missed(id),
            (Standing::Living, Seen::Works) if self.promise.may_forget(session.since) => {
                self.whole.0 += 1;
            }
            _ => {}
        }
    }

    /// An access token was looked at.
    pub(crate) fn access_seen(&mut self, id: GrantId, seen: Seen) {
        let ended = self.grants.get(&id).is_some_and(Grant::has_ended);
        match seen {
            Seen::Refused => self.access_refused(id),
            Seen::Works if ended => {
                let what = format!("the access token of {id:?} works after it was revoked");
                self.fault(Kind::Revived, what);
            }
            Seen::Works => {}
        }
    }

    /// A token that was exchanged was looked at.
    pub(crate) fn exchanged_seen(&mut self, id: GrantId, seen: Seen) {
        let Some(grant) = self.grants.get(&id) else {
            return;
        };
        let (kind, what) = match (grant.standing, seen) {
            (Standing::Living, Seen::Refused) => (Kind::Lost, "is dead"),
            (Standing::Ended, Seen::Works) => (Kind::Revived, "works after it was revoked"),
            _ => return,
        };
        self.fault(kind, format!("what {id:?} was exchanged for {what}"));
    }

    /// Compares with the sessions that the directory says are live.
    pub(crate) fn compare(&mut self, live: &BTreeSet<String>) {
        let mut contradictions = Vec::new();
        for (id, session) in &self.sessions {
            let Some(name) = &session.name else { continue };
            match (session.standing, live.contains(name)) {
                (Standing::Living, false) => {
                    contradictions.push((Kind::Lost, format!("the directory has no {id:?}")));
                }
                (Standing::Ended, true) => {
                    let what = format!("the directory has {id:?}, which was ended");
                    contradictions.push((Kind::Revived, what));
                }
                _ => {}
            }
        }
        for (kind, what) in contradictions {
            self.fault(kind, what);
        }
    }

    /// Closes a round: what must be whole is, and what nobody looks at any more goes.
    pub(crate) fn close(&mut self) {
        let (there, gone) = std::mem::take(&mut self.whole);
        if self.promise.is_all_or_nothing() && there > 0 && gone > 0 {
            let what = format!("of what the session store had, {there} are there and {gone} gone");
            self.fault(Kind::Lost, what);
        }
        let worth = |standing| matches!(standing, Standing::Living | Standing::Ended);
        self.sessions.retain(|_, session| worth(session.standing));
        self.grants.retain(|_, grant| worth(grant.standing));
        let ended = self
            .sessions
            .iter()
            .filter(|(_, session)| session.has_ended());
        for id in oldest(ended.map(|(id, _)| *id)) {
            self.sessions.remove(&id);
        }
        let ended = self.grants.iter().filter(|(_, grant)| grant.has_ended());
        for id in oldest(ended.map(|(id, _)| *id)) {
            self.grants.remove(&id);
        }
        self.registrations.retain(|_, of| worth(of.standing));
        let ended = self.registrations.iter();
        let ended = ended.filter(|(_, of)| of.standing == Standing::Ended);
        for id in oldest(ended.map(|(id, _)| *id)) {
            self.registrations.remove(&id);
        }
    }
}

/// All but the last so many.
fn oldest<T>(ended: impl Iterator<Item = T>) -> Vec<T> {
    let mut ended: Vec<T> = ended.collect();
    ended.truncate(ended.len().saturating_sub(MOST_ENDED));
    ended
}

impl Session {
    fn has_ended(&self) -> bool {
        self.standing == Standing::Ended
    }
}

impl Grant {
    fn has_ended(&self) -> bool {
        self.standing == Standing::Ended
    }
}
