//! What the tests of this crate share.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use url::form_urlencoded::Serializer;

use crate::client::{
    AssertionAudience, AuthMethod, Client, ClientProfile, ClientSecret, ClientSecrets,
    ConsentPolicy, DpopPolicy, EncryptedResponses, GrantType, MutualTls, PkcePolicy, PushPolicy,
    RequestObjects,
};
use crate::identifiers::PersonId;
use crate::jose::Algorithm;
use crate::parameters::Parameters;
use crate::person::{Address, Person, PersonStatus, Profile};
use crate::random::Random;
use crate::scope::Scope;
use crate::seal::{KeyEncryptionKey, RootKey};
use crate::secret::SecretHash;
use crate::subject::Subjects;
use crate::time::Timestamp;

/// Bytes that look random and are the same in every run.
#[derive(Default)]
pub(crate) struct FixedRandom(AtomicU64);

impl Random for FixedRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let counter = self.0.fetch_add(1, Ordering::Relaxed);
            let block = digest(&SHA256, &counter.to_be_bytes());
            for (byte, random) in chunk.iter_mut().zip(block.as_ref()) {
                *byte = *random;
            }
        }
    }
}

/// The present time of examples.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn root_key() -> RootKey {
    KeyEncryptionKey::parse(&"2e".repeat(32)).unwrap().as_root()
}

/// What makes subjects.
pub(crate) fn subjects() -> Subjects {
    Subjects::new(root_key().authenticator("pairwise-subject"))
}

/// What makes secrets that are known again.
pub(crate) fn client_secrets() -> ClientSecrets {
    ClientSecrets::of(&root_key())
}

/// The secret of [`client`].
pub(crate) const SECRET: &str = "wiki's secret";

/// A confidential client that may do everything a client may, and must ask for consent.
pub(crate) fn client() -> Client {
    Client {
        client_id: "wiki".parse().unwrap(),
        client_name: "Wiki".to_owned(),
        profile: ClientProfile::Standard,
        token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
        secrets: vec![ClientSecret {
            hash: SecretHash::of(SECRET),
            salt: None,
            created_at: NOW,
            expires_at: None,
        }],
        jwks: None,
        jwks_uri: None,
        token_endpoint_auth_signing_alg: None,
        assertion_audience: AssertionAudience::Issuer,
        redirect_uris: vec!["https://wiki.example/callback".parse().unwrap()],
        post_logout_redirect_uris: vec!["https://wiki.example/goodbye".parse().unwrap()],
        backchannel_logout_uri: None,
        backchannel_logout_session_required: false,
        frontchannel_logout_uri: None,
        frontchannel_logout_session_required: false,
        grant_types: GrantType::ALL.into(),
        scope: Scope::standard(),
        consent: ConsentPolicy::Ask,
        pkce: PkcePolicy::Required,
        pushed_requests: PushPolicy::Optional,
        dpop: DpopPolicy::Optional,
        mutual_tls: MutualTls::default(),
        request_objects: RequestObjects::default(),
        encrypted_responses: EncryptedResponses::default(),
        token_exchange: None,
        id_token_signed_response_alg: Algorithm::Rs256,
        authorization_signed_response_alg: None,
        userinfo_signed_response_alg: None,
        introspection_signed_response_alg: None,
        access_token_signed_response_alg: Algorithm::Es256,
        response_modes: Vec::new(),
        default_max_age: None,
        default_acr_values: Vec::new(),
        authorization_details_types: BTreeSet::new(),
        authorization_details_consent: ConsentPolicy::Ask,
        client_uri: None,
        logo_uri: None,
        policy_uri: None,
        tos_uri: None,
        networks: crate::network::Networks::default(),
        created_at: NOW,
        sector: None,
        dynamic: None,
    }
}

/// A person of whom everything is known.
pub(crate) fn alice() -> Person {
    let text = |text: &str| Some(text.to_owned());
    Person {
        id: PersonId::from_bytes([2; 16]),
        username: "alice".parse().unwrap(),
        status: PersonStatus::Enabled,
        profile: Profile {
            name: text("Alice Jane Example"),
            given_name: text("Alice"),
            family_name: text("Example"),
            middle_name: text("Jane"),
            nickname: text("Al"),
            profile: text("https://example.com/alice"),
            picture: text("https://example.com/alice.png"),
            website: text("https://alice.example"),
            gender: text("female"),
            birthdate: text("1990-02-28"),
            zoneinfo: text("Europe/Berlin"),
            locale: text("de-DE"),
            email: text("alice@example.com"),
            email_verified: true,
            phone_number: text("+4930123456"),
            phone_number_verified: false,
            address: Some(Address {
                locality: text("Berlin"),
                country: text("Germany"),
                ..Address::default()
            }),
        },
        groups: ["staff".parse().unwrap()].into(),
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Parameters by name and value.
pub(crate) type Pairs<'a> = &'a [(&'a str, &'a str)];

/// The parameters `example` with each of `changes` in place of what has its name, or added; an empty one is absent.
pub(crate) fn parameters(example: Pairs<'_>, changes: Pairs<'_>) -> Parameters {
    let kept = example
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let text = Serializer::new(String::new())
        .extend_pairs(kept.chain(changes))
        .finish();
    Parameters::parse(text.as_bytes()).unwrap()
}
