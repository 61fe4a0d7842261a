//! Tokens for a code ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).

use doorward_core::event::{Event, RevocationCause};
use doorward_core::identifiers::GrantId;
use doorward_core::resource_server::{Entitlement, Target};
use doorward_core::secret::Secret;
use doorward_core::token::TokenResponse;
use doorward_core::token::code::{AuthorizationCode, CodeRefused, CodeRequest};
use doorward_directory::Recorded;

use super::Exchange;
use super::minting::Issue;
use crate::refusal::TokenError;

impl Exchange<'_> {
    /// Tokens for a code ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    pub(super) async fn code(mut self, request: CodeRequest) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        let Some(code) = app.codes.find(&request.code).await? else {
            let refused = CodeRefused::Unknown;
            return Err(TokenError::refused(refused.code(), refused));
        };
        let (client, grant) = (self.client.client_id.clone(), code.grant.id);
        let (target, issue) = match self.redeem(code, &request).await? {
            Ok(redeemed) => redeemed,
            Err(refused) => return Err(self.refuse_code(refused, grant, &request.code).await?),
        };
        let response = self.issue(target, issue).await?;
        app.note(self.reference, Event::TokensIssued { client, grant });
        Ok(response)
    }

    /// Judges a code, and redeems it by recording its grant: of many requests at once one does, and succeeds, although the
    /// others revoke what comes of it.
    async fn redeem(
        &mut self,
        code: AuthorizationCode,
        request: &CodeRequest,
    ) -> Result<Result<(Target, Issue), CodeRefused>, TokenError> {
        let (app, now) = (self.app, self.app.now());
        let admitted = code.admits(request, &self.client, now);
        if let Err(refused) = admitted.and_then(|()| code.is_held_by(self.held.key.as_ref())) {
            return Ok(Err(refused));
        }
        // A request for the wrong resource does not use the code up, nor does one for what cannot be encrypted now.
        let entitled = Entitlement::of(&code.grant, &self.client, &self.servers);
        let scope = entitled.scope.clone();
        let target = self.target(entitled)?;
        let AuthorizationCode { grant, nonce, .. } = code;
        let found = app.directory.sessions().with_person(grant.session).await?;
        let Some((_, person)) = found else {
            return Ok(Err(CodeRefused::SessionOver));
        };
        if let Err(fallen) = self.stands(&grant, &person).await? {
            return Ok(Err(fallen.into()));
        }
        let encrypter = self.id_token_encrypter(&scope).await?;
        self.spend_proof().await?;
        let (refresh_token, family) = self.begin_refreshing(&grant).unzip();
        let grants = app.directory.grants();
        Ok(match grants.record(&grant, family.as_ref()).await? {
            Recorded::Recorded => {
                let issue = Issue {
                    grant,
                    person,
                    scope,
                    encrypter,
                    nonce,
                    refresh_token,
                };
                Ok((target, issue))
            }
            Recorded::Already => Err(CodeRefused::Replayed(grant.id)),
            Recorded::SessionOver => Err(CodeRefused::SessionOver),
        })
    }

    /// A refused code. One that was used before takes its whole grant with it, and whoever shows one wrongly uses it up
    /// all the same.
    async fn refuse_code(
        &self,
        refused: CodeRefused,
        grant: GrantId,
        code: &Secret,
    ) -> Result<TokenError, TokenError> {
        let cause = RevocationCause::CodeReplayed;
        let mut revoked = self.revoke(grant, cause).await?;
        if !revoked && !matches!(refused, CodeRefused::Replayed(_)) {
            self.app.codes.forget(code).await?;
            // Somebody may have redeemed it at this very moment.
            revoked = self.revoke(grant, cause).await?;
        }
        let refused = if revoked {
            CodeRefused::Replayed(grant)
        } else {
            refused
        };
        Ok(TokenError::refused(refused.code(), refused))
    }
}
