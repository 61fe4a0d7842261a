//! What a client was told, and whether it still holds.
//!
//! Clients write down each acknowledgement as it comes. What contradicts an earlier one is a fault, and so is
//! what a probe finds at the end that it must not. An answer that never came is written down as a doubt: then
//! either outcome is right, but never two successes.

mod entries;
pub(crate) mod fault;
mod once;
mod probe;
mod promise;
mod registrations;
pub(crate) mod secrets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use doorward_tests::load::browser::Browser;
use doorward_tests::load::relying_party::Tokens;

use entries::Lifetime;
use entries::{Grant, Session, Standing};
pub(crate) use entries::{GrantId, Held, SessionId};
pub(crate) use fault::{Faults, Kind};
pub(crate) use probe::{Probe, Seen};
pub(crate) use promise::Promise;
use registrations::Registered;
pub(crate) use registrations::RegistrationId;
use secrets::Secrets;

/// Within the grace of the provider's settings, less what clocks and slow answers may take.
const GRACE: Duration = Duration::from_secs(20);

/// What all clients of a drill were told.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    sessions: BTreeMap<SessionId, Session>,
    grants: BTreeMap<GrantId, Grant>,
    registrations: BTreeMap<RegistrationId, Registered>,
    next: u64,
    /// The codes that were redeemed.
    redeemed: HashSet<String>,
    /// What each refresh token was exchanged for.
    successors: HashMap<String, String>,
    promise: Promise,
    /// What is covered by a promise of all or nothing: how much is still there, and how much is not.
    whole: (u32, u32),
    faults: Faults,
    secrets: Secrets,
}

impl Ledger {
    /// Writes down what must not be in any log.
    pub(crate) fn secret(&mut self, kind: &'static str, text: &str) {
        self.secrets.add(kind, text);
    }

    /// What must not be in any log.
    pub(crate) const fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// From now on this is what the stores promise.
    pub(crate) fn promise(&mut self, promise: Promise) {
        self.promise = promise;
    }

    /// Adds what was found elsewhere.
    pub(crate) fn fault(&mut self, kind: Kind, what: String) {
        self.faults.add(kind, what);
    }

    /// The faults since the last time.
    pub(crate) fn take_faults(&mut self) -> Faults {
        std::mem::take(&mut self.faults)
    }

    /// Somebody signed in.
    pub(crate) fn signed_in(&mut self, browser: Browser, now: Instant) -> SessionId {
        for cookie in browser.cookies() {
            self.secrets.add("cookie", cookie);
        }
        let id = SessionId(self.number());
        let session = Session {
            browser,
            name: None,
            standing: Standing::Living,
            since: now,
        };
        self.sessions.insert(id, session);
        id
    }

    /// A browser is no longer signed in, although nobody signed it out.
    pub(crate) fn missed(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let (standing, since) = (session.standing, session.since);
        session.standing = Standing::Forgotten;
        if standing == Standing::Living {
            let what = format!("the browser of {id:?} is not signed in any more");
            self.lost_from_session_store(since, what);
        }
    }

    /// Somebody signed out: the browser is, and what was granted for the session is over.
    pub(crate) fn signed_out(&mut self, id: SessionId) {
        self.sign_out(id, Standing::Ended);
    }

    /// Somebody signed out and got no answer.
    pub(crate) fn perhaps_signed_out(&mut self, id: SessionId) {
        self.sign_out(id, Standing::InDoubt);
    }

    fn sign_out(&mut self, id: SessionId, standing: Standing) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.standing = standing;
        }
        let grants = self.grants.values_mut();
        for grant in grants.filter(|grant| grant.session == id) {
            if grant.lifetime == Lifetime::Session && grant.standing == Standing::Living {
                grant.standing = standing;
            }
        }
    }

    /// A code was exchanged for tokens.
    pub(crate) fn redeemed(
        &mut self,
        code: &str,
        (session, client): (SessionId, usize),
        tokens: &Tokens,
        now: Instant,
    ) -> GrantId {
        if !self.redeemed.insert(code.to_owned()) {
            let what = format!("a code of {session:?} was redeemed twice");
            self.faults.add(Kind::SpentTwice, what);
        }
        self.keep_secrets(tokens);
        if let Some(session) = self.sessions.get_mut(&session) {
            session.name = tokens.session().ok().flatten().or(session.name.take());
        }
        let id = GrantId(self.number());
        self.grants
            .insert(id, Grant::new(session, client, tokens, now));
        id
    }

    /// A code that was never used was not accepted.
    pub(crate) fn code_refused(&mut self, issued: Instant) {
        self.lost_from_session_store(issued, "a code that was issued is not accepted".to_owned());
    }

    /// A refresh token was exchanged for tokens.
    pub(crate) fn refreshed(&mut self, id: GrantId, used: &str, tokens: &Tokens, now: Instant) {
        self.keep_secrets(tokens);
        let Some(new) = tokens.refresh_token.as_deref() else {
            return;
        };
        let before = self.successors.insert(used.to_owned(), new.to_owned());
        if before.is_some_and(|before| before != new) {
            let what = format!("a refresh token of {id:?} has two successors");
            self.faults.add(Kind::SpentTwice, what);
        }
        if let Some(grant) = self.grants.get_mut(&id) {
            if grant.standing == Standing::Ended {
                let what = format!("{id:?} was refreshed after it was revoked");
                self.faults.add(Kind::Revived, what);
            }
            grant.advance(used, tokens, now);
        }
    }

    /// A refresh token was sent and no answer came.
    pub(crate) fn perhaps_refreshed(&mut self, id: GrantId, used: &str, now: Instant) {
        if let Some(grant) = self.grants.get_mut(&id)
            && grant.refresh_token.as_deref() == Some(used)
        {
            grant.doubted_since.get_or_insert(now);
        }
    }

    /// The living refresh token was not accepted.
    pub(crate) fn refresh_refused(&mut self, id: GrantId, now: Instant) {
        let Some(grant) = self.grants.get_mut(&id) else {
            return;
        };
        let standing = std::mem::replace(&mut grant.standing, Standing::Forgotten);
        // Whoever missed an answer and asks again too late counts as a thief.
        let too_late = grant
            .doubted_since
            .is_some_and(|since| now.duration_since(since) > GRACE);
        if standing == Standing::Ended {
            grant.standing = Standing::Ended;
        } else if standing == Standing::Living && !too_late {
            let what = format!("the living refresh token of {id:?} is not accepted");
            self.faults.add(Kind::Lost, what);
        }
    }

    /// UserInfo does not accept an access token.
    pub(crate) fn access_refused(&mut self, id: GrantId) {
        let Some(grant) = self.grants.get_mut(&id) else {
            return;
        };
        if grant.standing == Standing::Living {
            grant.standing = Standing::Forgotten;
            let what = format!("the access token of {id:?} is not accepted");
            self.faults.add(Kind::Lost, what);
        }
    }

    /// An access token was exchanged for one of another API.
    pub(crate) fn exchanged(&mut self, id: GrantId, token: &str, now: Instant) {
        self.secrets.add("exchanged token", token);
        let Some(grant) = self.grants.get_mut(&id) else {
            return;
        };
        if grant.standing == Standing::Ended {
            let what = format!("the access token of {id:?} was exchanged after it was revoked");
            self.faults.add(Kind::Revived, what);
        }
        grant.exchanged = Some((token.to_owned(), now));
    }

    /// A refresh token that was used before was refused, which revokes its grant.
    pub(crate) fn revoked(&mut self, id: GrantId) {
        self.stands(id, Standing::Ended);
    }

    /// A code that was redeemed before was refused, which revokes its grant, unless the store has forgotten it.
    pub(crate) fn revoked_by_code(&mut self, id: GrantId) {
        let forgotten = self
            .grants
            .get(&id)
            .is_some_and(|grant| self.promise.may_forget(grant.granted));
        self.stands(
            id,
            if forgotten {
                Standing::InDoubt
            } else {
                Standing::Ended
            },
        );
    }

    /// Something was sent that revokes a grant, and no answer came.
    pub(crate) fn perhaps_revoked(&mut self, id: GrantId) {
        self.stands(id, Standing::InDoubt);
    }

    /// Nobody looks at this grant any more.
    pub(crate) fn forget(&mut self, id: GrantId) {
        let living = self.grants.get(&id).is_some_and(Grant::is_living);
        if living {
            self.stands(id, Standing::Forgotten);
        }
    }

    /// What an application has of a grant that lives.
    pub(crate) fn held(&self, id: GrantId) -> Option<Held> {
        let grant = self.grants.get(&id).filter(|grant| grant.is_living())?;
        Some(Held {
            client: grant.client,
            access_token: grant.access_token.clone(),
            refresh_token: grant.refresh_token.clone(),
            reusable: grant.older.get(1).cloned(),
        })
    }

    fn stands(&mut self, id: GrantId, standing: Standing) {
        if let Some(grant) = self.grants.get_mut(&id)
            && grant.standing != Standing::Ended
        {
            grant.standing = standing;
        }
    }

    fn lost_from_session_store(&mut self, since: Instant, what: String) {
        if self.promise.may_forget(since) {
            self.whole.1 += 1;
            self.faults.excuse();
        } else {
            self.faults.add(Kind::Lost, what);
        }
    }

    fn keep_secrets(&mut self, tokens: &Tokens) {
        self.secrets.add("access token", &tokens.access_token);
        if let Some(token) = &tokens.refresh_token {
            self.secrets.add("refresh token", token);
        }
        if let Some(token) = &tokens.id_token {
            self.secrets.add("ID token", token);
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}
