//! What somebody answers to a device: what must happen before, and how it is recorded.

use std::sync::Arc;

use doorward_core::authorization::{Allowed, Circumstances, Next, Present, Progress};
use doorward_core::claims::ClaimsRequest;
use doorward_core::client::Client;
use doorward_core::consent::Permission;
use doorward_core::device_authorization::{
    DeviceAnswer, DeviceNotFound, FoundDevice, REMEMBERED, next,
};
use doorward_core::event::{Event, Extent, Reference};
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::identifiers::GrantId;
use doorward_sessions::Inserted;

use super::entry::look_up;
use crate::browser::Here;
use crate::interaction::longest_access_token;
use crate::provider::App;
use crate::refusal::PageError;

/// A device on its way to an answer.
pub(crate) struct DeviceCourse<'a> {
    pub(crate) app: &'a App,
    pub(crate) client: Arc<Client>,
    pub(crate) found: FoundDevice,
    pub(crate) progress: Progress,
    pub(crate) reference: Reference,
}

impl DeviceCourse<'_> {
    /// What must happen next. Consent is asked for each time, so what was given before does not matter.
    pub(crate) fn next(&self, here: Option<&Here>) -> Next {
        let circumstances = Circumstances {
            client: &self.client,
            present: here.map(|here| &here.present),
            consent: None,
            progress: &self.progress,
            servers: &self.app.directory.resource_servers().registry(),
            levels: &self.app.settings.acr_levels,
            now: self.app.now(),
        };
        next(&self.found.authorization.request, circumstances)
    }

    /// All that the person is asked to allow.
    pub(crate) fn asked(&self) -> Permission {
        let request = &self.found.authorization.request;
        let servers = self.app.directory.resource_servers().registry();
        let (scope, details) = (request.scope.clone(), &request.authorization_details);
        Permission::asked(scope, &request.resources, details, &servers)
    }

    /// Lets the device have what it asks for; the reason when somebody was faster, or it took too long.
    pub(crate) async fn allow(
        &self,
        present: &Present,
        allowed: Allowed,
    ) -> Result<Result<(), DeviceNotFound>, PageError> {
        let grant = self.grant(present, allowed);
        let answer = DeviceAnswer::Allowed(Box::new(grant));
        self.answer(present, answer).await
    }

    /// Lets the device have nothing.
    pub(crate) async fn deny(
        &self,
        present: &Present,
    ) -> Result<Result<(), DeviceNotFound>, PageError> {
        self.answer(present, DeviceAnswer::Denied).await
    }

    async fn answer(
        &self,
        present: &Present,
        answer: DeviceAnswer,
    ) -> Result<Result<(), DeviceNotFound>, PageError> {
        Ok(match self.record(answer).await? {
            Ok(stands) => {
                self.app.note(self.reference, self.event(present, &stands));
                Ok(())
            }
            Err(gone) => Err(gone),
        })
    }

    /// Records an answer, after all that was judged when the code was entered is judged again; and returns what stands.
    async fn record(
        &self,
        answer: DeviceAnswer,
    ) -> Result<Result<DeviceAnswer, DeviceNotFound>, PageError> {
        let (app, asked) = (self.app, &self.found);
        match look_up(app, asked.user_code).await? {
            Ok(found) if found == *asked => {}
            Ok(_another) => return Ok(Err(DeviceNotFound::Unknown)),
            Err(DeviceNotFound::Answered) => return self.stands(&answer).await,
            Err(gone) => return Ok(Err(gone)),
        }
        let device = &asked.authorization;
        let ttl = device.collected_until().since(app.now()) + REMEMBERED;
        let recorded = app.devices.record(&device.device_code, &answer, ttl);
        match recorded.await? {
            Inserted::New => Ok(Ok(answer)),
            Inserted::AlreadyThere => self.stands(&answer).await,
        }
    }

    /// What was answered before, if it is what this person answers now.
    async fn stands(
        &self,
        answer: &DeviceAnswer,
    ) -> Result<Result<DeviceAnswer, DeviceNotFound>, PageError> {
        let device = &self.found.authorization.device_code;
        let stands = self.app.devices.answer(device).await?;
        let same = stands.filter(|stands| stands.says(answer));
        Ok(same.ok_or(DeviceNotFound::Answered))
    }

    fn event(&self, present: &Present, answer: &DeviceAnswer) -> Event {
        let (person, client) = (present.person.id, self.client.client_id.clone());
        match answer {
            DeviceAnswer::Allowed(grant) => Event::DeviceAuthorized {
                person,
                client,
                grant: grant.id,
                extent: Extent::from(&**grant),
            },
            DeviceAnswer::Denied => Event::DeviceDenied { person, client },
        }
    }

    fn grant(&self, present: &Present, allowed: Allowed) -> Grant {
        let Allowed {
            scope,
            authorization_details,
            lifetime,
            acr,
        } = allowed;
        let (app, now) = (self.app, self.app.now());
        let asked = &self.found.authorization.request;
        let collected_until = self.found.authorization.collected_until();
        let expires_at = match lifetime {
            GrantLifetime::Session => {
                collected_until.plus(longest_access_token(app, &scope, &asked.resources))
            }
            GrantLifetime::Offline => now.plus(app.settings.tokens.refresh_absolute),
        };
        Grant {
            id: GrantId::generate(now, &*app.random),
            person: present.person.id,
            client: self.client.client_id.clone(),
            session: present.session.id,
            scope,
            resources: asked.resources.clone(),
            authorization_details,
            claims: ClaimsRequest::default(),
            authentication: present.session.authentication.clone(),
            acr,
            lifetime,
            issued_at: now,
            expires_at,
            revoked_at: None,
        }
    }
}
