//! Client profiles: what a kind of client must be registered with, as one table.

use serde::{Deserialize, Serialize};

use super::{
    AssertionAudience, AuthMethod, CertificateBinding, Client, DpopPolicy, GrantType, PkcePolicy,
    PushPolicy,
};
use crate::jose::Algorithm;
use crate::token::refresh::RotationPolicy;

/// A kind of client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientProfile {
    /// Whatever the registration says.
    #[default]
    Standard,
    /// What the [FAPI 2.0 Security Profile section 5.3](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3)
    /// demands: for whom a stolen token or a changed request must be worth nothing.
    Fapi2,
    /// An application on a person's device ([RFC 8252](https://www.rfc-editor.org/rfc/rfc8252)).
    Native,
    /// A program that acts for itself, which nobody signs in to
    /// ([RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    Service,
}

/// What of a registration is not as its profile demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the profile {} demands {demand}", .profile.as_str())]
pub struct ProfileBroken {
    profile: ClientProfile,
    /// What it demands.
    pub demand: &'static str,
}

/// A demand in words, and whether a client meets it.
type Demand = (&'static str, fn(&Client) -> bool);

/// FAPI 2.0 Security Profile section 5.3.2.1 and 5.4.1.
const FAPI2: [Demand; 10] = [
    (
        "that assertions or certificates prove who the client is (private_key_jwt, tls_client_auth, self_signed_tls_client_auth)",
        |client| proves_itself_by_key(client.token_endpoint_auth_method),
    ),
    (
        "assertions that address the issuer and nothing else",
        |client| client.assertion_audience == AssertionAudience::Issuer,
    ),
    ("pushed requests", |client| {
        client.pushed_requests == PushPolicy::Required
    }),
    ("PKCE", |client| client.pkce == PkcePolicy::Required),
    (
        "tokens that are bound to a key (DPoP) or a certificate",
        |client| {
            client.dpop == DpopPolicy::Required
                || client.mutual_tls.binding == CertificateBinding::Required
        },
    ),
    ("redirect URIs with https", |client| {
        let mut uris = client.redirect_uris.iter();
        uris.all(|uri| uri.as_str().starts_with("https://"))
    }),
    ("other signatures of ours than RS256", |client| {
        let ours = [
            Some(client.id_token_signed_response_alg),
            Some(client.access_token_signed_response_alg),
            Some(client.authorization_response_algorithm()),
            Some(client.introspection_algorithm()),
            client.userinfo_algorithm(),
        ];
        !ours.contains(&Some(Algorithm::Rs256))
    }),
    ("other signatures of the client than RS256", |client| {
        let theirs = [
            client.token_endpoint_auth_signing_alg,
            client.request_objects.algorithm,
        ];
        !theirs.contains(&Some(Algorithm::Rs256))
    }),
    ("no device grant", |client| {
        !client.may_use(GrantType::DeviceCode)
    }),
    (
        "no request objects at addresses (request_uris): they are pushed",
        |client| client.request_objects.uris.is_empty(),
    ),
];

const fn proves_itself_by_key(method: AuthMethod) -> bool {
    matches!(
        method,
        AuthMethod::PrivateKeyJwt | AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth
    )
}

/// RFC 8252 sections 6, 8.1 and 8.5.
const NATIVE: [Demand; 3] = [
    (
        "that the client keeps no secret (none): everybody who has the application would have it",
        |client| client.is_public(),
    ),
    ("PKCE", |client| client.pkce == PkcePolicy::Required),
    ("no client_credentials", |client| {
        !client.may_use(GrantType::ClientCredentials)
    }),
];

const SERVICE: [Demand; 3] = [
    (
        "that the client proves who it is, if not by the word of others (jwt_bearer) alone",
        |client| !client.is_public() || client.grant_types == [GrantType::JwtBearer].into(),
    ),
    (
        "no other grant types than client_credentials and jwt_bearer",
        |client| {
            let own = [GrantType::ClientCredentials, GrantType::JwtBearer];
            let mut types = client.grant_types.iter();
            !client.grant_types.is_empty() && types.all(|grant_type| own.contains(grant_type))
        },
    ),
    ("no redirect URI", |client| client.redirect_uris.is_empty()),
];

impl ClientProfile {
    /// Every profile.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Fapi2, Self::Native, Self::Service];

    /// The name in the command line and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Fapi2 => "fapi2",
            Self::Native => "native",
            Self::Service => "service",
        }
    }

    /// Whether it is the default.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    pub(super) fn is_standard(&self) -> bool {
        *self == Self::Standard
    }

    const fn demands(self) -> &'static [Demand] {
        match self {
            Self::Standard => &[],
            Self::Fapi2 => &FAPI2,
            Self::Native => &NATIVE,
            Self::Service => &SERVICE,
        }
    }

    /// The algorithms that a client may sign with which is not registered for one
    /// ([FAPI 2.0 Security Profile section 5.4.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.4.1)).
    pub const fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Fapi2 => &[Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa],
            _ => &Algorithm::ALL,
        }
    }

    /// Whether a use spends a refresh token. For FAPI 2.0 it shall not, since nobody else can use it
    /// ([section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1)).
    pub const fn refresh_token_rotation(self) -> RotationPolicy {
        match self {
            Self::Fapi2 => RotationPolicy::Never,
            _ => RotationPolicy::EachUse,
        }
    }
}

impl Client {
    /// Proves that the registration is as its profile demands.
    pub fn in_profile(self) -> Result<Self, ProfileBroken> {
        let profile = self.profile;
        let mut demands = profile.demands().iter();
        match demands.find(|(_, met)| !met(&self)) {
            None => Ok(self),
            Some((demand, _)) => Err(ProfileBroken { profile, demand }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::client;

    fn fapi2() -> Client {
        Client {
            profile: ClientProfile::Fapi2,
            token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
            pushed_requests: PushPolicy::Required,
            pkce: PkcePolicy::Required,
            dpop: DpopPolicy::Required,
            grant_types: [GrantType::AuthorizationCode, GrantType::RefreshToken].into(),
            id_token_signed_response_alg: Algorithm::Ps256,
            authorization_signed_response_alg: Some(Algorithm::Ps256),
            introspection_signed_response_alg: Some(Algorithm::Ps256),
            ..client()
        }
    }

    fn broken(client: Client) -> Option<&'static str> {
        let judged = client.in_profile();
        judged.err().map(|broken| broken.demand)
    }

    /// [FAPI 2.0 Security Profile section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1).
    #[test]
    fn a_client_of_fapi_2_breaks_each_demand_by_itself() {
        assert_eq!(broken(fapi2()), None);
        let with_secret = Client {
            token_endpoint_auth_method: AuthMethod::ClientSecretJwt,
            ..fapi2()
        };
        assert_eq!(broken(with_secret), Some(FAPI2[0].0));
        let changes: [fn(&mut Client); 10] = [
            |client| client.token_endpoint_auth_method = AuthMethod::ClientSecretBasic,
            |client| client.assertion_audience = AssertionAudience::TokenEndpointToo,
            |client| client.pushed_requests = PushPolicy::Optional,
            |client| client.pkce = PkcePolicy::Optional,
            |client| client.dpop = DpopPolicy::Optional,
            |client| client.redirect_uris = vec!["http://127.0.0.1/cb".parse().unwrap()],
            |client| client.introspection_signed_response_alg = None,
            |client| client.token_endpoint_auth_signing_alg = Some(Algorithm::Rs256),
            |client| client.grant_types = [GrantType::DeviceCode].into(),
            |client| {
                let uri = "https://wiki.example/request.jwt".parse().unwrap();
                client.request_objects.uris = vec![uri];
            },
        ];
        for (change, (demand, _)) in changes.into_iter().zip(FAPI2) {
            let mut client = fapi2();
            change(&mut client);
            assert_eq!(broken(client), Some(demand));
        }
        assert!(
            !ClientProfile::Fapi2
                .algorithms()
                .contains(&Algorithm::Rs256)
        );
        for (profile, rotation) in [
            (ClientProfile::Fapi2, RotationPolicy::Never),
            (ClientProfile::Standard, RotationPolicy::EachUse),
        ] {
            assert_eq!(profile.refresh_token_rotation(), rotation);
        }
    }

    /// [FAPI 2.0 Security Profile section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1),
    /// items 4 to 6.
    #[test]
    fn a_client_of_fapi_2_may_do_with_certificates_what_others_do_with_keys() {
        for method in [
            AuthMethod::TlsClientAuth,
            AuthMethod::SelfSignedTlsClientAuth,
        ] {
            let mut client = Client {
                token_endpoint_auth_method: method,
                ..fapi2()
            };
            assert_eq!(broken(client.clone()), None);
            client.dpop = DpopPolicy::Optional;
            client.mutual_tls.binding = CertificateBinding::Required;
            assert_eq!(broken(client), None);
        }
    }

    #[test]
    fn native_applications_keep_no_secret_and_services_have_nobody() {
        let native = Client {
            profile: ClientProfile::Native,
            token_endpoint_auth_method: AuthMethod::None,
            grant_types: [GrantType::AuthorizationCode].into(),
            ..client()
        };
        assert_eq!(broken(native.clone()), None);
        let with_secret = Client {
            token_endpoint_auth_method: AuthMethod::ClientSecretPost,
            ..native
        };
        assert_eq!(broken(with_secret), Some(NATIVE[0].0));
        let service = Client {
            profile: ClientProfile::Service,
            grant_types: [GrantType::ClientCredentials].into(),
            redirect_uris: Vec::new(),
            ..client()
        };
        assert_eq!(broken(service.clone()), None);
        let with_people = Client {
            grant_types: GrantType::ALL.into(),
            ..service
        };
        assert_eq!(broken(with_people), Some(SERVICE[1].0));
        assert_eq!(
            broken(client()),
            None,
            "the standard profile demands nothing"
        );
    }

    #[test]
    fn a_registration_of_before_is_of_the_standard_profile() {
        let mut document = serde_json::to_value(client()).unwrap();
        assert_eq!(document.get("profile"), None);
        let read: Client = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(read.profile, ClientProfile::Standard);
        document["profile"] = "fapi2".into();
        let read: Client = serde_json::from_value(document).unwrap();
        assert_eq!(read.profile, ClientProfile::Fapi2);
    }
}
