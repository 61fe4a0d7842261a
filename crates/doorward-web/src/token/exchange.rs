//! A token in exchange for another one ([RFC 8693 section 2](https://www.rfc-editor.org/rfc/rfc8693#section-2)).

use doorward_core::authorization_details::DetailsRefused;
use doorward_core::error::ErrorCode;
use doorward_core::event::Event;
use doorward_core::token::TokenResponse;
use doorward_core::token::exchange::{
    ExchangePolicy, ExchangeRefused, ExchangeRequest, Exchanged, Presented, PresentedAccessToken,
    TokenExchange,
};

use super::Exchange;
use crate::access_token::living;
use crate::provider::App;
use crate::refusal::{BearerError, TokenError};

impl Exchange<'_> {
    /// A token for one resource server in exchange for one that works.
    pub(super) async fn token_exchange(
        mut self,
        request: &ExchangeRequest,
    ) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        // Who may exchange nothing does not learn which tokens work.
        ExchangePolicy::of(&self.client).map_err(refused)?;
        self.without_details(DetailsRefused::NotExchanged)?;
        let subject = presented(app, &request.subject_token, Presented::Subject).await?;
        let actor = match &request.actor_token {
            Some(token) => Some(presented(app, token, Presented::Actor).await?),
            None => None,
        };
        let exchanged = self
            .decide(request, &subject, actor.as_ref())
            .map_err(refused)?;
        self.spend_proof().await?;
        let event = self.exchanged(&exchanged);
        let minting = self.minting(exchanged.target).await?;
        let minting = minting.until(exchanged.until, exchanged.act);
        let response = minting.for_subject(app, exchanged.subject).await?;
        app.note(self.reference, event);
        Ok(TokenResponse {
            issued_token_type: Some(request.requested_token_type.as_str()),
            ..response
        })
    }

    fn decide(
        &self,
        request: &ExchangeRequest,
        subject: &PresentedAccessToken,
        actor: Option<&PresentedAccessToken>,
    ) -> Result<Exchanged, ExchangeRefused> {
        let exchange = TokenExchange {
            client: &self.client,
            held: &self.held,
            binding: self.binding.as_ref(),
            request,
            resource: self.resource.as_ref(),
            subject,
            actor,
            servers: &self.servers,
            levels: &self.app.settings.acr_levels,
            now: self.app.now(),
        };
        exchange.decide()
    }

    fn exchanged(&self, exchanged: &Exchanged) -> Event {
        Event::TokenExchanged {
            client: self.client.client_id.clone(),
            subject: exchanged.subject.sub(),
            actor: exchanged.act.as_ref().map(|actor| actor.sub.clone()),
            target: exchanged.target.audience.iter().collect(),
            scope: exchanged.target.scope.clone(),
        }
    }
}

/// A token that a request shows, once it is known to work. One that does not makes the request invalid.
async fn presented(
    app: &App,
    token: &str,
    which: Presented,
) -> Result<PresentedAccessToken, TokenError> {
    let living = living(app, token).await.map_err(|error| match error {
        BearerError::Refused(reason) => {
            TokenError::refused(ErrorCode::InvalidRequest, format!("{which}: {reason}"))
        }
        BearerError::Failed(failed) => failed.into(),
    })?;
    let grant = living.allowed.as_ref().map(|(grant, _)| grant);
    Ok(PresentedAccessToken::new(
        living.claims,
        &living.client,
        grant,
    ))
}

fn refused(refused: ExchangeRefused) -> TokenError {
    TokenError::refused(refused.code(), refused)
}
