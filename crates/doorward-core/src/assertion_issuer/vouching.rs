//! Access tokens that came of an assertion issuer's word, and how long they stand.

use serde::{Deserialize, Serialize};

use super::{AssertionIssuer, AssertionIssuerName, AssertionIssuerStatus, Identity};
use crate::access_token::AccessTokenClaims;
use crate::client::{Client, ConsentPolicy, GrantType};
use crate::consent::Consent;
use crate::grant::GrantFallen;
use crate::identifiers::{ClientId, PersonId};
use crate::person::{Person, PersonStatus};
use crate::scope::Scope;
use crate::time::{CLOCK_TOLERANCE, Timestamp};

/// Whom an access token speaks for by the word of an assertion issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// Who.
    pub sub: VouchedFor,
    /// Whose word it was, and to whom: a private claim of ours, by which the token dies with them
    /// ([RFC 7519 section 4.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.3)).
    pub vouched: Voucher,
}

/// Whom an assertion issuer vouched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum VouchedFor {
    /// A person, by their public subject.
    Person(PersonId),
    /// The client that brought the assertion. No client's name has the form of a person's.
    Client(ClientId),
}

/// Whose word a token came of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Voucher {
    /// The assertion issuer, by the name that operators call it.
    pub by: AssertionIssuerName,
    /// The client that brought the assertion.
    pub to: ClientId,
}

/// Why the word of an assertion issuer does not count, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VouchingRefused {
    /// It is not registered any more.
    #[error("the assertion issuer is gone")]
    Gone,
    /// An operator disabled it.
    #[error("the assertion issuer is disabled")]
    Disabled,
    /// The time for which an operator trusts it is over.
    #[error("the time of the assertion issuer is over (assertion-issuer add --until)")]
    Over,
    /// It is another one, registered later under the same name.
    #[error("the token is older than the registration of its assertion issuer")]
    RegisteredAnew,
    /// The client may not bring its assertions, or not any more.
    #[error("the client may bring no assertions of this issuer")]
    Client,
    /// The client is not registered for the grant type any more.
    #[error("the client is no longer registered for jwt_bearer")]
    GrantType,
    /// Tokens for this resource server do not come of it any more.
    #[error("the assertion issuer no longer opens this resource server, or not by this scope")]
    Target,
    /// The person is gone.
    #[error("the person is gone")]
    NoPerson,
    /// The client knows people by names that no other client knows, and access tokens would give their public ones away.
    #[error("the client knows people by pairwise subjects, and assertions speak of public ones")]
    Pairwise,
    /// The person or the client stands no more.
    #[error(transparent)]
    Fallen(#[from] GrantFallen),
}

impl VouchedFor {
    /// `sub`.
    pub fn sub(&self) -> String {
        match self {
            Self::Person(person) => person.to_string(),
            Self::Client(client) => client.to_string(),
        }
    }
}

impl AssertionIssuer {
    /// Whether its word counts at `now` for `client`; judged again at every use of a token that came of it.
    pub fn counts_for(&self, client: &Client, now: Timestamp) -> Result<(), VouchingRefused> {
        if self.status == AssertionIssuerStatus::Disabled {
            Err(VouchingRefused::Disabled)
        } else if self.ends_at.is_some_and(|end| now >= end) {
            Err(VouchingRefused::Over)
        } else if !client.may_use(GrantType::JwtBearer) {
            Err(VouchingRefused::GrantType)
        } else if !self.clients.contains(&client.client_id) {
            Err(VouchingRefused::Client)
        } else if client.sector.is_some() && !matches!(self.identity, Identity::Client(_)) {
            Err(VouchingRefused::Pairwise)
        } else {
            Ok(())
        }
    }
}

/// Whether a token for `person` may exist: they may sign in, and have allowed it where their client must ask.
pub(crate) fn person_stands(
    person: &Person,
    client: &Client,
    consent: Option<&Consent>,
    scope: &Scope,
) -> Result<(), GrantFallen> {
    if person.status == PersonStatus::Disabled {
        return Err(GrantFallen::PersonDisabled);
    }
    let covered = || consent.is_some_and(|consent| scope.is_within(&consent.permission.scope));
    if client.consent_policy() == ConsentPolicy::Ask && !covered() {
        return Err(GrantFallen::ConsentWithdrawn);
    }
    Ok(())
}

impl AccessTokenClaims {
    /// Whether the word that the token came of still counts: of `issuer`, to `client`.
    pub fn stands_for_vouching(
        &self,
        issuer: &AssertionIssuer,
        client: &Client,
        now: Timestamp,
    ) -> Result<(), VouchingRefused> {
        issuer.counts_for(client, now)?;
        let issued_at = Timestamp::from_seconds(self.iat).plus(CLOCK_TOLERANCE);
        if issued_at < issuer.created_at {
            return Err(VouchingRefused::RegisteredAnew);
        }
        if issued_at < client.created_at {
            return Err(GrantFallen::ClientRegisteredAnew.into());
        }
        // What it was exchanged for later is for the registration of whoever exchanged it to say.
        if self.client_id == client.client_id && !self.is_opened_by(issuer) {
            return Err(VouchingRefused::Target);
        }
        Ok(())
    }

    /// Whether `person`, whom the token speaks for, may still be spoken for to `client`, to whom their issuer vouched for them.
    pub fn stands_for_person(
        &self,
        person: &Person,
        client: &Client,
        consent: Option<&Consent>,
    ) -> Result<(), GrantFallen> {
        // What it was exchanged for later is nothing that they were asked about.
        let scope = if self.client_id == client.client_id {
            self.scope.clone()
        } else {
            Scope::default()
        };
        person_stands(person, client, consent, &scope)
    }

    fn is_opened_by(&self, issuer: &AssertionIssuer) -> bool {
        let mut resources = issuer.resources.iter();
        let scope = issuer.scope.as_ref();
        resources.any(|resource| self.aud.contains(resource.as_str()))
            && scope.is_none_or(|scope| self.scope.is_within(scope))
    }
}
