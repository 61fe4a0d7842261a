//! `/api-tokens/{id}/rotate`: giving a token another secret.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use doorward_core::api_token::{
    ApiToken, FoundToken, Hold, Issuer, Lifetime, Rotation, RotationRefused,
};
use doorward_core::authorization::OwnPage;
use doorward_core::event::ApiTokenChange;
use doorward_core::secret::Secret;
use doorward_core::time::Timestamp;

use super::once::{Sent, sent};
use super::shown::secret_page;
use super::suspension::only;
use super::visit::{Asked, Turned, Visit, refuse};
use super::{address, once};
use crate::form::see_other;
use crate::pages::{Before, Problem, RotateApiToken};
use crate::refusal::PageError;

/// How long what opened a token may go on that are offered, as far as the policy allows.
const OVERLAPS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_hours(1),
    Duration::from_hours(24),
    Duration::from_hours(7 * 24),
];

/// Asks how long what opens the token now is to go on.
pub(super) async fn show(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.at(|id| id.map(OwnPage::RotateApiToken)).await?;
    let found = own(&visit).await?;
    let token_url = address(OwnPage::ApiToken(found.token.id));
    let Ok((rotated, _)) = rotated(&visit, &found, Duration::ZERO) else {
        return Ok(see_other(&token_url));
    };
    let (app, most) = (&visit.app, visit.app.settings.api_tokens.max_overlap);
    let page = RotateApiToken {
        name: found.token.name.to_string(),
        expires_at: rotated.expires_at,
        overlaps: OVERLAPS.into_iter().filter(|it| *it <= most).collect(),
        now: app.now(),
        action: address(OwnPage::RotateApiToken(found.token.id)),
        token_url,
        csrf: visit.here.csrf.clone(),
        form: once::form(app),
    };
    Ok(page.page(visit.texts()).into_response())
}

/// Rotates the token and shows, this one time, what opens it from now on.
pub(super) async fn rotate(asked: Asked) -> Result<Response, Turned> {
    let visit = asked.with_form().await?;
    let found = own(&visit).await?;
    let before = &found.token;
    let token_page = || see_other(&address(OwnPage::ApiToken(before.id)));
    let page = OwnPage::RotateApiToken(before.id);
    visit.lately_enough_for(page).await?;
    only(&visit, "rotate")?;
    let (rotated, ends_at) = match rotated(&visit, &found, overlap(&visit)?) {
        Ok(rotated) => rotated,
        Err(RotationRefused::Stopped | RotationRefused::Expired) => return Ok(token_page()),
        Err(refused) => return Err(refuse(Problem::FormOutdated, &refused).into()),
    };
    if let Sent::Again(_) = sent(&visit, before.id).await? {
        return Ok(token_page());
    }
    let secret = Secret::generate(before.kind().secret(), &*visit.app.random);
    let tokens = visit.app.directory.api_tokens();
    if !tokens.rotate(before, &rotated, &secret, ends_at).await? {
        let reason = "the token was changed meanwhile";
        return Err(refuse(Problem::FormOutdated, &reason).into());
    }
    let ended = ends_at <= visit.app.now();
    let was = if ended {
        Before::Ended
    } else {
        Before::GoesOnUntil(ends_at)
    };
    Ok(secret_page(&visit, before.id, secret, was, ApiTokenChange::Rotated).await?)
}

/// The token, if it acts for the person. Programs and projects get theirs from those who run them.
async fn own(visit: &Visit) -> Result<FoundToken, PageError> {
    match visit.token().await? {
        (found, Hold::Own) => Ok(found),
        (_, Hold::AnsweredFor) => Err(super::visit::nothing_there()),
    }
}

fn rotated(
    visit: &Visit,
    found: &FoundToken,
    overlap: Duration,
) -> Result<(ApiToken, Timestamp), RotationRefused> {
    let rotation = Rotation {
        by: Issuer::Somebody,
        overlap,
        lifetime: Lifetime::Default,
    };
    let policy = &visit.app.settings.api_tokens;
    doorward_core::api_token::rotate(found, rotation, policy, visit.app.now())
}

/// What the form says, in hours.
fn overlap(visit: &Visit) -> Result<Duration, PageError> {
    let hours = visit.parameters.one("overlap").unwrap_or_default();
    let hours: Result<u32, _> = hours.parse();
    let hours = hours.map_err(|_| refuse(Problem::FormOutdated, &"it names no overlap"))?;
    Ok(Duration::from_hours(hours.into()))
}
