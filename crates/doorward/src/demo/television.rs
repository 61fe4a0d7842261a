//! A television: a device without a browser, played by a page of the wiki
//! ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)).

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreDeviceAuthorizationResponse, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType, CoreUserInfoClaims,
};
use openidconnect::{
    AdditionalProviderMetadata, ClientId, DeviceAuthorizationUrl, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _, ProviderMetadata, Scope,
    TokenResponse as _,
};
use serde::{Deserialize, Serialize};

use super::http::HttpClient;
use crate::configuration::Issuer;

/// The client id of the television.
pub(super) const CLIENT_ID: &str = "television";

/// What its remote control is told to say.
pub(super) const TITLE: &str = "Mad Hatter Television";

#[derive(Clone, Debug, Serialize, Deserialize)]
struct DeviceMetadata {
    device_authorization_endpoint: DeviceAuthorizationUrl,
}

impl AdditionalProviderMetadata for DeviceMetadata {}

type Metadata = ProviderMetadata<
    DeviceMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client = CoreClient<
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a television shows.
#[derive(Clone, Debug)]
pub(super) enum Picture {
    /// A code that waits for somebody.
    Code {
        user_code: String,
        verification_uri: String,
        /// What the QR code says.
        complete: String,
    },
    /// The programme of whoever allowed it.
    Programme { viewer: String },
    /// Why there is none.
    Snow { reason: String },
}

/// A television that is on.
#[derive(Clone)]
pub(super) struct Screen(Arc<Mutex<Picture>>);

impl Screen {
    /// What it shows now.
    pub(super) fn picture(&self) -> Picture {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn show(&self, picture: Picture) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = picture;
    }
}

/// The client of all televisions. It knows the issuer and its client id.
pub(super) struct Television {
    issuer: IssuerUrl,
    http: HttpClient,
}

impl Television {
    pub(super) fn new(issuer: &Issuer) -> Result<Self> {
        Ok(Self {
            issuer: IssuerUrl::new(issuer.to_string())?,
            http: HttpClient::new(),
        })
    }

    /// Switches one on: it shows a code, and asks the provider until somebody has answered.
    pub(super) async fn switch_on(&self) -> Result<Screen> {
        let client = self.client().await?;
        let scope = Scope::new("profile".to_owned());
        let codes = client.exchange_device_code().add_scope(scope);
        let codes: CoreDeviceAuthorizationResponse = codes.request_async(&self.http).await?;
        let complete = codes.verification_uri_complete();
        let screen = Screen(Arc::new(Mutex::new(Picture::Code {
            user_code: codes.user_code().secret().clone(),
            verification_uri: codes.verification_uri().to_string(),
            complete: complete.context("there is no link")?.secret().clone(),
        })));
        let (http, watched) = (self.http.clone(), screen.clone());
        tokio::spawn(async move {
            let watching = viewer(&client, &codes, &http).await;
            watched.show(match watching {
                Ok(viewer) => Picture::Programme { viewer },
                Err(error) => Picture::Snow {
                    reason: format!("{error:#}"),
                },
            });
        });
        Ok(screen)
    }

    async fn client(&self) -> Result<Client> {
        let metadata = Metadata::discover_async(self.issuer.clone(), &self.http).await?;
        let device = metadata.additional_metadata();
        let device = device.device_authorization_endpoint.clone();
        let client_id = ClientId::new(CLIENT_ID.to_owned());
        let client = CoreClient::from_provider_metadata(metadata, client_id, None);
        Ok(client.set_device_authorization_url(device))
    }
}

/// Asks the provider, as often as it allows, who has answered.
async fn viewer(
    client: &Client,
    codes: &CoreDeviceAuthorizationResponse,
    http: &HttpClient,
) -> Result<String> {
    let tokens = client
        .exchange_device_access_token(codes)?
        .request_async(http, tokio::time::sleep, None)
        .await?;
    let id_token = tokens.id_token().context("there is no ID token")?;
    // A device sends no nonce, so none comes back.
    let no_nonce = |nonce: Option<&Nonce>| match nonce {
        None => Ok(()),
        Some(_) => Err("there is a nonce".to_owned()),
    };
    let verified = id_token.claims(&client.id_token_verifier(), no_nonce)?;
    let subject = verified.subject().clone();
    let about: CoreUserInfoClaims = client
        .user_info(tokens.access_token().clone(), Some(subject))?
        .request_async(http)
        .await?;
    let name = about.name().and_then(|names| names.get(None));
    let name = name.context("the provider tells no name")?;
    Ok(name.to_string())
}
