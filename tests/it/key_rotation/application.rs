//! Applications that verify access tokens, each with a habit of its own of fetching the key set.

use std::time::Duration;

use doorward_core::{Clock as _, Timestamp};
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::RelyingParty;
use serde_json::Value;

use super::stage::{Stage, resource};

/// When somebody fetches the key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// When `Cache-Control` says that the copy is old.
    HonoursMaxAge,
    /// Every hour, whatever `Cache-Control` says.
    Hourly,
    /// When a token names a key that is not in the copy.
    OnUnknownKid,
    /// Once, when it starts.
    Once,
}

/// An application.
pub(super) struct Application {
    pub(super) program: RelyingParty,
    pub(super) habit: Habit,
    copy: Option<(Value, Timestamp)>,
    /// How many tokens it verified.
    pub(super) verified: usize,
    /// How many good tokens it refused.
    pub(super) failed: usize,
}

impl Application {
    pub(super) async fn new(stage: &Stage, name: &str, habit: Habit) -> Self {
        Self {
            program: stage.api(name).await,
            habit,
            copy: None,
            verified: 0,
            failed: 0,
        }
    }

    pub(super) fn name(&self) -> String {
        resource(self.program.id())
    }

    /// Gets a token from one node, and verifies it with a key set from the other where its habit is to fetch one.
    pub(super) async fn verify(&mut self, stage: &Stage, node: usize) {
        let token = stage.token(node, &self.program).await;
        let token = token.expect("the program gets a token");
        let other = 1 - node;
        let now = stage.clock.now();
        if self.is_stale(now) {
            self.fetch(stage, other).await;
        }
        let mut known = self.knows(&token);
        if !known && self.habit == Habit::OnUnknownKid {
            self.fetch(stage, other).await;
            known = self.knows(&token);
        }
        self.verified += 1;
        self.failed += usize::from(!known);
    }

    fn is_stale(&self, now: Timestamp) -> bool {
        let Some((_, fetched_at)) = &self.copy else {
            return true;
        };
        let age = now.since(*fetched_at);
        match self.habit {
            Habit::HonoursMaxAge => age > Duration::from_mins(5),
            Habit::Hourly => age >= Duration::from_hours(1),
            Habit::OnUnknownKid | Habit::Once => false,
        }
    }

    async fn fetch(&mut self, stage: &Stage, node: usize) {
        let query = format!("?resource={}", self.name());
        self.copy = Some((stage.jwks(node, &query).await, stage.clock.now()));
    }

    fn knows(&self, token: &str) -> bool {
        let (jwks, _) = self.copy.as_ref().expect("it fetched a key set");
        IdToken::verified(token, jwks).is_some()
    }
}
