//! What operators set of a client that speaks for itself: it cannot see that, and no change of its own takes it back.

use std::collections::BTreeSet;

use super::Dynamic;
use super::metadata::GRANT_TYPES;
use crate::client::{
    CertificateBinding, Client, ConsentPolicy, DpopPolicy, GrantType, MutualTls, PkcePolicy,
    PushPolicy, RequestObjectPolicy, RequestObjects,
};
use crate::token::exchange::ExchangePolicy;

/// What an operator trusts a client with beyond what clients may ask for themselves.
#[derive(Default)]
struct Trust {
    consent: ConsentPolicy,
    details_consent: ConsentPolicy,
    grant_types: BTreeSet<GrantType>,
    token_exchange: Option<ExchangePolicy>,
}

impl Client {
    /// The client as it says that it is, with what operators set of the one that it was `before`. Its profile is left to the caller.
    pub(super) fn with_what_operators_set(self, before: &Self) -> Self {
        let trust = self.trust_kept_of(before);
        let (dpop, certificate_binding) = self.token_binding_kept_of(before);
        Self {
            secrets: before.secrets_kept_for(self.token_endpoint_auth_method),
            consent: trust.consent,
            authorization_details_consent: trust.details_consent,
            pkce: still(PkcePolicy::Required, before.pkce, self.pkce),
            pushed_requests: still(
                PushPolicy::Required,
                before.pushed_requests,
                self.pushed_requests,
            ),
            dpop,
            mutual_tls: MutualTls {
                binding: certificate_binding,
                ..self.mutual_tls
            },
            assertion_audience: before.assertion_audience,
            grant_types: self
                .grant_types
                .into_iter()
                .chain(trust.grant_types)
                .collect(),
            token_exchange: trust.token_exchange,
            response_modes: before.response_modes.clone(),
            request_objects: RequestObjects {
                policy: still(
                    RequestObjectPolicy::Required,
                    before.request_objects.policy,
                    self.request_objects.policy,
                ),
                lifetime: before.request_objects.lifetime,
                ..self.request_objects
            },
            access_token_signed_response_alg: before.access_token_signed_response_alg,
            networks: before.networks.clone(),
            dynamic: self.dynamic.map(|dynamic| Dynamic {
                registration_access_token: before.registration_access_token(),
                allowed_scope: before.allowed_scope().cloned(),
                allowed_authorization_details_types: before
                    .allowed_authorization_details_types()
                    .cloned(),
                ..dynamic
            }),
            ..self
        }
    }

    /// Tokens that had to be bound to a key must be so still. To which kind of key is the client's to say: it can be but one.
    fn token_binding_kept_of(&self, before: &Self) -> (DpopPolicy, CertificateBinding) {
        let said = (self.dpop, self.mutual_tls.binding);
        match said {
            (DpopPolicy::Optional, CertificateBinding::None) => {
                (before.dpop, before.mutual_tls.binding)
            }
            _ => said,
        }
    }

    /// Operators answer for what they have seen: another client is trusted with nothing.
    fn trust_kept_of(&self, before: &Self) -> Trust {
        if !self.is_who_it_was(before) {
            return Trust::default();
        }
        let grant_types = before.grant_types.iter().copied();
        Trust {
            consent: before.consent,
            details_consent: before.authorization_details_consent,
            grant_types: grant_types
                .filter(|grant_type| !GRANT_TYPES.contains(grant_type))
                .collect(),
            token_exchange: before.token_exchange.clone(),
        }
    }

    /// Whether it answers to the same addresses and proves who it is by the same means.
    fn is_who_it_was(&self, before: &Self) -> bool {
        self.redirect_uris == before.redirect_uris
            && self.token_endpoint_auth_method == before.token_endpoint_auth_method
            && self.mutual_tls.subject == before.mutual_tls.subject
            && self.jwks == before.jwks
            && self.jwks_uri == before.jwks_uri
    }
}

/// What a client says of a policy, unless it was `strict` before: then it is so still.
fn still<T: Copy + PartialEq>(strict: T, before: T, said: T) -> T {
    if before == strict { strict } else { said }
}
