//! Clients whose `client_id` is the URL of a document that says what they are
//! ([OAuth Client ID Metadata Document](https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html)).
//!
//! Nobody registered such a client. It is whoever controls the URL, so it may speak of its own origin and of the person's device alone,
//! keeps no secret with us, and people are always asked.

mod hosts;
mod known;

use url::Url;

use super::{RegistrationPolicy, RegistrationRefused, RegistrationRequest};
use crate::authorization::request_object::RequestObjectUri;
use crate::client::{AuthMethod, Client, ClientProfile, ConsentPolicy, PkcePolicy};
use crate::identifiers::ClientId;
use crate::outbound::{Document, Fetched, NotFetched};
use crate::redirect_uri::RedirectUri;
use crate::time::Timestamp;

pub use hosts::{ClientDocumentPolicy, HostPattern, NoHostPattern};
pub use known::{DocumentStep, KnownDocument, believed_for};

/// Members that have to do with secrets, which such a client has not.
const SECRETS: [&str; 2] = ["client_secret", "client_secret_expires_at"];

/// Why a document is none of a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentRefused {
    /// There was no answer, or it was asked for by too many at once.
    #[error("the client's document cannot be had: {0}")]
    NoAnswer(String),
    /// What came is no document.
    #[error("the client's document cannot be had: {0}")]
    NotFetched(#[from] NotFetched),
    /// It is of another client.
    #[error("the client's document has another client_id than the URL that it is at")]
    OtherClient,
    /// It has a secret, which everybody could read there.
    #[error("the client's document has the member {0}")]
    Secret(&'static str),
    /// It proves who it is by a secret.
    #[error(
        "the client's document has another token_endpoint_auth_method than none and private_key_jwt"
    )]
    AuthMethod,
    /// It speaks of somewhere else.
    #[error("the client's document has {0}, which is not at the origin of the document")]
    Elsewhere(String),
    /// It could not be registered.
    #[error("the client's document: {0}")]
    Registration(#[from] RegistrationRefused),
}

impl DocumentRefused {
    /// Whether it may be another thing soon, although its owner changes nothing.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::NoAnswer(_) => true,
            Self::NotFetched(NotFetched::Status(status)) => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}

/// The client of this name, as the document says that was `fetched` from there; nobody has heard of it before.
pub fn client_of_document(
    id: &ClientId,
    fetched: &Fetched,
    policy: &RegistrationPolicy,
    now: Timestamp,
) -> Result<Client, DocumentRefused> {
    let request = RegistrationRequest::parse(fetched.body_of(Document::Json)?)?;
    request.of_document(id, policy, now)
}

/// The client that was `before` as its document says now, within what an operator allows it.
pub fn client_of_newer_document(
    before: &Client,
    fetched: &Fetched,
    policy: &RegistrationPolicy,
) -> Result<Client, DocumentRefused> {
    let policy = policy.of_client(before);
    let client = client_of_document(&before.client_id, fetched, &policy, before.created_at)?;
    let profile = if before.profile == before.kind() {
        client.profile
    } else {
        // An operator set it.
        before.profile
    };
    let client = Client {
        profile,
        ..client.with_what_operators_set(before)
    };
    let client = client.coherent().map_err(RegistrationRefused::from)?;
    Ok(client.in_profile().map_err(RegistrationRefused::from)?)
}

impl RegistrationRequest {
    fn of_document(
        mut self,
        id: &ClientId,
        policy: &RegistrationPolicy,
        now: Timestamp,
    ) -> Result<Client, DocumentRefused> {
        if let Some(name) = SECRETS.into_iter().find(|name| self.has(name)) {
            return Err(DocumentRefused::Secret(name));
        }
        if self.text("client_id")?.as_deref() != Some(id.as_str()) {
            return Err(DocumentRefused::OtherClient);
        }
        let names_method = self.has("token_endpoint_auth_method");
        let client = self.register(policy, id.clone(), now)?;
        let method = match client.token_endpoint_auth_method {
            AuthMethod::PrivateKeyJwt => AuthMethod::PrivateKeyJwt,
            AuthMethod::None => AuthMethod::None,
            // It has no secret, whatever the default is of those that do not say.
            _ if !names_method => AuthMethod::None,
            _ => return Err(DocumentRefused::AuthMethod),
        };
        let client = Client {
            token_endpoint_auth_method: method,
            pkce: PkcePolicy::Required,
            consent: ConsentPolicy::Ask,
            ..client
        };
        let client = at_its_origin(client)?;
        let client = Client {
            profile: client.kind(),
            ..client
        };
        let client = client.coherent().map_err(RegistrationRefused::from)?;
        Ok(client.in_profile().map_err(RegistrationRefused::from)?)
    }
}

impl Client {
    /// An application on people's devices by its redirect URIs and its having no secret, or one like any other.
    fn kind(&self) -> ClientProfile {
        let is_native =
            self.is_public() && !self.redirect_uris.iter().any(RedirectUri::is_on_the_web);
        if is_native {
            ClientProfile::Native
        } else {
            ClientProfile::Standard
        }
    }
}

/// Refuses a client that speaks of other origins than that of its document; the person's own device is none.
fn at_its_origin(client: Client) -> Result<Client, DocumentRefused> {
    let origin = client.client_id.document_url().map(|url| url.origin());
    let is_own = |text: &str| {
        let other = Url::parse(text).ok().map(|url| url.origin());
        other.is_some() && other == origin
    };
    let redirects = client.redirect_uris.iter();
    let redirects = redirects.chain(&client.post_logout_redirect_uris);
    let redirects = redirects
        .map(RedirectUri::as_str)
        .filter(|uri| !uri.starts_with("http://"));
    let outbound = [
        &client.jwks_uri,
        &client.backchannel_logout_uri,
        &client.frontchannel_logout_uri,
    ];
    let objects = client.request_objects.uris.iter();
    let objects = objects.map(RequestObjectUri::address);
    let outbound = outbound.into_iter().flatten().chain(objects);
    let outbound = outbound.map(|uri| uri.url().as_str());
    let elsewhere = redirects.chain(outbound).find(|uri| !is_own(uri));
    if let Some(uri) = elsewhere {
        return Err(DocumentRefused::Elsewhere(uri.chars().take(200).collect()));
    }
    Ok(client)
}

#[cfg(test)]
mod tests;
