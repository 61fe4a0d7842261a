//! The document at a client's `sector_identifier_uri`
//! ([OpenID Connect Dynamic Client Registration section 5](https://openid.net/specs/openid-connect-registration-1_0.html#SectorIdentifierValidation)):
//! whoever publishes it says which redirect URIs belong together.

use super::{RegistrationRefused, RegistrationRequest};
use crate::outbound::{Document, Fetched, OutboundUri};
use crate::redirect_uri::RedirectUri;
use crate::subject::{SUBJECT_TYPES, Sector};

const MEMBER: &str = "sector_identifier_uri";

/// The document at a `sector_identifier_uri`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorDocument {
    uri: OutboundUri,
    redirect_uris: Vec<String>,
}

impl SectorDocument {
    /// The document that was `fetched` from there, if it is one; whoever asked learns no more of it.
    pub fn parse(uri: OutboundUri, fetched: &Fetched) -> Option<Self> {
        let body = fetched.body_of(Document::Json).ok()?;
        let redirect_uris = serde_json::from_slice(body).ok()?;
        Some(Self { uri, redirect_uris })
    }

    fn has(&self, uri: &RedirectUri) -> bool {
        self.redirect_uris.iter().any(|own| own == uri.as_str())
    }
}

impl RegistrationRequest {
    /// Where its `sector_identifier_uri` is to be read, if it has one.
    pub fn sector_identifier_uri(&self) -> Result<Option<OutboundUri>, RegistrationRefused> {
        self.clone().parsed(MEMBER)
    }

    /// The same with what was read there; nothing, where there is no such document.
    pub fn with_sector_document(
        mut self,
        document: Option<SectorDocument>,
    ) -> Result<Self, RegistrationRefused> {
        if document.is_none() {
            let reason = "there is no JSON array of redirect URIs at it, as far as it can be had";
            return Err(RegistrationRefused::member(MEMBER, reason));
        }
        self.sector_document = document;
        Ok(self)
    }

    /// The sector of a client that wants pairwise subjects: the host of the document that has its redirect URIs, or their one host.
    pub(super) fn sector(
        &mut self,
        redirect_uris: &[RedirectUri],
    ) -> Result<Option<Sector>, RegistrationRefused> {
        let of_document = self.sector_of_document(redirect_uris)?;
        let name = "subject_type";
        match (self.text(name)?.as_deref(), of_document) {
            (None | Some("public"), _) => Ok(None),
            (Some("pairwise"), Some(sector)) => Ok(Some(sector)),
            (Some("pairwise"), None) => Sector::of_redirect_uris(redirect_uris)
                .map(Some)
                .map_err(|reason| RegistrationRefused::member(name, reason)),
            (Some(_), _) => {
                let reason = format_args!("it is none of {}", SUBJECT_TYPES.join(", "));
                Err(RegistrationRefused::member(name, reason))
            }
        }
    }

    fn sector_of_document(
        &self,
        redirect_uris: &[RedirectUri],
    ) -> Result<Option<Sector>, RegistrationRefused> {
        let refused = |reason: &str| Err(RegistrationRefused::member(MEMBER, reason));
        match &self.sector_document {
            None if self.has(MEMBER) => refused("it is read only for clients that register"),
            None => Ok(None),
            Some(document) if redirect_uris.iter().all(|uri| document.has(uri)) => {
                Ok(Sector::of_outbound_uri(&document.uri))
            }
            Some(_) => refused("its document does not have all of the redirect_uris"),
        }
    }
}
