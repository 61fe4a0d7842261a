//! What the ledger knows of a session and of a grant.

use std::collections::VecDeque;
use std::time::Instant;

use doorward_tests::load::browser::Browser;
use doorward_tests::load::relying_party::Tokens;

/// A session of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(pub(super) u64);

/// A grant of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GrantId(pub(super) u64);

/// What an application has of a grant.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The number of the application.
    pub(crate) client: usize,
    pub(crate) access_token: String,
    /// The living one.
    pub(crate) refresh_token: Option<String>,
    /// One that was spent so long ago that using it is theft.
    pub(crate) reusable: Option<String>,
}

/// Whether something must work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It must: that was acknowledged, and so was nothing against it.
    Living,
    /// It must not, ever again: its end was acknowledged.
    Ended,
    /// An answer was missed, so that nobody knows.
    InDoubt,
    /// Nobody looks any more.
    Forgotten,
}

/// What a grant ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// The session that it was given in.
    Session,
    /// Itself: it has a refresh token.
    Offline,
}

/// A browser that somebody signed in with.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) browser: Browser,
    /// What the provider calls it, once an ID token said so.
    pub(super) name: Option<String>,
    pub(super) standing: Standing,
    pub(super) since: Instant,
}

/// What an application was allowed, and its tokens.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) session: SessionId,
    pub(super) client: usize,
    pub(super) lifetime: Lifetime,
    pub(super) standing: Standing,
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    /// Spent refresh tokens, the last one first.
    pub(super) older: VecDeque<String>,
    pub(super) granted: Instant,
    /// The newest token of another API that it was exchanged for, and since when.
    pub(super) exchanged: Option<(String, Instant)>,
    /// Since when the access token is there.
    pub(super) fresh_since: Instant,
    /// When a refresh was first sent that got no answer, if none got one since.
    pub(super) doubted_since: Option<Instant>,
}

impl Grant {
    pub(super) fn new(session: SessionId, client: usize, tokens: &Tokens, now: Instant) -> Self {
        let refresh_token = tokens.refresh_token.clone();
        Self {
            session,
            client,
            lifetime: match refresh_token {
                Some(_) => Lifetime::Offline,
                None => Lifetime::Session,
            },
            standing: Standing::Living,
            access_token: tokens.access_token.clone(),
            refresh_token,
            older: VecDeque::new(),
            exchanged: None,
            granted: now,
            fresh_since: now,
            doubted_since: None,
        }
    }

    pub(super) fn is_living(&self) -> bool {
        self.standing == Standing::Living
    }

    /// Takes over the tokens that `used` was exchanged for.
    pub(super) fn advance(&mut self, used: &str, tokens: &Tokens, now: Instant) {
        self.access_token.clone_from(&tokens.access_token);
        self.doubted_since = None;
        self.fresh_since = now;
        if self.refresh_token.as_deref() == Some(used) {
            self.older.push_front(used.to_owned());
            self.older.truncate(2);
            self.refresh_token.clone_from(&tokens.refresh_token);
        }
    }
}
