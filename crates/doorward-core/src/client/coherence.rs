//! What of a registration must fit the rest of it, whoever registers the client: an operator, or the client itself.

use super::{
    AuthMethod, Client, GrantType, PkcePolicy, RequestObjectLifetime, RequestObjectPolicy,
};
use crate::jose::JwkSet;

/// The grant types that somebody signs in for, and that a refresh token may come of.
pub const SIGN_IN: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::DeviceCode];

/// Why a registration contradicts itself, in the words of its metadata
/// ([RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incoherent {
    /// A public client with private keys.
    #[error("a client that keeps no secret keeps no private key")]
    PublicWithKeys,
    /// Keys in two places.
    #[error("it is either jwks or jwks_uri, not both")]
    KeysTwice,
    /// Signed assertions, and no key that verifies them.
    #[error("private_key_jwt needs the keys that assertions are signed with")]
    AssertionWithoutKeys,
    /// A certificate of its own that proves who a client is, and nobody knows it.
    #[error(
        "self_signed_tls_client_auth needs keys of which one has its certificate, as x5c or x5t#S256"
    )]
    CertificateUnknown,
    /// A certificate that proves who a client is, and nobody knows whom it names.
    #[error("tls_client_auth needs what the certificate says of the client")]
    CertificateUnnamed,
    /// Whom a certificate names, and it proves nothing.
    #[error("what a certificate says of a client goes with tls_client_auth only")]
    NameOfNoCertificate,
    /// Signed requests, and no key that verifies them.
    #[error("it needs the keys that request objects are signed with: jwks or jwks_uri")]
    RequestObjectWithoutKeys(&'static str),
    /// A public client without PKCE.
    #[error("for a client that keeps no secret PKCE is the only proof")]
    PublicWithoutPkce,
    /// A refresh token, and nothing that the first one comes of.
    #[error("refresh_token needs authorization_code or device_code, which the first one comes of")]
    RefreshWithoutSignIn,
    /// A client that shall act for itself and cannot prove who that is.
    #[error("client_credentials needs a client that proves who it is")]
    PublicWithCredentials,
    /// People sign in, and nobody knows where to send them.
    #[error("authorization_code needs a redirect URI")]
    CodeWithoutRedirectUri,
    /// A place to send people to, and nobody signs in.
    #[error("without authorization_code nobody is sent anywhere")]
    RedirectUriWithoutCode,
    /// A client that shall exchange tokens and cannot prove who it is.
    #[error("token exchange needs a client that proves who it is")]
    PublicWithExchange,
    /// A client that shall exchange tokens, and nobody knows for what.
    #[error("token exchange needs a resource server that tokens are exchanged for")]
    ExchangeWithoutTarget,
    /// Something to exchange tokens for, and no exchange.
    #[error("it is for token exchange, which the client may not use")]
    TargetWithoutExchange,
}

impl Incoherent {
    /// The member of the metadata that the reason is about.
    pub const fn member(self) -> &'static str {
        match self {
            Self::PublicWithKeys
            | Self::KeysTwice
            | Self::AssertionWithoutKeys
            | Self::CertificateUnknown => "jwks",
            Self::RequestObjectWithoutKeys(member) => member,
            Self::PublicWithoutPkce | Self::CertificateUnnamed | Self::NameOfNoCertificate => {
                "token_endpoint_auth_method"
            }
            Self::RefreshWithoutSignIn | Self::PublicWithCredentials | Self::PublicWithExchange => {
                "grant_types"
            }
            Self::CodeWithoutRedirectUri | Self::RedirectUriWithoutCode => "redirect_uris",
            Self::ExchangeWithoutTarget | Self::TargetWithoutExchange => "token_exchange",
        }
    }
}

impl Client {
    /// Proves that nothing of the registration contradicts the rest of it.
    pub fn coherent(self) -> Result<Self, Incoherent> {
        let judged = [
            self.contradiction_of_keys(),
            self.contradiction_of_certificates(),
            self.contradiction_of_grant_types(),
            self.contradiction_of_exchange(),
        ];
        match judged.into_iter().flatten().next() {
            None => Ok(self),
            Some(reason) => Err(reason),
        }
    }

    fn contradiction_of_keys(&self) -> Option<Incoherent> {
        let has_keys = self.jwks.is_some() || self.jwks_uri.is_some();
        let asserts = self.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt;
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            Some(Incoherent::KeysTwice)
        } else if self.is_public() && has_keys {
            Some(Incoherent::PublicWithKeys)
        } else if asserts && !has_keys {
            Some(Incoherent::AssertionWithoutKeys)
        } else if has_keys {
            None
        } else {
            let member = self.first_of_request_objects()?;
            Some(Incoherent::RequestObjectWithoutKeys(member))
        }
    }

    fn contradiction_of_certificates(&self) -> Option<Incoherent> {
        let known = |keys: &JwkSet| keys.certificates().next().is_some();
        let may_be_known = self.jwks_uri.is_some() || self.jwks.as_ref().is_some_and(known);
        let is_named = self.mutual_tls.subject.is_some();
        match self.token_endpoint_auth_method {
            AuthMethod::TlsClientAuth if !is_named => Some(Incoherent::CertificateUnnamed),
            AuthMethod::TlsClientAuth => None,
            _ if is_named => Some(Incoherent::NameOfNoCertificate),
            AuthMethod::SelfSignedTlsClientAuth if !may_be_known => {
                Some(Incoherent::CertificateUnknown)
            }
            _ => None,
        }
    }

    /// The first member that says anything of request objects.
    fn first_of_request_objects(&self) -> Option<&'static str> {
        let objects = &self.request_objects;
        let required = objects.policy == RequestObjectPolicy::Required;
        let said = [
            ("require_signed_request_object", required),
            ("request_object_signing_alg", objects.algorithm.is_some()),
            (
                "request_object_lifetime",
                objects.lifetime != RequestObjectLifetime::default(),
            ),
            ("request_uris", !objects.uris.is_empty()),
        ];
        let mut said = said.into_iter().filter(|(_, said)| *said);
        said.next().map(|(member, _)| member)
    }

    fn contradiction_of_grant_types(&self) -> Option<Incoherent> {
        let code = self.may_use(GrantType::AuthorizationCode);
        let sign_in = SIGN_IN.into_iter().any(|grant| self.may_use(grant));
        if self.is_public() && self.pkce == PkcePolicy::Optional {
            Some(Incoherent::PublicWithoutPkce)
        } else if self.may_use(GrantType::RefreshToken) && !sign_in {
            Some(Incoherent::RefreshWithoutSignIn)
        } else if self.may_use(GrantType::ClientCredentials) && self.is_public() {
            Some(Incoherent::PublicWithCredentials)
        } else if code && self.redirect_uris.is_empty() {
            Some(Incoherent::CodeWithoutRedirectUri)
        } else if !code && !self.redirect_uris.is_empty() {
            Some(Incoherent::RedirectUriWithoutCode)
        } else {
            None
        }
    }

    fn contradiction_of_exchange(&self) -> Option<Incoherent> {
        let policy = self.token_exchange.as_ref();
        let has_target = policy.is_some_and(|policy| !policy.resources.is_empty());
        match (self.may_use(GrantType::TokenExchange), has_target) {
            (false, true) => Some(Incoherent::TargetWithoutExchange),
            (true, false) => Some(Incoherent::ExchangeWithoutTarget),
            (true, true) if self.is_public() => Some(Incoherent::PublicWithExchange),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::SubjectMember;
    use crate::client::RequestObjects;
    use crate::jose::Algorithm;
    use crate::testing;
    use crate::token::exchange::{ExchangeMode, ExchangePolicy};

    fn client() -> Client {
        Client {
            grant_types: [GrantType::AuthorizationCode, GrantType::RefreshToken].into(),
            ..testing::client()
        }
    }

    fn public() -> Client {
        Client {
            token_endpoint_auth_method: AuthMethod::None,
            pkce: PkcePolicy::Required,
            ..client()
        }
    }

    fn exchanging(resources: &[&str]) -> Client {
        Client {
            grant_types: [GrantType::AuthorizationCode, GrantType::TokenExchange].into(),
            token_exchange: Some(ExchangePolicy {
                resources: resources.iter().map(|uri| uri.parse().unwrap()).collect(),
                mode: ExchangeMode::default(),
            }),
            ..client()
        }
    }

    #[test]
    fn a_registration_that_fits_together_stays_as_it_is() {
        for client in [client(), public(), exchanging(&["https://files.example"])] {
            assert_eq!(client.clone().coherent(), Ok(client));
        }
    }

    #[test]
    fn each_contradiction_has_its_reason() {
        let keys = "https://wiki.example/jwks".parse().ok();
        let changed = |mut client: Client, change: fn(&mut Client)| {
            change(&mut client);
            client
        };
        let with_keys = |client: Client| Client {
            jwks_uri: keys.clone(),
            ..client
        };
        let signing = |client: Client| Client {
            request_objects: RequestObjects {
                algorithm: Some(Algorithm::Es256),
                ..RequestObjects::default()
            },
            ..client
        };
        let target = exchanging(&["https://files.example"]);
        let contradictions = vec![
            (with_keys(public()), Incoherent::PublicWithKeys),
            (
                changed(client(), |client| {
                    client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                }),
                Incoherent::AssertionWithoutKeys,
            ),
            (
                changed(client(), |client| {
                    client.token_endpoint_auth_method = AuthMethod::SelfSignedTlsClientAuth;
                }),
                Incoherent::CertificateUnknown,
            ),
            (
                changed(client(), |client| {
                    client.token_endpoint_auth_method = AuthMethod::TlsClientAuth;
                }),
                Incoherent::CertificateUnnamed,
            ),
            (
                changed(client(), |client| {
                    client.mutual_tls.subject = SubjectMember::SanDns.parse("wiki.example").ok();
                }),
                Incoherent::NameOfNoCertificate,
            ),
            (
                signing(client()),
                Incoherent::RequestObjectWithoutKeys("request_object_signing_alg"),
            ),
            (
                changed(client(), |client| {
                    let uri = "https://wiki.example/request.jwt".parse();
                    client.request_objects.uris = uri.into_iter().collect();
                }),
                Incoherent::RequestObjectWithoutKeys("request_uris"),
            ),
            (
                changed(public(), |client| client.pkce = PkcePolicy::Optional),
                Incoherent::PublicWithoutPkce,
            ),
            (
                changed(client(), |client| {
                    client.grant_types = [GrantType::RefreshToken].into();
                }),
                Incoherent::RefreshWithoutSignIn,
            ),
            (
                changed(public(), |client| {
                    client.grant_types.insert(GrantType::ClientCredentials);
                }),
                Incoherent::PublicWithCredentials,
            ),
            (
                changed(client(), |client| client.redirect_uris.clear()),
                Incoherent::CodeWithoutRedirectUri,
            ),
            (
                changed(client(), |client| {
                    client.grant_types = [GrantType::DeviceCode].into();
                }),
                Incoherent::RedirectUriWithoutCode,
            ),
            (exchanging(&[]), Incoherent::ExchangeWithoutTarget),
            (
                changed(target.clone(), |client| {
                    client.grant_types.remove(&GrantType::TokenExchange);
                }),
                Incoherent::TargetWithoutExchange,
            ),
            (
                changed(target, |client| {
                    client.token_endpoint_auth_method = AuthMethod::None;
                    client.pkce = PkcePolicy::Required;
                }),
                Incoherent::PublicWithExchange,
            ),
        ];
        for (contradicting, reason) in contradictions {
            assert_eq!(contradicting.coherent(), Err(reason));
        }
    }
}
