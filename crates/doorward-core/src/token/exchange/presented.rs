//! An access token that is to be exchanged.

use super::{Actor, ExchangeRefused, Presented};
use crate::access_token::{AccessTokenClaims, ByApiToken, Subject};
use crate::api_token::{ApiTokenPolicy, FoundToken, Working};
use crate::client::Client;
use crate::confirmation::{Confirmation, Held};
use crate::grant::Grant;
use crate::identifiers::ClientId;
use crate::jose::Audience;
use crate::resource_server::ResourceServers;
use crate::scope::Scope;
use crate::time::Timestamp;

/// A token that works now, and what was allowed at first: an access token, or an API token.
#[derive(Clone, Debug)]
pub struct PresentedAccessToken {
    /// The client that it was given to; an API token was given to none.
    pub client: Option<ClientId>,
    /// Whom it is for.
    pub audience: Audience,
    /// What it allows.
    pub scope: Scope,
    /// For whom it speaks.
    pub subject: Subject,
    /// Who acts for them, if it says so.
    pub act: Option<Actor>,
    /// What it is bound to, if anything.
    pub confirmation: Option<Confirmation>,
    /// When it expires, if it does.
    pub ends_at: Option<Timestamp>,
    /// The client that was allowed something at first: by a person, or by its registration. None, where that was no client.
    pub first_client: Option<ClientId>,
    /// All that was allowed at first.
    pub first_scope: Scope,
}

impl PresentedAccessToken {
    /// A token that came of a `grant`, or of the registration of `client` itself.
    pub fn new(claims: AccessTokenClaims, client: &Client, grant: Option<&Grant>) -> Self {
        let first_scope = grant.map_or(&client.scope, |grant| &grant.scope).clone();
        let of_api_token = matches!(claims.subject, Subject::ApiToken(_));
        Self {
            client: Some(claims.client_id),
            audience: claims.aud,
            scope: claims.scope,
            subject: claims.subject,
            act: claims.act,
            confirmation: claims.cnf,
            ends_at: Some(Timestamp::from_seconds(claims.exp)),
            first_client: (!of_api_token).then(|| client.client_id.clone()),
            first_scope,
        }
    }

    /// An API token, which opens what it opens by itself and nothing else.
    pub fn of_api_token(found: &FoundToken, working: &Working, policy: &ApiTokenPolicy) -> Self {
        let token = &found.token;
        let ends = token.expires_at.into_iter().chain(found.secret_ends_at);
        let names = working.resources.iter().map(ToString::to_string);
        Self {
            client: None,
            audience: Audience::Many(names.collect()),
            scope: working.scope.clone(),
            subject: Subject::ApiToken(ByApiToken::of(token, policy)),
            act: None,
            confirmation: None,
            ends_at: ends.min(),
            first_client: None,
            first_scope: working.scope.clone(),
        }
    }

    /// Whether the token came of an exchange, as far as it shows.
    pub(super) fn was_exchanged(&self) -> bool {
        self.client != self.first_client || self.act.is_some()
    }

    /// Whether `client` may exchange the token: it is its own, or it came to the API that the client is.
    pub(super) fn is_meant_for(
        &self,
        client: &Client,
        servers: &ResourceServers,
    ) -> Result<(), ExchangeRefused> {
        let received = || servers.introspected_by(&client.client_id, &self.audience);
        if self.is_of(client) || received().is_some() {
            Ok(())
        } else {
            Err(ExchangeRefused::NotMeant)
        }
    }

    /// Whether a token that is bound is exchanged for one that is: what it is bound to has to be proven by its owner; an API, which
    /// cannot, has the new one bound to what it holds itself.
    pub(super) fn stays_bound(
        &self,
        client: &Client,
        held: &Held,
        binding: Option<&Confirmation>,
    ) -> Result<(), ExchangeRefused> {
        if self.is_of(client) {
            self.is_held_by(held, Presented::Subject)?;
        }
        match &self.confirmation {
            Some(bound) if binding.is_none() => Err(unproven(bound, Presented::Subject)),
            _ => Ok(()),
        }
    }

    /// Whether the token says who acts when `client` does: it must be its own, so that nobody names somebody else.
    pub(super) fn is_of_actor(&self, client: &Client, held: &Held) -> Result<(), ExchangeRefused> {
        if self.is_of(client) {
            self.is_held_by(held, Presented::Actor)
        } else {
            Err(ExchangeRefused::NotOwn(Presented::Actor))
        }
    }

    /// Whether it opens nothing but what it is for: nobody allowed a client more at first.
    pub(super) const fn is_for_its_audience_alone(&self) -> bool {
        matches!(self.subject, Subject::ApiToken(_))
    }

    fn is_of(&self, client: &Client) -> bool {
        self.client.as_ref() == Some(&client.client_id)
    }

    fn is_held_by(&self, held: &Held, which: Presented) -> Result<(), ExchangeRefused> {
        let Some(bound) = &self.confirmation else {
            return Ok(());
        };
        let proves_another = match bound {
            Confirmation::Jkt(_) => held.key.is_some(),
            Confirmation::Certificate(_) => held.certificate.is_some(),
        };
        if bound.is_held(held) {
            Ok(())
        } else if proves_another {
            Err(ExchangeRefused::WrongKey(which))
        } else {
            Err(unproven(bound, which))
        }
    }
}

const fn unproven(bound: &Confirmation, which: Presented) -> ExchangeRefused {
    match bound {
        Confirmation::Jkt(_) => ExchangeRefused::Unproven(which),
        Confirmation::Certificate(_) => ExchangeRefused::NoCertificate(which),
    }
}

impl Subject {
    /// `sub`.
    pub fn sub(&self) -> String {
        match self {
            Self::EndUser(end_user) => end_user.sub.to_string(),
            Self::Vouched(vouched) => vouched.sub.sub(),
            Self::ApiToken(by) => by.sub.clone(),
            Self::Client { sub } => sub.to_string(),
        }
    }
}
