//! A token for the client itself ([RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).

use doorward_core::event::Event;
use doorward_core::resource_server::Entitlement;
use doorward_core::token::TokenResponse;
use doorward_core::token::client_credentials::{self, ClientCredentialsRequest};

use super::Exchange;
use crate::refusal::TokenError;

impl Exchange<'_> {
    /// A token for the client itself ([RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    pub(super) async fn client_credentials(
        mut self,
        request: &ClientCredentialsRequest,
    ) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        let scope = client_credentials::granted(&self.client, request)
            .map_err(|refused| TokenError::refused(refused.code(), refused))?;
        let authorization_details = self.details.clone().unwrap_or_default();
        let entitled = Entitlement {
            scope,
            resources: self.servers.of_details(&authorization_details),
            authorization_details,
        };
        let entitled = entitled
            .narrowed(self.details.as_ref(), &self.servers)
            .map_err(|refused| TokenError::refused(refused.code(), refused))?;
        let target = self
            .servers
            .target_of_client(&app.issuer, &self.client, entitled, self.resource.as_ref())
            .map_err(|refused| TokenError::refused(refused.code(), refused))?;
        self.spend_proof().await?;
        let event = Event::ClientTokenIssued {
            client: self.client.client_id.clone(),
            scope: target.scope.clone(),
        };
        let response = self.minting(target).await?.for_client(app).await?;
        app.note(self.reference, event);
        Ok(response)
    }
}
