//! A token in exchange for another one ([RFC 8693 section 2](https://www.rfc-editor.org/rfc/rfc8693#section-2)).

use std::net::IpAddr;

use doorward_core::api_token::PresentedApiToken;
use doorward_core::authorization_details::DetailsRefused;
use doorward_core::bearer::BearerRefused;
use doorward_core::error::ErrorCode;
use doorward_core::event::Event;
use doorward_core::token::TokenResponse;
use doorward_core::token::exchange::{
    ExchangePolicy, ExchangeRefused, ExchangeRequest, Exchanged, Presented, PresentedAccessToken,
    TokenExchange,
};

use super::Exchange;
use crate::access_token::living;
use crate::api_tokens::{self, Shown, ShownTo};
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
        let subject = self.subject_token(&request.subject_token).await?;
        let actor = match &request.actor_token {
            Some(token) => Some(self.actor_token(token).await?),
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

impl Exchange<'_> {
    /// The token that is to be exchanged, once it is known to work. One that does not makes the request invalid.
    async fn subject_token(&self, token: &str) -> Result<PresentedAccessToken, TokenError> {
        let subject = match PresentedApiToken::parse(token) {
            Some(token) => self.api_token(&token).await,
            None => access_token(self.app, token, self.address).await,
        };
        subject.map_err(|error| unusable(Presented::Subject, error))
    }

    async fn api_token(
        &self,
        token: &PresentedApiToken,
    ) -> Result<PresentedAccessToken, BearerError> {
        let shown = Shown {
            address: self.address,
            agent: None,
            to: ShownTo::Somebody,
            reference: self.reference,
        };
        let checked = api_tokens::check(self.app, token, shown).await?;
        Ok(PresentedAccessToken::of_api_token(
            &checked.found,
            &checked.working,
            &self.app.settings.api_tokens,
        ))
    }

    /// The token of who acts.
    async fn actor_token(&self, token: &str) -> Result<PresentedAccessToken, TokenError> {
        let actor = access_token(self.app, token, self.address).await;
        actor.map_err(|error| unusable(Presented::Actor, error))
    }
}

async fn access_token(
    app: &App,
    token: &str,
    address: Option<IpAddr>,
) -> Result<PresentedAccessToken, BearerError> {
    let living = living(app, token).await?;
    living
        .claims
        .works_from(address)
        .map_err(BearerRefused::from)?;
    let grant = living.allowed.as_ref().map(|(grant, _)| grant);
    Ok(PresentedAccessToken::new(
        living.claims,
        &living.client,
        grant,
    ))
}

fn unusable(which: Presented, error: BearerError) -> TokenError {
    match error {
        BearerError::Refused(reason) => {
            TokenError::refused(ErrorCode::InvalidRequest, format!("{which}: {reason}"))
        }
        BearerError::Failed(failed) => failed.into(),
    }
}

fn refused(refused: ExchangeRefused) -> TokenError {
    TokenError::refused(refused.code(), refused)
}
