//! What the tokens of a run die with.

use serde::{Deserialize, Serialize};

use crate::access_token::{AccessTokenClaims, ByApiToken, Subject};
use crate::assertion_issuer::{Vouched, VouchedFor, Voucher};
use crate::authorization_details::AuthorizationDetails;
use crate::identifiers::{ApiTokenId, ClientId, GrantId, PersonId};
use crate::jose::Audience;
use crate::scope::Scope;
use crate::time::Timestamp;

/// What the tokens of a run die with, all at once: they differ in their names and times alone, as far as
/// that is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The grant that they came from, if they did.
    pub grant: Option<GrantId>,
    /// The person whom an assertion issuer vouched for, if it did; that of a grant is known by the grant.
    pub person: Option<PersonId>,
    /// What must be registered.
    pub terms: Terms,
}

/// What must be registered for tokens to work.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Terms {
    /// The client that has the tokens.
    pub client_id: ClientId,
    /// What they are for.
    pub aud: Audience,
    /// By what it may have them.
    #[serde(flatten)]
    pub of: TermsOf,
}

/// By what a client may have tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermsOf {
    /// By a grant, or by exchanging a token that came from one.
    Grant {},
    /// By the credentials of this client.
    Client {
        /// The client that the tokens speak for.
        sub: ClientId,
    },
    /// By the word of an assertion issuer.
    Vouched {
        /// Whose word, to whom.
        vouched: Voucher,
        /// What the tokens open.
        scope: Scope,
    },
    /// In exchange for an API token.
    ApiToken {
        /// Which.
        api_token_id: ApiTokenId,
        /// What the tokens open.
        scope: Scope,
    },
}

impl Origin {
    /// What a token with these claims dies with.
    pub fn of(claims: &AccessTokenClaims) -> Self {
        let (grant, person, of) = match &claims.subject {
            Subject::EndUser(end_user) => (Some(end_user.grant_id), None, TermsOf::Grant {}),
            Subject::Client { sub } => (None, None, TermsOf::Client { sub: sub.clone() }),
            Subject::Vouched(Vouched { sub, vouched }) => {
                let person = match sub {
                    VouchedFor::Person(person) => Some(*person),
                    VouchedFor::Client(_) => None,
                };
                let of = TermsOf::Vouched {
                    vouched: vouched.clone(),
                    scope: claims.scope.clone(),
                };
                (None, person, of)
            }
            Subject::ApiToken(by) => {
                let of = TermsOf::ApiToken {
                    api_token_id: by.api_token_id,
                    scope: claims.scope.clone(),
                };
                (None, None, of)
            }
        };
        Self {
            grant,
            person,
            terms: Terms {
                client_id: claims.client_id.clone(),
                aud: claims.aud.clone(),
                of,
            },
        }
    }
}

impl Terms {
    /// The client that something was allowed at first; of a grant its row says so.
    pub const fn first(&self) -> Option<&ClientId> {
        match &self.of {
            TermsOf::Grant {} => None,
            TermsOf::Client { sub } => Some(sub),
            TermsOf::Vouched { vouched, .. } => Some(&vouched.to),
            TermsOf::ApiToken { .. } => Some(&self.client_id),
        }
    }

    /// A token that was issued on these terms at that time, as far as registrations judge it: of one for a person it does not
    /// say which.
    pub fn specimen(&self, issued_at: Timestamp) -> AccessTokenClaims {
        let sub = self.client_id.clone();
        let (subject, scope) = match &self.of {
            TermsOf::Grant {} => (Subject::Client { sub }, Scope::default()),
            TermsOf::Client { sub } => (Subject::Client { sub: sub.clone() }, Scope::default()),
            TermsOf::Vouched { vouched, scope } => {
                let vouched = vouched.clone();
                let sub = VouchedFor::Client(vouched.to.clone());
                (Subject::Vouched(Vouched { sub, vouched }), scope.clone())
            }
            TermsOf::ApiToken {
                api_token_id,
                scope,
            } => {
                let by = ByApiToken {
                    sub: String::new(),
                    api_token_id: *api_token_id,
                    networks: None,
                };
                (Subject::ApiToken(by), scope.clone())
            }
        };
        AccessTokenClaims {
            iss: String::new(),
            aud: self.aud.clone(),
            client_id: self.client_id.clone(),
            iat: issued_at.as_seconds(),
            exp: issued_at.as_seconds(),
            jti: String::new(),
            scope,
            authorization_details: AuthorizationDetails::default(),
            cnf: None,
            act: None,
            status: None,
            subject,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::access_token::{AccessTokenFor, EndUser, claims};
    use crate::assertion_issuer::Voucher;
    use crate::id_token::tests::grant;
    use crate::testing::NOW;

    fn token(subject: Subject) -> AccessTokenClaims {
        let mut claims = claims(AccessTokenFor {
            issuer: "https://id.example.com",
            client: &"gateway".parse().unwrap(),
            subject,
            act: None,
            target: &crate::resource_server::Target {
                server: None,
                audience: Audience::One("https://reports.example".to_owned()),
                authorization_details: AuthorizationDetails::default(),
                scope: "reports:read".parse().unwrap(),
            },
            confirmation: None,
            jti: [0; 16],
            now: NOW,
            lifetime: std::time::Duration::from_mins(5),
        });
        claims.jti = String::new();
        claims
    }

    #[test]
    fn a_token_of_a_grant_dies_with_the_grant_and_with_who_has_it() {
        let grant = grant();
        let end_user = EndUser::of(&grant, grant.person.into());
        let origin = Origin::of(&token(Subject::EndUser(end_user)));
        assert_eq!((origin.grant, origin.person), (Some(grant.id), None));
        assert_eq!(origin.terms.first(), None);
        assert_eq!(
            serde_json::to_value(&origin.terms).unwrap(),
            json!({ "client_id": "gateway", "aud": "https://reports.example", "grant": {} })
        );
    }

    #[test]
    fn what_registrations_judge_is_the_same_of_a_token_and_of_its_terms() {
        let wiki: ClientId = "wiki".parse().unwrap();
        let vouched = Voucher {
            by: "partner".parse().unwrap(),
            to: wiki.clone(),
        };
        for subject in [
            Subject::Client { sub: wiki.clone() },
            Subject::Vouched(Vouched {
                sub: VouchedFor::Client(wiki.clone()),
                vouched,
            }),
        ] {
            let token = token(subject);
            let origin = Origin::of(&token);
            assert_eq!(origin.terms.first(), Some(&wiki));
            let specimen = origin.terms.specimen(NOW);
            assert_eq!(specimen.subject, token.subject);
            assert_eq!(
                (specimen.client_id, specimen.aud, specimen.iat),
                (token.client_id, token.aud, token.iat)
            );
        }
    }

    #[test]
    fn whom_somebody_vouched_for_is_no_part_of_the_terms() {
        let vouched_for = |sub| {
            Origin::of(&token(Subject::Vouched(Vouched {
                sub,
                vouched: Voucher {
                    by: "partner".parse().unwrap(),
                    to: "wiki".parse().unwrap(),
                },
            })))
        };
        let person = grant().person;
        let alice = vouched_for(VouchedFor::Person(person));
        let wiki = vouched_for(VouchedFor::Client("wiki".parse().unwrap()));
        assert_eq!((alice.person, wiki.person), (Some(person), None));
        assert_eq!(alice.terms, wiki.terms);
    }

    #[test]
    fn terms_are_read_as_they_are_written() {
        let terms = Origin::of(&token(Subject::Client {
            sub: "wiki".parse().unwrap(),
        }))
        .terms;
        let text = serde_json::to_string(&terms).unwrap();
        assert_eq!(serde_json::from_str::<Terms>(&text).unwrap(), terms);
    }
}
