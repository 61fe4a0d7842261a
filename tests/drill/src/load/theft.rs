//! What somebody does who got hold of a code or a token, and what comes of it.

use std::sync::Arc;
use std::time::Instant;

use doorward_tests::load::http::Connection;
use doorward_tests::load::relying_party::{Refused, RelyingParty};
use tokio::task::JoinSet;

use super::flow::{Asked, Outcome, elsewhere};
use super::person::Person;
use super::ticket::Issued;
use crate::ledger::GrantId;

/// How many try at once when a code or a refresh token is raced for.
const RACERS: usize = 4;

impl Person {
    /// Somebody redeems a code a second time, at a node of their choice.
    pub(super) async fn replay_code(&mut self) -> Outcome {
        let Some(issued) = self.ticket().await? else {
            return Ok(());
        };
        match self.redeem(&issued).await? {
            Some(grant) => self.replay(&issued, grant).await,
            None => Ok(()),
        }
    }

    async fn replay(&mut self, issued: &Issued, grant: GrantId) -> Outcome {
        let mut connection = self.any_node();
        let answer = issued.redeem(&mut connection).await;
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
        let Some(issued) = self.ticket().await? else {
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
            let ticket = Arc::clone(&issued.ticket);
            racing.spawn(async move { ticket.redeem(&client, &mut connection).await });
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

    /// Somebody opens the address of a pushed request once more, at a node of their choice, after it was answered.
    pub(super) async fn reopen_pushed(&mut self) -> Outcome {
        let Some((issued, asked)) = self.code().await? else {
            return Ok(());
        };
        self.redeem(&issued).await?;
        let Asked {
            path,
            pushed: Some(at),
        } = asked
        else {
            return Ok(());
        };
        let node = self.any_node().address();
        let mut browser = self.browser.again_at(node);
        let landing = browser.open(&path).await?;
        if let Ok(url) = elsewhere(landing)
            && url.query_pairs().any(|(name, _)| name == "code")
        {
            self.books.ledger().answered_twice(at);
        }
        Ok(())
    }

    /// Somebody shows a refresh token that is bound to a key, without the key.
    pub(super) async fn refresh_without_key(&mut self) -> Outcome {
        let Some((grant, client, token)) = self.any_refresh_token() else {
            return Ok(());
        };
        if !client.has_key() {
            return Ok(());
        }
        let mut connection = self.any_node();
        match client.without_key().refresh(&mut connection, &token).await {
            Ok(_) => self.books.ledger().opened_without_key(grant),
            Err(error) if error.is::<Refused>() => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Somebody sends a request with its proof of the key once more, at a node of their choice.
    pub(super) async fn replay_proof(&mut self) -> Outcome {
        let Some((grant, client, token)) = self.any_refresh_token() else {
            return Ok(());
        };
        if !client.has_key() {
            return Ok(());
        }
        let (request, asked) = (client.refreshing(&token), Instant::now());
        let first = RelyingParty::refreshed(self.browser.connection(), &request).await;
        let was_accepted = first.is_ok();
        self.note_refresh(grant, &token, first, asked)?;
        let mut connection = self.any_node();
        match RelyingParty::refreshed(&mut connection, &request).await {
            Ok(_) if was_accepted => self.books.ledger().proven_twice(grant, asked),
            Err(error) if !error.is::<Refused>() => return Err(error.into()),
            Ok(_) | Err(_) => {}
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
