//! Access tokens at sites. Every kind of token comes in here, and leaves as what its holder may do.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use doorward_core::access_token::{AccessTokenClaims, Subject};
use doorward_core::assertion_issuer::VouchedFor;
use doorward_core::bearer::{BearerRefused, Presented, constrained};
use doorward_core::forward_auth::{Caller, Holder};
use doorward_core::resource_server::Resource;
use doorward_core::secret::SecretHash;
use doorward_core::time::Timestamp;

use crate::access_token::{Living, authorization, living};
use crate::provider::App;
use crate::refusal::BearerError;

/// A token that somebody brings to a site.
#[derive(Clone, Copy)]
pub(super) struct Brought<'a> {
    pub(super) presented: Presented<'a>,
    /// The resource server that it must be for.
    pub(super) resource: &'a Resource,
    /// Where the request came from.
    pub(super) address: IpAddr,
}

/// The token that a request has in its header, if it has one.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<Presented<'_>>, BearerRefused> {
    Ok(authorization(headers)?.and_then(Presented::of_header))
}

/// Who holds a token, if it works there and now.
pub(super) async fn bearer(app: &App, brought: Brought<'_>) -> Result<Arc<Caller>, BearerError> {
    let (key, now) = (brought.key(), app.now());
    if let Some(known) = app.token_holders.get(key, now) {
        return Ok(known);
    }
    let living = living(app, brought.presented.token).await?;
    living.claims.is_for(brought.resource.as_str())?;
    let here = living.claims.works_from(Some(brought.address));
    here.map_err(BearerRefused::from)?;
    // A proof would name this request, which the proxy tells of and does not pass on.
    let scheme = brought.presented.scheme;
    constrained(scheme, living.claims.cnf.as_ref(), None, Ok(None))?;
    let ends = Timestamp::from_seconds(living.claims.exp);
    let holder = Arc::new(Caller::Token(holder(living)));
    app.token_holders
        .remember(key, Arc::clone(&holder), now, ends);
    Ok(holder)
}

impl Brought<'_> {
    /// What the answer depends on.
    fn key(&self) -> SecretHash {
        let Presented { scheme, token } = self.presented;
        let (scheme, resource) = (scheme.as_str(), self.resource);
        SecretHash::of(&format!("{scheme} {resource} {} {token}", self.address))
    }
}

fn holder(living: Living) -> Holder {
    let Living {
        claims, allowed, ..
    } = living;
    Holder {
        subject: subject(&claims),
        client: Some(claims.client_id),
        scope: claims.scope,
        person: allowed.map(|(_, person)| person),
    }
}

fn subject(claims: &AccessTokenClaims) -> String {
    match &claims.subject {
        Subject::EndUser(end_user) => end_user.sub.to_string(),
        Subject::Vouched(vouched) => match &vouched.sub {
            VouchedFor::Person(person) => person.to_string(),
            VouchedFor::Client(client) => client.to_string(),
        },
        Subject::ApiToken(by) => by.sub.clone(),
        Subject::Client { sub } => sub.to_string(),
    }
}
