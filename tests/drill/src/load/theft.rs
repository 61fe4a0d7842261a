//! What somebody does who got hold of a code or a token, and what comes of it.

use std::sync::Arc;
use std::time::Instant;

use doorward_tests::load::http::Connection;
use doorward_tests::load::relying_party::Refused;
use tokio::task::JoinSet;

use super::flow::{Issued, Outcome};
use super::person::Person;
use crate::ledger::GrantId;

/// How many try at once when a code or a refresh token is raced for.
const RACERS: usize = 4;

impl Person {
    /// Somebody redeems a code a second time, at a node of their choice.
    pub(super) async fn replay_code(&mut self) -> Outcome {
        let Some(issued) = self.code().await? else {
            return Ok(());
        };
        match self.redeem(&issued).await? {
            Some(grant) => self.replay(&issued, grant).await,
            None => Ok(()),
        }
    }

    async fn replay(&mut self, issued: &Issued, grant: GrantId) -> Outcome {
        let mut connection = self.any_node();
        let client = &issued.client.1;
        let answer = client
            .exchange(&mut connection, &issued.request, &issued.code)
            .await;
        self.let_go(grant);
        match answer {
            Ok(tokens) => {
                self.redeemed(issued, &tokens);
                Ok(())
            }
            Err(error) if error.is::<Refused>() => {
                self.books.ledger().revoked_by_code(grant);
                Ok(())
            }
            Err(error) => {
                self.books.ledger().perhaps_revoked(grant);
                Err(error.into())
            }
        }
    }

    /// Several redeem one code at once, at all nodes.
    pub(super) async fn race_for_code(&mut self) -> Outcome {
        let Some(issued) = self.code().await? else {
            return Ok(());
        };
        match self.race(&issued).await {
            (Some(grant), doubt) => {
                // Whoever lost the race may have revoked what the winner got. Once more, and it is certain.
                self.books.ledger().perhaps_revoked(grant);
                self.let_go(grant);
                if doubt.is_none() {
                    self.replay(&issued, grant).await?;
                }
                Ok(())
            }
            (None, Some(error)) => Err(error.into()),
            (None, None) => {
                self.books.ledger().code_refused(issued.at);
                Ok(())
            }
        }
    }

    /// The grant of whoever won, and why somebody got no answer.
    async fn race(&mut self, issued: &Issued) -> (Option<GrantId>, Option<anyhow::Error>) {
        let mut racing = JoinSet::new();
        for mut connection in self.connections() {
            let client = Arc::clone(&issued.client.1);
            let (request, code) = (Arc::clone(&issued.request), issued.code.clone());
            racing.spawn(async move { client.exchange(&mut connection, &request, &code).await });
        }
        let (mut winner, mut doubt) = (None, None);
        for answer in racing.join_all().await {
            match answer {
                Ok(tokens) => winner = Some(self.redeemed(issued, &tokens)),
                Err(error) if error.is::<Refused>() => {}
                Err(error) => doubt = Some(error),
            }
        }
        (winner, doubt)
    }

    /// Several use one refresh token at once, at all nodes: all get the same successor.
    pub(super) async fn race_for_refresh(&mut self) -> Outcome {
        let Some((grant, client, token)) = self.any_refresh_token() else {
            return Ok(());
        };
        let asked = Instant::now();
        let mut racing = JoinSet::new();
        for mut connection in self.connections() {
            let (client, token) = (Arc::clone(&client), token.clone());
            racing.spawn(async move { client.refresh(&mut connection, &token).await });
        }
        let mut outcome = Ok(());
        for answer in racing.join_all().await {
            let noted = self.note_refresh(grant, &token, answer, asked);
            outcome = outcome.and(noted);
        }
        outcome
    }

    /// Somebody uses a refresh token that was spent before the last one.
    pub(super) async fn reuse_refresh(&mut self) -> Outcome {
        let Some(grant) = self.rng.choice(&self.offline).copied() else {
            return Ok(());
        };
        let Some((client, held)) = self.held(grant) else {
            return Ok(());
        };
        let Some(older) = held.reusable else {
            return Ok(());
        };
        let mut connection = self.any_node();
        let answer = client.refresh(&mut connection, &older).await;
        self.let_go(grant);
        let mut ledger = self.books.ledger();
        match answer {
            Ok(tokens) => ledger.refreshed(grant, &older, &tokens, Instant::now()),
            Err(error) if error.is::<Refused>() => ledger.revoked(grant),
            Err(error) => {
                ledger.perhaps_revoked(grant);
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Connections for a race, to each node in turn.
    fn connections(&mut self) -> Vec<Connection> {
        let nodes = self.place.choice();
        let nodes = nodes.into_iter().cycle().take(RACERS);
        nodes.map(|node| self.connection_to(node)).collect()
    }
}
