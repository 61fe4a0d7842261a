//! Refresh tokens: the first of a grant, and tokens for one
//! ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).

use doorward_core::event::{Event, RevocationCause};
use doorward_core::grant::{Grant, GrantLifetime, RefreshTokenFamily};
use doorward_core::secret::Secret;
use doorward_core::token::TokenResponse;
use doorward_core::token::refresh::{
    self, RefreshLimits, RefreshRefused, RefreshRequest, Rotation,
};
use doorward_directory::Rotated;

use super::Exchange;
use super::minting::Issue;
use crate::refusal::{Failed, TokenError};

impl Exchange<'_> {
    /// Tokens for a refresh token ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    pub(super) async fn refresh(
        mut self,
        request: RefreshRequest,
    ) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        // Of two uses at once one is written first; the other then finds itself within the grace and gets the same.
        for _ in 0..3 {
            let Some((family, grant, person)) = app
                .directory
                .grants()
                .refresh_token(request.token.family)
                .await?
            else {
                return Err(self.refuse_refresh(RefreshRefused::Unknown).await?);
            };
            let named = request.scope.as_ref();
            let entitled = match refresh::entitled(&grant, &self.client, &self.servers, named) {
                Ok(entitled) => entitled,
                Err(refused) => return Err(self.refuse_refresh(refused).await?),
            };
            if let Err(refused) = refresh::held_by(&family, &self.held) {
                return Err(self.refuse_refresh(refused).await?);
            }
            if let Err(fallen) = self.stands(&grant, &person).await? {
                return Err(self.refuse_refresh(fallen.into()).await?);
            }
            let scope = entitled.scope.clone();
            let target = self.target(entitled)?;
            let encrypter = self.id_token_encrypter(&scope).await?;
            let limits = self.refresh_limits();
            let (now, salt) = (app.now(), app.random.bytes());
            let rotation = match refresh::rotate(&request.token, &family, limits, now, salt) {
                Ok(rotation) => rotation,
                Err(refused) => return Err(self.refuse_refresh(refused).await?),
            };
            self.spend_proof().await?;
            let successor = match rotation {
                Rotation::Again { successor } => successor,
                Rotation::Fresh {
                    successor,
                    family: rotated,
                } => {
                    let grants = app.directory.grants();
                    match grants.rotate(&family.current, &rotated).await? {
                        Rotated::Rotated => successor,
                        Rotated::Lost => continue,
                    }
                }
            };
            let refreshed = Event::TokensRefreshed {
                client: self.client.client_id.clone(),
                grant: grant.id,
            };
            let issue = Issue {
                grant,
                person,
                scope,
                encrypter,
                nonce: None,
                refresh_token: Some(successor),
            };
            let response = self.issue(target, issue).await?;
            app.note(self.reference, refreshed);
            return Ok(response);
        }
        Err(Failed("a refresh token was contended for too long".to_owned()).into())
    }

    /// A refused refresh token; one that was used before takes its whole grant with it.
    async fn refuse_refresh(&self, refused: RefreshRefused) -> Result<TokenError, TokenError> {
        if let RefreshRefused::Reused(grant) = refused {
            self.revoke(grant, RevocationCause::RefreshTokenReused)
                .await?;
        }
        Ok(TokenError::refused(refused.code(), refused))
    }

    /// The first refresh token of a grant that outlives its session.
    pub(super) fn begin_refreshing(&self, grant: &Grant) -> Option<(Secret, RefreshTokenFamily)> {
        if grant.lifetime == GrantLifetime::Session {
            return None;
        }
        let (app, limits) = (self.app, self.refresh_limits());
        let (token, mut family) = refresh::begin(grant.id, limits, app.now(), &*app.random);
        family.confirmation = refresh::bound(&self.client, self.binding.as_ref());
        Some((token, family))
    }

    fn refresh_limits(&self) -> RefreshLimits {
        let limits = self.app.settings.tokens.refresh;
        RefreshLimits {
            rotation: self.client.profile.refresh_token_rotation(),
            ..limits
        }
    }
}
