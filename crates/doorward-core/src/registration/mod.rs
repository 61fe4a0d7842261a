//! Dynamic registration of clients ([RFC 7591], [RFC 7592], [OpenID Connect Dynamic Client Registration]).
//!
//! Whoever registers says what the client is; what it may do is the operator's policy, which is applied again at every change.
//!
//! [RFC 7591]: https://www.rfc-editor.org/rfc/rfc7591
//! [RFC 7592]: https://www.rfc-editor.org/rfc/rfc7592
//! [OpenID Connect Dynamic Client Registration]: https://openid.net/specs/openid-connect-registration-1_0.html

mod document;
mod information;
mod metadata;
mod mutual_tls;
mod operators;
mod policy;
mod refused;
mod request;
mod sector;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::authorization_details::DetailTypeName;
use crate::client::Client;
use crate::outbound::OutboundUri;
use crate::scope::Scope;
use crate::secret::{Secret, SecretHash, SecretKind};
use crate::time::Timestamp;

pub use document::{
    ClientDocumentPolicy, DocumentRefused, DocumentStep, HostPattern, KnownDocument, NoHostPattern,
    believed_for, client_of_document, client_of_newer_document,
};
pub use information::{ClientInformation, Credentials};
pub use policy::{RegistrationAccess, RegistrationPolicy};
pub use refused::RegistrationRefused;
pub use request::RegistrationRequest;
pub use sector::SectorDocument;

/// What a client has besides, that registered itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dynamic {
    /// The hash of its registration access token ([RFC 7592 section 3](https://www.rfc-editor.org/rfc/rfc7592#section-3)); none
    /// once that was used for another client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_access_token: Option<SecretHash>,
    /// Since when its document is none, of a client that is one; it is no client until there is one again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_gone_at: Option<Timestamp>,
    /// All that an operator allows it to ask for; as the policy says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_scope: Option<Scope>,
    /// All types of details that an operator allows it to ask for; as the policy says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_authorization_details_types: Option<BTreeSet<DetailTypeName>>,
    /// `contacts`: whom an operator may ask about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// `application_type`.
    #[serde(default)]
    pub application_type: ApplicationType,
    /// `initiate_login_uri`: where a sign-in may be begun from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<Url>,
    /// `sector_identifier_uri`: whose document had its redirect URIs when it registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<OutboundUri>,
    /// `software_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// `software_version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
}

impl Client {
    /// The same, of which the owner of its document has said that it is no client any more.
    #[must_use]
    pub fn with_document_gone(&self, now: Timestamp) -> Self {
        let dynamic = self.dynamic.clone().map(|dynamic| Dynamic {
            document_gone_at: dynamic.document_gone_at.or(Some(now)),
            ..dynamic
        });
        Self {
            dynamic,
            ..self.clone()
        }
    }

    /// All that an operator allows it to ask for, where that is said of this one.
    fn allowed_scope(&self) -> Option<&Scope> {
        self.dynamic.as_ref()?.allowed_scope.as_ref()
    }

    /// The same of types of details.
    fn allowed_authorization_details_types(&self) -> Option<&BTreeSet<DetailTypeName>> {
        let dynamic = self.dynamic.as_ref()?;
        dynamic.allowed_authorization_details_types.as_ref()
    }
}

/// `application_type` ([OpenID Connect Dynamic Client Registration section 2]).
///
/// [OpenID Connect Dynamic Client Registration section 2]: https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// On a server or in a browser.
    #[default]
    Web,
    /// On a person's device.
    Native,
}

/// A registration access token as somebody shows it: well-formed, and not yet known to be anybody's.
#[derive(Clone, Copy, Debug)]
pub struct PresentedRegistrationToken(SecretHash);

impl PresentedRegistrationToken {
    /// Reads a token, or `None` for anything that was never one.
    pub fn parse(text: &str) -> Option<Self> {
        let token = Secret::parse(SecretKind::RegistrationAccessToken, text)?;
        Some(Self(token.hash()))
    }

    /// Whether it may read and change the registration of `client`.
    pub fn manages(self, client: &Client) -> bool {
        client.registration_access_token() == Some(self.0)
    }
}

impl Client {
    fn registration_access_token(&self) -> Option<SecretHash> {
        let dynamic = self.dynamic.as_ref()?;
        dynamic.registration_access_token
    }

    /// The same client, whose registration `lost` does not manage any more.
    #[must_use]
    pub fn without_registration_token(&self, lost: PresentedRegistrationToken) -> Self {
        let mut client = self.clone();
        if lost.manages(self)
            && let Some(dynamic) = &mut client.dynamic
        {
            dynamic.registration_access_token = None;
        }
        client
    }
}

#[cfg(test)]
mod tests;
