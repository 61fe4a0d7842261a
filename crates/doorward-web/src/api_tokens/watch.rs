//! Looking at what was counted of tokens: what is worth a signal is raised at once, and all of it is written down in its time.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::api_token::usage::Usage;
use doorward_core::api_token::watch::{Notice, Observed, Signal};
use doorward_core::api_token::{ApiToken, State};
use doorward_core::event::{ApiTokenChange, Event};
use doorward_directory::Failure;
use doorward_directory::api_tokens::{COUNTED_AT_ONCE, Find, Raised};
use tokio::time::sleep;

use super::uses::{Glance, Writing};
use crate::provider::Provider;

/// How many tokens are looked at at a time.
const LOOKED_AT_ONCE: usize = 64;

/// How often it is looked for what is to be written down.
const TICK: Duration = Duration::from_secs(1);

/// Looks at what comes up in the use of API tokens, and writes down what was counted of it; all of it when told to `stop`. Not to be dropped
/// before: what is being written down would be lost.
pub async fn tend_api_tokens(provider: Arc<Provider>, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let mut failing = false;
    loop {
        let writing = tokio::select! {
            () = &mut stop => Writing::All,
            // After a failure not at once again, and for ever.
            () = provider.api_token_uses.stirred.notified(), if !failing => Writing::Due,
            () = sleep(TICK) => Writing::Due,
        };
        let tended = provider.tend(writing).await;
        if let Err(error) = &tended {
            tracing::warn!(%error, "the use of API tokens cannot be written down");
        }
        if writing == Writing::All {
            return;
        }
        failing = tended.is_err();
    }
}

impl Provider {
    async fn tend(&self, writing: Writing) -> Result<(), Failure> {
        self.look_at_uses().await?;
        self.write_uses(writing).await?;
        self.look_at_finds().await
    }

    async fn look_at_uses(&self) -> Result<(), Failure> {
        loop {
            let glances = self.api_token_uses.to_look_at(LOOKED_AT_ONCE);
            if glances.is_empty() {
                return Ok(());
            }
            if let Err(failure) = self.look_at(&glances).await {
                self.api_token_uses.look_again(&glances);
                return Err(failure);
            }
        }
    }

    async fn look_at(&self, glances: &[Glance]) -> Result<(), Failure> {
        let ids: Vec<_> = glances.iter().map(|glance| glance.id).collect();
        let since = Usage::first_day_kept(self.now()).begin();
        let tokens = self.directory.api_tokens();
        let pasts = tokens.usage(&ids, since).await?;
        let unused = Usage::default();
        for glance in glances {
            let observed = Observed {
                past: pasts.get(&glance.id).unwrap_or(&unused),
                seen: &glance.seen,
                in_minute: glance.in_minute,
                learning: self.settings.api_tokens.watch.learning,
                now: self.now(),
            };
            self.raise_what_is_observed(glance, &observed).await?;
            self.api_token_uses.looked_at(glance, observed.alarm_at());
        }
        Ok(())
    }

    async fn raise_what_is_observed(
        &self,
        glance: &Glance,
        observed: &Observed<'_>,
    ) -> Result<(), Failure> {
        if observed.signals().is_empty() {
            return Ok(());
        }
        let before = self.directory.api_tokens().raised(glance.id).await?;
        let policy = &self.settings.api_tokens.watch;
        for notice in Notice::of_observed(glance.id, observed, &before, policy) {
            self.raise(&notice).await?;
        }
        Ok(())
    }

    async fn look_at_finds(&self) -> Result<(), Failure> {
        let tokens = self.directory.api_tokens();
        loop {
            let handed_in = tokens.handed_in(self.now()).await?;
            if handed_in.is_empty() {
                return Ok(());
            }
            for looked_at in handed_in {
                let Find { finder, .. } = looked_at.find;
                if let Some(token) = looked_at.token {
                    let signal = Signal::Leaked { finder };
                    let policy = &self.settings.api_tokens.watch;
                    self.raise(&Notice::of(token, &signal, policy, self.now()))
                        .await?;
                }
                // Only now: whoever takes over from a node that dies before this does it again.
                tokens.settle(&looked_at.find).await?;
            }
        }
    }

    async fn raise(&self, notice: &Notice) -> Result<(), Failure> {
        let raised = self.directory.api_tokens().raise(notice).await?;
        if let Raised::Raised { before, after } = raised {
            self.metrics.api_token_signalled(notice.kind);
            self.note_raised(notice, &before, &after).await?;
        }
        Ok(())
    }

    async fn note_raised(
        &self,
        notice: &Notice,
        before: &ApiToken,
        after: &ApiToken,
    ) -> Result<(), Failure> {
        let found = self.directory.api_tokens().by_id(after.id).await?;
        let owner = found.and_then(|found| found.owner());
        let owner = owner.map_or_else(|| "nobody".to_owned(), |owner| owner.to_string());
        self.note_unasked(Event::ApiTokenSignalled {
            token: after.id,
            name: after.name.to_string(),
            owner: owner.clone(),
            signal: notice.kind.to_string(),
            words: notice.words.clone(),
            reaction: notice.reaction.to_string(),
        });
        let change = match &after.state {
            State::Suspended { because, .. } => ApiTokenChange::Suspended {
                because: because.clone(),
            },
            State::Revoked { because, .. } => ApiTokenChange::Revoked {
                because: because.clone(),
            },
            _ => return Ok(()),
        };
        if before.state != after.state {
            self.note_unasked(Event::ApiTokenChanged {
                token: after.id,
                name: after.name.to_string(),
                owner,
                change,
            });
        }
        Ok(())
    }

    async fn write_uses(&self, writing: Writing) -> Result<(), Failure> {
        loop {
            let now = self.now();
            let counts = self.api_token_uses.take(writing, COUNTED_AT_ONCE, now);
            let written = if counts.is_empty() {
                return Ok(());
            } else {
                self.directory.api_tokens().count_uses(&counts).await
            };
            if !matches!(written, Ok(true)) {
                self.api_token_uses.put_back(&counts);
                return written.map(drop);
            }
        }
    }
}
