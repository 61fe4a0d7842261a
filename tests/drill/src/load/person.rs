//! A person: a browser, what applications may do in their name, and a mind of their own.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_tests::load::browser::Browser;
use doorward_tests::load::http::Connection;
use doorward_tests::load::relying_party::RelyingParty;
use fastrand::Rng;
use tokio::sync::RwLock;
use tokio::time::sleep;

use super::{Books, Credentials, PATIENCE, Place, Setback};
use crate::ledger::{GrantId, RegistrationId, SessionId};

/// The time between two things that a person does, in milliseconds.
const THINKING: std::ops::Range<u64> = 20..120;

/// How many grants of each kind a person cares about.
const GRANTS: usize = 3;

/// Somebody with a browser.
pub(super) struct Person {
    pub(super) credentials: Credentials,
    pub(super) place: Place,
    pub(super) books: Books,
    pub(super) rng: Rng,
    pub(super) browser: Browser,
    /// Requests on connections that are gone.
    pub(super) sent_elsewhere: u64,
    pub(super) session: Option<SessionId>,
    pub(super) online: VecDeque<GrantId>,
    pub(super) offline: VecDeque<GrantId>,
    /// Programs of theirs that registered themselves.
    pub(super) programs: Vec<RegistrationId>,
}

/// What somebody may do next.
#[derive(Clone, Copy, Debug)]
enum Action {
    SignIn,
    Authorize,
    Refresh,
    UserInfo,
    Introspect,
    SignOut,
    ReplayCode,
    RaceForCode,
    RaceForRefresh,
    ReuseRefresh,
    Exchange,
    Revoke,
    ReopenPushed,
    RefreshWithoutKey,
    ReplayProof,
    RunProgram,
}

/// What somebody who is signed in does, as often as its weight of all weights together.
const HABITS: [(Action, u32); 15] = [
    (Action::Authorize, 30),
    (Action::Refresh, 30),
    (Action::UserInfo, 10),
    (Action::Introspect, 10),
    (Action::SignOut, 8),
    (Action::ReplayCode, 3),
    (Action::RaceForCode, 3),
    (Action::RaceForRefresh, 4),
    (Action::ReuseRefresh, 2),
    (Action::Exchange, 10),
    (Action::Revoke, 4),
    (Action::ReopenPushed, 4),
    (Action::RefreshWithoutKey, 3),
    (Action::ReplayProof, 4),
    (Action::RunProgram, 10),
];

impl Person {
    pub(super) fn new(credentials: Credentials, place: Place, books: Books, rng: Rng) -> Self {
        Self {
            browser: Browser::of_issuer(place.front, &place.issuer, PATIENCE),
            credentials,
            place,
            books,
            rng,
            sent_elsewhere: 0,
            session: None,
            online: VecDeque::new(),
            offline: VecDeque::new(),
            programs: Vec::new(),
        }
    }

    /// Does one thing after the other, each behind the gate.
    pub(super) async fn live(mut self, gate: Arc<RwLock<()>>) {
        loop {
            sleep(Duration::from_millis(self.rng.u64(THINKING))).await;
            let _open = gate.read().await;
            self.act().await;
        }
    }

    async fn act(&mut self) {
        let (begun, before) = (Instant::now(), self.sent());
        let action = self.choose();
        let outcome = match action {
            Action::SignIn => self.sign_in().await,
            Action::Authorize => self.authorize().await,
            Action::Refresh => self.refresh().await,
            Action::UserInfo => self.userinfo().await,
            Action::Introspect => self.introspect().await,
            Action::SignOut => self.sign_out().await,
            Action::ReplayCode => self.replay_code().await,
            Action::RaceForCode => self.race_for_code().await,
            Action::RaceForRefresh => self.race_for_refresh().await,
            Action::ReuseRefresh => self.reuse_refresh().await,
            Action::Exchange => self.exchange().await,
            Action::Revoke => self.revoke().await,
            Action::ReopenPushed => self.reopen_pushed().await,
            Action::RefreshWithoutKey => self.refresh_without_key().await,
            Action::ReplayProof => self.replay_proof().await,
            Action::RunProgram => self.run_program().await,
        };
        let sent = self.sent() - before;
        let mut tally = self.books.tally();
        tally.sent(sent);
        match outcome {
            Ok(()) => tally.success(Instant::now()),
            Err(Setback::Surprise(what)) => {
                let what = Setback::Surprise(format!("{action:?}: {what}"));
                tally.setback(what, begun.elapsed());
            }
            Err(setback) => tally.setback(setback, begun.elapsed()),
        }
    }

    fn choose(&mut self) -> Action {
        if self.session.is_none() {
            return Action::SignIn;
        }
        let all = HABITS.iter().map(|(_, weight)| weight).sum();
        let mut drawn = self.rng.u32(0..all);
        for (action, weight) in HABITS {
            match drawn.checked_sub(weight) {
                Some(rest) => drawn = rest,
                None => return action,
            }
        }
        Action::Authorize
    }

    fn sent(&mut self) -> u64 {
        self.browser.connection().exchanges() + self.sent_elsewhere
    }

    /// One of the applications, with its number.
    pub(super) fn any_client(&mut self) -> Option<(usize, Arc<RelyingParty>)> {
        let number = self.rng.usize(0..self.place.clients.len());
        let client = self.place.clients.get(number)?;
        Some((number, Arc::clone(client)))
    }

    /// A new connection to one of the nodes, past the balancer.
    pub(super) fn any_node(&mut self) -> Connection {
        let node = self.rng.choice(self.place.choice());
        self.connection_to(node.unwrap_or(self.place.front))
    }

    /// A new connection; whoever makes one counts its request.
    pub(super) fn connection_to(&mut self, node: SocketAddr) -> Connection {
        self.sent_elsewhere += 1;
        Connection::to(node).within(PATIENCE)
    }

    /// Cares about a new grant, and no more about the oldest of too many.
    pub(super) fn hold(&mut self, grant: GrantId, offline: bool) {
        let held = if offline {
            &mut self.offline
        } else {
            &mut self.online
        };
        held.push_back(grant);
        if held.len() > GRANTS
            && let Some(oldest) = held.pop_front()
        {
            self.books.ledger().forget(oldest);
        }
    }
}
