//! Grants: what was allowed once, and every token that comes from it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::acr::Acr;
use crate::authorization_details::AuthorizationDetails;
use crate::claims::{self, ClaimsRequest};
use crate::client::{Client, ConsentPolicy};
use crate::confirmation::Confirmation;
use crate::consent::Consent;
use crate::identifiers::{ClientId, GrantId, PersonId, RefreshTokenId, SessionId};
use crate::person::{Person, PersonStatus};
use crate::resource_server::Resource;
use crate::scope::Scope;
use crate::secret::SecretHash;
use crate::session::Authentication;
use crate::time::{CLOCK_TOLERANCE, Timestamp};

/// What a person allowed a client in one authorization. Revoking it ends every token that came from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its name, also in access tokens, so that they die with it.
    pub id: GrantId,
    /// The End-User.
    pub person: PersonId,
    /// The client.
    pub client: ClientId,
    /// The browser's session in which it was allowed.
    pub session: SessionId,
    /// What was allowed.
    pub scope: Scope,
    /// The resource servers that the client named when it asked
    /// ([RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1)); the others follow from the scope.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<Resource>,
    /// What was allowed in detail ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)).
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// The single claims that the client asked for by the `claims` parameter.
    pub claims: ClaimsRequest,
    /// How and when the End-User had signed in.
    pub authentication: Authentication,
    /// How strongly, if that has a name; it stays what it was when the grant was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<Acr>,
    /// Whether it lives on after sign-out.
    pub lifetime: GrantLifetime,
    /// When it was allowed.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// Whether a grant outlives the browser's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantLifetime {
    /// Ends with the session.
    Session,
    /// Lives on after sign-out
    /// (`offline_access`, [OpenID Connect Core section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess)).
    Offline,
}

/// Why a grant no longer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantFallen {
    /// It was revoked.
    #[error("the grant was revoked")]
    Revoked,
    /// Its time is over.
    #[error("the grant has expired")]
    Expired,
    /// The person may not sign in any more.
    #[error("the person is disabled")]
    PersonDisabled,
    /// It was allowed to a client that was removed; another one has its name now.
    #[error("the grant is older than the client's registration")]
    ClientRegisteredAnew,
    /// The person took back what they had allowed.
    #[error("the person's consent was withdrawn or no longer covers the grant")]
    ConsentWithdrawn,
}

impl Grant {
    /// Whether what was allowed still holds at `now`; judged again at every use of a token that came from it.
    ///
    /// `consent` is what the person allows the client today; it counts only for clients that must ask.
    pub fn stands(
        &self,
        person: &Person,
        client: &Client,
        consent: Option<&Consent>,
        now: Timestamp,
    ) -> Result<(), GrantFallen> {
        if self.revoked_at.is_some() {
            return Err(GrantFallen::Revoked);
        }
        if now >= self.expires_at {
            return Err(GrantFallen::Expired);
        }
        if self.issued_at.plus(CLOCK_TOLERANCE) < client.created_at {
            return Err(GrantFallen::ClientRegisteredAnew);
        }
        if person.status == PersonStatus::Disabled {
            return Err(GrantFallen::PersonDisabled);
        }
        // What was allowed without a scope was allowed for this grant alone, and goes with it.
        let consented = self.consented();
        let covered =
            || consent.is_some_and(|consent| consented.is_within(&consent.permission.scope));
        let asked = client.consent_policy() == ConsentPolicy::Ask;
        if asked && !consented.is_empty() && !covered() {
            return Err(GrantFallen::ConsentWithdrawn);
        }
        Ok(())
    }

    /// All that the person was asked to allow: the scope, and the scopes of the claims asked for one by one.
    fn consented(&self) -> Scope {
        claims::scopes_of(&self.claims).union(&self.scope)
    }
}

/// A chain of refresh tokens, each the successor of the one before; only the last one lives
/// ([RFC 9700 section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2)).
///
/// One row holds the whole chain, however often it is rotated. A token names its chain, so one
/// that names it and is not the last is a token used twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshTokenFamily {
    /// Its name, known only to those who hold one of its tokens.
    pub id: RefreshTokenId,
    /// What its tokens stand for.
    pub grant: GrantId,
    /// The key that its tokens are bound to: that of a public client which has one
    /// ([RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    pub confirmation: Option<Confirmation>,
    /// The living token.
    pub current: SecretHash,
    /// The token before, which may be shown again for a moment by a client that missed the answer.
    pub previous: Option<SpentRefreshToken>,
    /// When the living token was made.
    pub rotated_at: Timestamp,
    /// When the chain ends unless a token is used before.
    pub idle_expires_at: Timestamp,
}

/// The predecessor of the living token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpentRefreshToken {
    /// Its hash.
    pub hash: SecretHash,
    /// What was mixed with it to make its successor, so that the same one can be made again.
    pub salt: [u8; 32],
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::consent::Permission;
    use crate::id_token::tests::grant;
    use crate::testing::{NOW, alice, client};

    /// A grant, who gave it to whom, and what is remembered of it.
    struct Situation {
        grant: Grant,
        person: Person,
        client: Client,
        consent: Option<Consent>,
    }

    fn after(change: impl FnOnce(&mut Situation)) -> Result<(), GrantFallen> {
        let mut it = Situation {
            grant: grant(),
            person: alice(),
            client: client(),
            consent: Some(Consent {
                person: alice().id,
                client: client().client_id,
                permission: Permission {
                    scope: "openid profile email phone".parse().unwrap(),
                    ..Permission::default()
                },
                given_at: NOW,
            }),
        };
        change(&mut it);
        it.grant
            .stands(&it.person, &it.client, it.consent.as_ref(), NOW)
    }

    #[test]
    fn what_was_allowed_holds_until_something_ends_it() {
        let trusted = |it: &mut Situation| it.client.consent = ConsentPolicy::Trusted;
        let single = |it: &mut Situation, claims: &str| {
            it.grant.claims = ClaimsRequest::parse(claims).unwrap();
        };
        assert_eq!(after(|_| ()), Ok(()));
        assert_eq!(
            after(|it| it.grant.revoked_at = Some(NOW)),
            Err(GrantFallen::Revoked)
        );
        assert_eq!(
            after(|it| it.grant.expires_at = NOW),
            Err(GrantFallen::Expired)
        );
        assert_eq!(
            after(|it| it.grant.expires_at = NOW.plus(Duration::from_millis(1))),
            Ok(())
        );
        assert_eq!(
            after(|it| it.person.status = PersonStatus::Disabled),
            Err(GrantFallen::PersonDisabled)
        );
        assert_eq!(
            after(|it| it.client.created_at = it.grant.issued_at.plus(CLOCK_TOLERANCE)),
            Ok(()),
            "the node that issued the grant may have a clock that is behind"
        );
        assert_eq!(
            after(|it| {
                let later = CLOCK_TOLERANCE + Duration::from_millis(1);
                it.client.created_at = it.grant.issued_at.plus(later);
            }),
            Err(GrantFallen::ClientRegisteredAnew)
        );
        assert_eq!(
            after(|it| it.consent = None),
            Err(GrantFallen::ConsentWithdrawn)
        );
        assert_eq!(
            after(|it| it.consent.as_mut().unwrap().permission.scope =
                "openid email".parse().unwrap()),
            Err(GrantFallen::ConsentWithdrawn)
        );
        assert_eq!(
            after(|it| single(it, r#"{"userinfo":{"phone_number":null}}"#)),
            Ok(())
        );
        assert_eq!(
            after(|it| single(it, r#"{"userinfo":{"address":null}}"#)),
            Err(GrantFallen::ConsentWithdrawn),
            "claims asked for one by one need consent as well"
        );
        assert_eq!(
            after(|it| {
                trusted(it);
                it.consent = None;
            }),
            Ok(())
        );
        assert_eq!(
            after(|it| {
                trusted(it);
                it.person.status = PersonStatus::Disabled;
            }),
            Err(GrantFallen::PersonDisabled)
        );
    }
}
