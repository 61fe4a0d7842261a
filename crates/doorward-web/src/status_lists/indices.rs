//! The indices that a node has to give to tokens.
//!
//! A node takes a block of runs from the directory, begins a run for whatever tokens die with, and gives its indices to tokens of that
//! kind. So most tokens cost no write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use doorward_core::access_token::{AccessTokenClaims, AccessTokenFallen};
use doorward_core::error::ErrorCode;
use doorward_core::jose::Algorithm;
use doorward_core::status_list::{Block, ListName, Origin, Run, Status, StatusIndex};
use doorward_core::time::Timestamp;
use doorward_directory::status_lists::Begun;
use tokio::sync::Mutex as AsyncMutex;

use crate::provider::App;
use crate::refusal::{Failed, TokenError};

/// How many runs a node goes on with at a time. Beyond them it begins new ones, which costs indices and a write each.
const MOST: usize = 100_000;

/// How many runs are tried when others have begun them, as after a move of the directory.
const ATTEMPTS: usize = 8;

/// What is left of what this node has taken.
#[derive(Default)]
pub(super) struct Indices {
    runs: Mutex<HashMap<Origin, Run>>,
    block: AsyncMutex<Option<Block>>,
}

/// Where the status of a token with these claims will be, in a list that is signed as the token is.
pub(crate) async fn status_of(
    app: &App,
    claims: &AccessTokenClaims,
    algorithm: Algorithm,
) -> Result<Status, TokenError> {
    let (origin, exp) = (Origin::of(claims), Timestamp::from_seconds(claims.exp));
    let indices = &app.status_lists.indices;
    let (epoch, index) = match indices.take(app, &origin, exp) {
        Some(taken) => taken,
        None => indices.begin(app, origin, exp).await?,
    };
    let lists = &app.status_lists.uri;
    Ok(Status {
        status_list: ListName::reference(algorithm, epoch, index, lists),
    })
}

impl Indices {
    fn take(&self, app: &App, origin: &Origin, exp: Timestamp) -> Option<(Timestamp, StatusIndex)> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.get_mut(origin)?;
        let taken = run.take(chance(app), exp);
        let epoch = run.epoch();
        if taken.is_none() {
            runs.remove(origin);
        }
        taken.map(|index| (epoch, index))
    }

    /// Begins a run and takes the first of its indices.
    async fn begin(
        &self,
        app: &App,
        origin: Origin,
        exp: Timestamp,
    ) -> Result<(Timestamp, StatusIndex), TokenError> {
        let mut run = self.begun(app, &origin).await?;
        let taken = run.take(chance(app), exp);
        let index = taken.ok_or_else(|| Failed("a token outlives every status".to_owned()))?;
        self.keep(origin, run, app.now());
        Ok((run.epoch(), index))
    }

    async fn begun(&self, app: &App, origin: &Origin) -> Result<Run, TokenError> {
        let lists = app.directory.status_lists();
        for _ in 0..ATTEMPTS {
            let run = self.next(app).await?;
            match lists.begin(&run, origin).await? {
                Begun::Begun => return Ok(run),
                Begun::Taken => {}
                Begun::GrantGone => {
                    let gone = AccessTokenFallen::GrantGone;
                    return Err(TokenError::refused(ErrorCode::InvalidGrant, gone));
                }
            }
        }
        Err(Failed("each run of status indices was begun by others".to_owned()).into())
    }

    /// A run that nobody has begun, of the block that this node has or of the next.
    async fn next(&self, app: &App) -> Result<Run, TokenError> {
        let mut present = self.block.lock().await;
        let mut block = match present.take() {
            Some(block) => block,
            None => app.directory.status_lists().block().await?,
        };
        let (number, epoch) = (block.take(chance(app)), block.epoch);
        if !block.is_empty() {
            *present = Some(block);
        }
        let number = number.ok_or_else(|| Failed("a block of runs is empty".to_owned()))?;
        Ok(Run::begin(number, epoch, app.now()))
    }

    fn keep(&self, origin: Origin, run: Run, now: Timestamp) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if runs.len() >= MOST {
            runs.retain(|_, run| run.expires_at() > now);
        }
        if runs.len() >= MOST {
            runs.clear();
        }
        runs.insert(origin, run);
    }
}

fn chance(app: &App) -> u32 {
    u32::from_be_bytes(app.random.bytes())
}
