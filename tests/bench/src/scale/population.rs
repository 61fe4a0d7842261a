//! Who is in a directory that a benchmark fills: the one generator of everything that any store holds.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Context as _;
use doorward_core::authorization_details::AuthorizationDetails;
use doorward_core::{
    Timestamp,
    claims::ClaimsRequest,
    client::{
        AssertionAudience, AuthMethod, Client, ClientProfile, ClientSecret, ConsentPolicy,
        DpopPolicy, EncryptedResponses, GrantType, MutualTls, PkcePolicy, PushPolicy,
        RequestObjects,
    },
    grant::{Grant, GrantLifetime, RefreshTokenFamily},
    identifiers::{ClientId, GrantId, PersonId, SessionId},
    jose::Algorithm,
    password::{Hasher, Parameters, Password, PasswordHash},
    person::{GroupName, Person, PersonStatus, Profile, Username},
    random::Random,
    scope::{EMAIL, OFFLINE_ACCESS, OPENID, PROFILE, Scope},
    secret::{Secret, SecretKind},
    session::{Authentication, AuthenticationMethod, Session},
    token::refresh::{self, RefreshLimits, RotationPolicy},
};

use super::dice::{Dice, Purpose};
use crate::{operation::PASSWORD, relying_party::RelyingParty};

/// People were added in this time before the directory was filled.
const ADDED_WITHIN: Duration = Duration::from_hours(400 * 24);

/// People signed in within this time before it was filled.
const SIGNED_IN_WITHIN: Duration = Duration::from_hours(1);

/// How long refresh tokens live, as the provider has it by default.
const REFRESH: RefreshLimits = RefreshLimits {
    idle: Duration::from_hours(30 * 24),
    grace: Duration::from_secs(20),
    rotation: RotationPolicy::EachUse,
};

/// How long a grant lives, as the provider has it by default.
const GRANT: Duration = Duration::from_hours(90 * 24);

/// A number of people, what they are in, and what they use.
#[derive(Debug)]
pub(crate) struct Population {
    /// How many people there are, each with a session, a grant and a refresh token.
    pub(crate) people: u32,
    filled_at: Timestamp,
    /// One hash for all: making a million would take hours and measure nothing.
    pub(crate) password: PasswordHash,
}

/// A session of somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    /// Whose.
    pub(crate) person: u32,
    /// What tells it from all other sessions.
    pub(crate) number: u64,
    /// When it began.
    pub(crate) at: Timestamp,
}

impl Population {
    /// A population of a directory that is filled at `filled_at`.
    pub(crate) fn new(people: u32, filled_at: Timestamp) -> anyhow::Result<Self> {
        let password = Password::parse(PASSWORD).context("the password that everybody has")?;
        Ok(Self {
            people,
            filled_at,
            password: Hasher::new(Parameters::FLOOR).hash(&password, *b"everybody's salt"),
        })
    }

    /// How many clients there are: one for a hundred people.
    pub(crate) fn clients(&self) -> u32 {
        (self.people / 100).max(1)
    }

    /// How many groups there are besides the one that everybody is in.
    pub(crate) fn groups(&self) -> u32 {
        (self.people / 1000).clamp(10, 1000)
    }

    /// A group of that number.
    pub(crate) fn group(number: u32) -> anyhow::Result<GroupName> {
        Ok(format!("team-{number:04}").parse()?)
    }

    /// A person. One added later has a later identifier, as everywhere.
    pub(crate) fn person(&self, number: u32) -> anyhow::Result<Person> {
        let added_at = self.before_filling(ADDED_WITHIN, number);
        let name = format!("Person Number {number}");
        let groups = BTreeSet::from([Self::group(number % self.groups())?]);
        Ok(Person {
            id: PersonId::generate(added_at, &Dice::of(Purpose::Person, number.into())),
            username: username(number)?,
            status: PersonStatus::Enabled,
            profile: Profile {
                name: Some(name),
                given_name: Some("Person".to_owned()),
                family_name: Some(format!("Number {number}")),
                email: Some(format!("person-{number:08}@people.test")),
                email_verified: true,
                locale: Some("en-GB".to_owned()),
                zoneinfo: Some("Europe/London".to_owned()),
                ..Profile::default()
            },
            groups,
            created_at: added_at,
            updated_at: added_at,
        })
    }

    /// The session that each person has.
    pub(crate) fn visit(&self, person: u32) -> Visit {
        Visit {
            person,
            number: person.into(),
            at: self.before_filling(SIGNED_IN_WITHIN, person),
        }
    }

    /// A session, as the directory keeps it.
    pub(crate) fn session(&self, visit: Visit) -> anyhow::Result<Session> {
        Ok(Session {
            id: visit.id(),
            person: self.person(visit.person)?.id,
            authentication: authentication(visit.at),
            started_at: visit.at,
            seen_at: visit.at,
            ended_at: None,
            user_agent: None,
        })
    }

    /// What a person granted in their session, to the client of theirs.
    pub(crate) fn grant(&self, person: u32) -> anyhow::Result<Grant> {
        let visit = self.visit(person);
        Ok(Grant {
            id: grant_id(visit),
            person: self.person(person)?.id,
            client: client_id(self.client_of(person))?,
            session: visit.id(),
            resources: std::collections::BTreeSet::new(),
            authorization_details: AuthorizationDetails::default(),
            acr: Some("urn:doorward:acr:password".parse()?),
            scope: [OPENID, PROFILE, EMAIL, OFFLINE_ACCESS]
                .into_iter()
                .collect::<Scope>(),
            claims: ClaimsRequest::default(),
            authentication: authentication(visit.at),
            lifetime: GrantLifetime::Offline,
            issued_at: visit.at,
            expires_at: visit.at.plus(GRANT),
            revoked_at: None,
        })
    }

    /// The refresh token of a person's grant, and what the directory keeps of it.
    pub(crate) fn refresh_token(&self, person: u32) -> (Secret, RefreshTokenFamily) {
        let visit = self.visit(person);
        let dice = Dice::of(Purpose::Grant, visit.number);
        let grant = GrantId::generate(visit.at, &dice);
        refresh::begin(grant, REFRESH, visit.at, &dice)
    }

    /// The client that a person has granted something.
    pub(crate) fn client_of(&self, person: u32) -> u32 {
        person % self.clients()
    }

    /// A client, as an operator registers one.
    pub(crate) fn client(&self, number: u32) -> anyhow::Result<Client> {
        let created_at = self.filled_at.minus(ADDED_WITHIN);
        Ok(Client {
            client_id: client_id(number)?,
            client_name: format!("Application {number}"),
            profile: ClientProfile::Standard,
            token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
            secrets: vec![ClientSecret {
                hash: client_secret(number).hash(),
                salt: None,
                created_at,
                expires_at: None,
            }],
            jwks: None,
            jwks_uri: None,
            token_endpoint_auth_signing_alg: None,
            assertion_audience: AssertionAudience::Issuer,
            redirect_uris: vec![
                RelyingParty::REDIRECT_URI.parse()?,
                format!("https://app-{number:06}.people.test/callback").parse()?,
            ],
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            grant_types: GrantType::ALL.into_iter().collect(),
            scope: Scope::standard(),
            consent: ConsentPolicy::Trusted,
            pkce: PkcePolicy::Optional,
            pushed_requests: PushPolicy::Optional,
            dpop: DpopPolicy::Optional,
            mutual_tls: MutualTls::default(),
            request_objects: RequestObjects::default(),
            encrypted_responses: EncryptedResponses::default(),
            token_exchange: None,
            id_token_signed_response_alg: Algorithm::Es256,
            authorization_signed_response_alg: None,
            userinfo_signed_response_alg: None,
            introspection_signed_response_alg: None,
            access_token_signed_response_alg: Algorithm::Es256,
            response_modes: Vec::new(),
            default_max_age: None,
            default_acr_values: Vec::new(),
            authorization_details_types: BTreeSet::new(),
            authorization_details_consent: ConsentPolicy::Ask,
            client_uri: Some(format!("https://app-{number:06}.people.test/").parse()?),
            logo_uri: None,
            policy_uri: None,
            tos_uri: None,
            networks: doorward_core::network::Networks::default(),
            created_at,
            sector: None,
            dynamic: None,
        })
    }

    /// Spreads people evenly over a time that ended when the directory was filled.
    fn before_filling(&self, span: Duration, person: u32) -> Timestamp {
        let share = f64::from(person) / f64::from(self.people);
        self.filled_at.minus(span.mul_f64(1.0 - share))
    }
}

impl Visit {
    /// The session's name.
    pub(crate) fn id(self) -> SessionId {
        SessionId::generate(self.at, &self.dice())
    }

    pub(crate) fn dice(self) -> Dice {
        Dice::of(Purpose::Session, self.number)
    }
}

/// The name that a person signs in with.
pub(crate) fn username(person: u32) -> anyhow::Result<Username> {
    Ok(format!("person-{person:08}").parse()?)
}

/// The `client_id` of a client.
pub(crate) fn client_id(client: u32) -> anyhow::Result<ClientId> {
    Ok(format!("app-{client:06}").parse()?)
}

/// The secret of a client.
pub(crate) fn client_secret(client: u32) -> Secret {
    let dice = Dice::of(Purpose::Client, client.into());
    Secret::generate(SecretKind::ClientSecret, &dice as &dyn Random)
}

fn grant_id(visit: Visit) -> GrantId {
    GrantId::generate(visit.at, &Dice::of(Purpose::Grant, visit.number))
}

fn authentication(at: Timestamp) -> Authentication {
    Authentication {
        at,
        methods: vec![AuthenticationMethod::Password],
    }
}
