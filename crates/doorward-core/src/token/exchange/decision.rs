//! Whether a token is exchanged, and for what.

use super::{
    Actor, ExchangeMode, ExchangePolicy, ExchangeRefused, ExchangeRequest, PresentedAccessToken,
    TokenTypeIdentifier, target,
};
use crate::access_token::{AccessTokenClaims, Subject};
use crate::acr::AcrLevels;
use crate::client::Client;
use crate::confirmation::{Confirmation, Held};
use crate::identifiers::ClientId;
use crate::resource_server::{AccessTokenFormat, Resource, ResourceServers, Target};
use crate::time::{CLOCK_TOLERANCE, Timestamp};

/// A request to exchange a token that works, of a client that has proven who it is.
#[derive(Clone, Copy, Debug)]
pub struct TokenExchange<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// What the request proves that the client holds.
    pub held: &'a Held,
    /// What the new token is to be bound to, if anything.
    pub binding: Option<&'a Confirmation>,
    /// What is asked for.
    pub request: &'a ExchangeRequest,
    /// The resource server that `resource` names.
    pub resource: Option<&'a Resource>,
    /// The token that is to be exchanged.
    pub subject: &'a PresentedAccessToken,
    /// The token of who acts.
    pub actor: Option<&'a PresentedAccessToken>,
    /// All resource servers.
    pub servers: &'a ResourceServers,
    /// The levels of sign-ins that they may demand.
    pub levels: &'a AcrLevels,
    /// The present time.
    pub now: Timestamp,
}

/// What is given in exchange for a token.
#[derive(Clone, Debug)]
pub struct Exchanged {
    /// What the new token is for, and what it opens there.
    pub target: Target,
    /// For whom it speaks: for whom the old one does, who signed in as they did then.
    pub subject: Subject,
    /// Who acts for them.
    pub act: Option<Actor>,
    /// When it expires at the latest, if anything says so.
    pub until: Option<Timestamp>,
}

impl TokenExchange<'_> {
    /// What is given, if anything is.
    pub fn decide(self) -> Result<Exchanged, ExchangeRefused> {
        let policy = ExchangePolicy::of(self.client)?;
        let subject = self.subject;
        subject.is_meant_for(self.client, self.servers)?;
        subject.stays_bound(self.client, self.held, self.binding)?;
        let act = self.actor(policy)?;
        let server = target::server(self.servers, policy, self.request, self.resource)?;
        let demand = &server.authentication;
        if !demand.is_met_by(&subject.subject, self.levels, self.now) {
            return Err(ExchangeRefused::TooWeak(server.resource.clone()));
        }
        let requested = self.request.requested_token_type;
        let is_signed = server.access_token_format == AccessTokenFormat::Jwt;
        if requested == TokenTypeIdentifier::Jwt && !is_signed {
            return Err(ExchangeRefused::Opaque);
        }
        let scope = self.request.scope.as_ref();
        let target = target::opening(server, subject, self.client, scope)?;
        Ok(Exchanged {
            target,
            subject: subject.subject.clone(),
            act,
            until: self.until()?,
        })
    }

    /// Who acts, besides those who did before: of them nobody is forgotten.
    fn actor(&self, policy: &ExchangePolicy) -> Result<Option<Actor>, ExchangeRefused> {
        let before = self.subject.act.as_ref();
        match (self.actor, policy.mode) {
            (Some(actor), _) => {
                actor.is_of_actor(self.client, self.held)?;
                Actor::after(actor, before).map(Some)
            }
            (None, ExchangeMode::Impersonation) => Ok(before.cloned()),
            (None, ExchangeMode::Delegation) => Err(ExchangeRefused::NoActor),
        }
    }

    /// The end of the token that ends first; none when none ends.
    fn until(&self) -> Result<Option<Timestamp>, ExchangeRefused> {
        let actor = self.actor.and_then(|actor| actor.ends_at);
        let until = self.subject.ends_at.into_iter().chain(actor).min();
        if until.is_some_and(|until| until <= self.now) {
            Err(ExchangeRefused::Over)
        } else {
            Ok(until)
        }
    }
}

/// Why a token that was exchanged does not work any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client that exchanged the token is gone, or may not do so any more")]
pub struct ExchangeTakenBack;

impl AccessTokenClaims {
    /// Whether the token is still allowed as far as its having been exchanged goes, if another client than the `first` one has it, or there
    /// was none at first; `holder` is that client as it is registered today.
    pub fn stands_for_exchange(
        &self,
        first: Option<&ClientId>,
        holder: Option<&Client>,
    ) -> Result<(), ExchangeTakenBack> {
        if first == Some(&self.client_id) {
            return Ok(());
        }
        let holder = holder.ok_or(ExchangeTakenBack)?;
        let policy = ExchangePolicy::of(holder).map_err(|_| ExchangeTakenBack)?;
        let issued_at = Timestamp::from_seconds(self.iat);
        let is_the_same = issued_at.plus(CLOCK_TOLERANCE) >= holder.created_at;
        if is_the_same && policy.names(self.aud.iter()) {
            Ok(())
        } else {
            Err(ExchangeTakenBack)
        }
    }
}
