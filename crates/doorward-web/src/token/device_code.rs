//! Tokens for a device that somebody allowed ([RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)).

use doorward_core::device_authorization::{COLLECTION, DeviceCodeName, LIFETIME, Pace, UserCode};
use doorward_core::event::{Event, RevocationCause};
use doorward_core::grant::Grant;
use doorward_core::resource_server::{Entitlement, Target};
use doorward_core::token::TokenResponse;
use doorward_core::token::device_code::{DeviceCodeRefused, DeviceCodeRequest, admit};
use doorward_directory::Recorded;
use doorward_sessions::KnownDevice;

use super::Exchange;
use super::minting::Issue;
use crate::refusal::TokenError;

impl Exchange<'_> {
    /// Tokens for a Device Code, once somebody has allowed it.
    pub(super) async fn device_code(
        mut self,
        request: &DeviceCodeRequest,
    ) -> Result<TokenResponse, TokenError> {
        let (app, now) = (self.app, self.app.now());
        let name = DeviceCodeName::of(&request.device_code);
        let KnownDevice {
            authorization,
            answer,
            pace,
        } = app
            .devices
            .known(UserCode::of(&request.device_code), &name)
            .await?;
        let admitted = admit(request, authorization, answer, &self.client, now);
        let collected = match admitted {
            Ok(grant) => self.collect(grant).await?,
            Err(DeviceCodeRefused::Pending) => Err(self.pending(&name, pace).await?),
            Err(refused) => Err(refused),
        };
        let (target, issue) = match collected {
            Ok(collected) => collected,
            Err(refused) => return Err(self.refuse_device_code(refused).await?),
        };
        let event = Event::TokensIssued {
            client: self.client.client_id.clone(),
            grant: issue.grant.id,
        };
        let response = self.issue(target, issue).await?;
        app.note(self.reference, event);
        Ok(response)
    }

    /// Nobody has answered yet: how often the client asks is remembered.
    async fn pending(
        &self,
        name: &DeviceCodeName,
        pace: Option<Pace>,
    ) -> Result<DeviceCodeRefused, TokenError> {
        let (pace, asked) = pace.unwrap_or_default().ask(self.app.now());
        let ttl = LIFETIME + COLLECTION;
        self.app.devices.paced(name, &pace, ttl).await?;
        Ok(match asked {
            Ok(()) => DeviceCodeRefused::Pending,
            Err(_) => DeviceCodeRefused::TooFast,
        })
    }

    /// Uses a Device Code by recording its grant, which is done once: of many requests at once one does.
    async fn collect(
        &mut self,
        grant: Grant,
    ) -> Result<Result<(Target, Issue), DeviceCodeRefused>, TokenError> {
        // A request for the wrong resource does not use the code up, nor does one for what cannot be encrypted now.
        let entitled = Entitlement::of(&grant, &self.client, &self.servers);
        let scope = entitled.scope.clone();
        let target = self.target(entitled)?;
        let app = self.app;
        let found = app.directory.sessions().with_person(grant.session).await?;
        let Some((_, person)) = found else {
            return Ok(Err(DeviceCodeRefused::SessionOver));
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
                    nonce: None,
                    refresh_token,
                };
                Ok((target, issue))
            }
            Recorded::Already => Err(DeviceCodeRefused::Replayed(grant.id)),
            Recorded::SessionOver => Err(DeviceCodeRefused::SessionOver),
        })
    }

    /// A refused Device Code; one that was used before takes its whole grant with it, as any other code does.
    async fn refuse_device_code(
        &self,
        refused: DeviceCodeRefused,
    ) -> Result<TokenError, TokenError> {
        Ok(match refused {
            DeviceCodeRefused::Pending | DeviceCodeRefused::TooFast => {
                TokenError::Undecided(refused.code())
            }
            DeviceCodeRefused::Replayed(grant) => {
                self.revoke(grant, RevocationCause::CodeReplayed).await?;
                TokenError::refused(refused.code(), refused)
            }
            _ => TokenError::refused(refused.code(), refused),
        })
    }
}
