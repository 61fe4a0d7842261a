//! What the demonstration puts into the directory.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use doorward_core::client::{
    AssertionAudience, AuthMethod, Client, ClientProfile, ClientSecret, ConsentPolicy, DpopPolicy,
    EncryptedResponses, GrantType, MutualTls, PkcePolicy, PushPolicy, RequestObjects,
};
use doorward_core::identifiers::PersonId;
use doorward_core::jose::Algorithm;
use doorward_core::password::{Hasher, Password, PasswordHash};
use doorward_core::person::{Address, Person, PersonStatus, Profile};
use doorward_core::scope::Scope;
use doorward_core::secret::{Secret, SecretKind};
use doorward_directory::Directory;
use doorward_directory::clients::{Added, Updated};
use tokio::task::spawn_blocking;
use url::Url;

use super::application::Look;
use super::television;
use crate::configuration::Configuration;
use crate::provider::Ambient;

/// The name that the one person of the demonstration signs in with.
pub const USERNAME: &str = "alice";

/// Her password, which everybody may know: the demonstration listens on this machine only.
pub const PASSWORD: &str = "follow the white rabbit";

/// Adds the person, unless an earlier demonstration has.
pub(super) async fn person(
    directory: &Directory,
    configuration: &Configuration,
    ambient: &Ambient,
) -> Result<()> {
    let username = USERNAME.parse()?;
    if directory.people().by_username(&username).await?.is_some() {
        return Ok(());
    }
    let now = ambient.clock.now();
    let person = Person {
        id: PersonId::generate(now, &*ambient.random),
        username,
        status: PersonStatus::Enabled,
        profile: profile(),
        groups: BTreeSet::from(["staff".parse()?, "wiki-editors".parse()?]),
        created_at: now,
        updated_at: now,
    };
    let hash = hash(configuration, ambient.random.bytes()).await?;
    // Added meanwhile by another process is as good.
    let _ = directory.people().add(&person, Some(&hash)).await?;
    Ok(())
}

async fn hash(configuration: &Configuration, salt: [u8; 16]) -> Result<PasswordHash> {
    let parameters = configuration.password.parameters()?;
    let password = Password::parse(PASSWORD.to_owned())?;
    let hashing = move || Hasher::new(parameters).hash(&password, salt);
    Ok(spawn_blocking(hashing).await?)
}

fn profile() -> Profile {
    let text = |text: &str| Some(text.to_owned());
    Profile {
        name: text("Alice Liddell"),
        given_name: text("Alice"),
        family_name: text("Liddell"),
        email: text("alice@example.com"),
        email_verified: true,
        locale: text("en-GB"),
        zoneinfo: text("Europe/London"),
        address: Some(Address {
            locality: text("Oxford"),
            country: text("United Kingdom"),
            ..Address::default()
        }),
        ..Profile::default()
    }
}

/// Registers an application, or gives the one of an earlier demonstration a new secret and its present address.
pub(super) async fn client(
    directory: &Directory,
    look: Look,
    own: &Url,
    ambient: &Ambient,
) -> Result<Secret> {
    let secret = Secret::generate(SecretKind::ClientSecret, &*ambient.random);
    let client = Client {
        secrets: vec![ClientSecret {
            hash: secret.hash(),
            salt: None,
            created_at: ambient.clock.now(),
            expires_at: None,
        }],
        redirect_uris: vec![own.join("callback")?.as_str().parse()?],
        post_logout_redirect_uris: vec![own.as_str().parse()?],
        client_uri: Some(own.clone()),
        ..blank(look.client_id(), look.title(), ambient)?
    };
    register(directory, &client).await?;
    Ok(secret)
}

/// Registers the television, which keeps no secret.
pub(super) async fn television(directory: &Directory, ambient: &Ambient) -> Result<()> {
    let television = Client {
        profile: ClientProfile::Standard,
        token_endpoint_auth_method: AuthMethod::None,
        grant_types: BTreeSet::from([GrantType::DeviceCode]),
        ..blank(television::CLIENT_ID, television::TITLE, ambient)?
    };
    register(directory, &television).await
}

/// A client without anything that one may do without.
fn blank(client_id: &str, name: &str, ambient: &Ambient) -> Result<Client> {
    Ok(Client {
        client_id: client_id.parse()?,
        client_name: name.to_owned(),
        profile: ClientProfile::Standard,
        token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
        secrets: Vec::new(),
        jwks: None,
        jwks_uri: None,
        token_endpoint_auth_signing_alg: None,
        assertion_audience: AssertionAudience::Issuer,
        redirect_uris: Vec::new(),
        post_logout_redirect_uris: Vec::new(),
        backchannel_logout_uri: None,
        backchannel_logout_session_required: false,
        frontchannel_logout_uri: None,
        frontchannel_logout_session_required: false,
        grant_types: BTreeSet::from([GrantType::AuthorizationCode]),
        scope: Scope::standard(),
        consent: ConsentPolicy::Trusted,
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
        networks: doorward_core::network::Networks::default(),
        created_at: ambient.clock.now(),
        sector: None,
        dynamic: None,
    })
}

/// Registers a client, or puts it in the place of an earlier demonstration's.
async fn register(directory: &Directory, client: &Client) -> Result<()> {
    if directory.clients().add(client).await? == Added::Taken {
        let clients = directory.clients();
        let updated = clients.update(&client.client_id, |_| anyhow::Ok(client.clone()));
        let vanished = updated.await? == Updated::Absent;
        ensure!(!vanished, "the client {} vanished", client.client_id);
    }
    Ok(())
}
