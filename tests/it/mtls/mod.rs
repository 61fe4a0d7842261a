//! Certificates of clients ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)); rule P39 of the security rules.
//!
//! Most tests stand where a proxy would that ended TLS; `connections.rs` and `proxies.rs` have the real thing. Tests that stand for a
//! module of the plan `fapi2-security-profile-final-test-plan` name it without that prefix.

mod authentication;
mod binding;
mod connections;
mod field;
mod metadata;
mod proxies;
mod registration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_core::certificate::{Authorities, CertificateField, SubjectMember};
use doorward_core::client::{AuthMethod, CertificateBinding, Client};
use doorward_core::jose::JwkSet;
use doorward_tests::certificates::{Authority, Certified};
use doorward_tests::provider::{Builder, TestProvider};
use doorward_tests::relying_party::{Registration, RelyingParty};
use doorward_tests::token_client::TokenClient;
use doorward_web::{CertificateSource, TrustedProxies};
use serde_json::Value;

use crate::scene::Scene;

/// Alice is signed in at a provider that believes what this machine says in `Client-Cert`, and trusts one authority.
struct House {
    scene: Scene,
    authority: Authority,
}

/// A provider that believes what this machine says in `Client-Cert`, and that this authority vouches for clients.
fn behind_a_proxy(authority: &Authority) -> Builder {
    TestProvider::builder().settings(|settings| {
        let here = "127.0.0.1/32".parse().expect("a network");
        settings.trusted_proxies = TrustedProxies::new(vec![here]);
        settings.mutual_tls.source = CertificateSource::Header {
            name: "client-cert".parse().expect("a name"),
            field: CertificateField::ByteSequence,
        };
        let authorities = Authorities::parse(authority.pem().as_bytes());
        let authorities = authorities.expect("an authority");
        settings.mutual_tls.authorities.replace(authorities);
    })
}

impl House {
    async fn new() -> Self {
        let authority = Authority::new("house");
        let provider = behind_a_proxy(&authority).start().await;
        Self {
            scene: Scene::at(provider).await,
            authority,
        }
    }

    /// A client whose certificate is of the authority.
    fn vouched(&self, id: &str) -> Registration<'_> {
        let subject = format!("CN={id},O=Example");
        self.scene.provider.client(id).with(|client| {
            client.token_endpoint_auth_method = AuthMethod::TlsClientAuth;
            client.mutual_tls.subject = SubjectMember::SubjectDn.parse(&subject).ok();
        })
    }

    /// A client that is registered with this certificate.
    fn with_own(&self, id: &str, own: &Certified) -> Registration<'_> {
        self.scene.provider.client(id).with(|client| {
            client.token_endpoint_auth_method = AuthMethod::SelfSignedTlsClientAuth;
            client.jwks = JwkSet::parse(own.jwks().to_string().as_bytes()).ok();
        })
    }

    fn token(&self, client: &RelyingParty) -> TokenClient {
        self.scene.provider.token(client)
    }

    async fn reason(&self, reference: &str) -> String {
        self.scene.provider.refusal(reference).await.reason
    }
}

/// Its tokens are bound to its certificate.
fn bound(client: &mut Client) {
    client.mutual_tls.binding = CertificateBinding::Required;
}

/// What a token says, without looking at its signature.
fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("a JWT");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    serde_json::from_slice(&claims).expect("JSON")
}
