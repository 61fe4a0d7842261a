//! An ordinary relying party on the `openidconnect` crate. It knows issuer, client id and secret, and
//! learns the rest by discovery.

use anyhow::{Context as _, Result, ensure};
use doorward_core::secret::Secret;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdToken};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout,
    RedirectUrl, Scope, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::OnceCell;
use url::Url;

use super::http::HttpClient;
use crate::configuration::Issuer;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Claims that no standard names, such as `groups`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct OtherClaims(Map<String, Value>);

impl AdditionalClaims for OtherClaims {}

/// An application's side of signing in.
pub(super) struct RelyingParty {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect_uri: RedirectUrl,
    home: PostLogoutRedirectUrl,
    http: HttpClient,
    metadata: OnceCell<ProviderMetadataWithLogout>,
}

/// A sign-in that has begun; the browser's session keeps it until the browser comes back.
pub(super) struct Pending {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// Somebody who has signed in.
pub(super) struct SignedIn {
    id_token: CoreIdToken,
    /// The claims, of the ID token and of UserInfo.
    pub(super) claims: Map<String, Value>,
}

/// What the browser brings back from the provider
/// ([RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)).
#[derive(Debug, Default)]
pub(super) struct Callback {
    pub(super) code: Option<String>,
    pub(super) state: Option<String>,
    pub(super) iss: Option<String>,
    pub(super) error: Option<String>,
}

impl RelyingParty {
    pub(super) fn new(
        issuer: &Issuer,
        client_id: &str,
        secret: &Secret,
        own: &Url,
    ) -> Result<Self> {
        Ok(Self {
            issuer: IssuerUrl::new(issuer.to_string())?,
            client_id: ClientId::new(client_id.to_owned()),
            client_secret: ClientSecret::new(secret.reveal().to_owned()),
            redirect_uri: RedirectUrl::from_url(own.join("callback")?),
            home: PostLogoutRedirectUrl::from_url(own.clone()),
            http: HttpClient::new(),
            metadata: OnceCell::new(),
        })
    }

    /// Where to send the browser to sign in, and what to remember until it comes back.
    pub(super) async fn begin(&self) -> Result<(Url, Pending)> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client().await?;
        let request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        let scopes = ["profile", "email", "groups"].map(|scope| Scope::new(scope.to_owned()));
        let (url, state, nonce) = request.add_scopes(scopes).url();
        Ok((
            url,
            Pending {
                state,
                nonce,
                verifier,
            },
        ))
    }

    /// Turns what the browser brought back into somebody signed in.
    pub(super) async fn finish(&self, callback: Callback, pending: Pending) -> Result<SignedIn> {
        let state = callback.state.context("the answer has no state")?;
        ensure!(
            state == *pending.state.secret(),
            "the answer is to another request"
        );
        ensure!(
            callback.iss.as_ref() == Some(&self.issuer),
            "the answer is another provider's"
        );
        if let Some(error) = callback.error {
            anyhow::bail!("the provider says {error}");
        }
        let code = AuthorizationCode::new(callback.code.context("the answer has no code")?);
        let client = self.client().await?;
        let tokens = client
            .exchange_code(code)?
            .set_pkce_verifier(pending.verifier)
            .request_async(&self.http)
            .await?;
        let id_token = tokens.id_token().context("there is no ID token")?.clone();
        let verified = id_token.claims(&client.id_token_verifier(), &pending.nonce)?;
        let subject = verified.subject().clone();
        let user_info: UserInfoClaims<OtherClaims, CoreGenderClaim> = client
            .user_info(tokens.access_token().clone(), Some(subject))?
            .request_async(&self.http)
            .await?;
        let mut claims = object(&user_info)?;
        claims.extend(object(&verified)?);
        Ok(SignedIn { id_token, claims })
    }

    /// Where to send the browser to sign out at the provider
    /// ([OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)).
    pub(super) async fn sign_out(&self, signed_in: &SignedIn) -> Result<Url> {
        let metadata = self.metadata().await?;
        let endpoint = metadata.additional_metadata().end_session_endpoint.clone();
        let request = LogoutRequest::from(endpoint.context("the provider has no sign-out")?)
            .set_id_token_hint(&signed_in.id_token)
            .set_post_logout_redirect_uri(self.home.clone());
        Ok(request.http_get_url())
    }

    async fn client(&self) -> Result<Client> {
        let metadata = self.metadata().await?.clone();
        let secret = Some(self.client_secret.clone());
        let client = CoreClient::from_provider_metadata(metadata, self.client_id.clone(), secret);
        Ok(client.set_redirect_uri(self.redirect_uri.clone()))
    }

    /// The provider's metadata and keys, read once
    /// ([OpenID Connect Discovery section 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).
    async fn metadata(&self) -> Result<&ProviderMetadataWithLogout> {
        let discover =
            || ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.http);
        Ok(self.metadata.get_or_try_init(discover).await?)
    }
}

/// The members of claims, as they came.
fn object(claims: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(claims)? {
        Value::Object(members) => Ok(members),
        _ => anyhow::bail!("claims are an object"),
    }
}
