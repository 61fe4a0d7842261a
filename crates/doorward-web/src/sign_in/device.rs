//! The steps of somebody who allows a device, or does not
//! ([RFC 8628 section 3.3](https://www.rfc-editor.org/rfc/rfc8628#section-3.3)).

use axum::response::{IntoResponse, Response};
use doorward_core::authorization::{Next, Purpose};
use doorward_core::device_authorization::DeviceNotFound;
use doorward_core::event::Event;
use doorward_core::parameters::Parameters;

use super::Step;
use super::shown::person_card;
use crate::device::{DEVICE, DeviceCourse, enter};
use crate::form::see_other;
use crate::interaction::{finish, wait};
use crate::pages::{DeviceOutcome, Problem};
use crate::refusal::PageError;

impl<'a> Step<'a> {
    /// The person typed the code that a device shows, if that is what the page asked.
    pub(super) async fn enter(mut self, form: &Parameters) -> Result<Response, PageError> {
        if !matches!(self.waiting.interaction.purpose, Purpose::DeviceCode(_)) {
            return wait(self.app, self.waiting).await;
        }
        let typed = form.one("user_code").unwrap_or_default();
        let person = self.here.as_ref().map(|here| here.present.person.id);
        match enter(self.app, self.parts, typed, person).await? {
            Ok(found) => {
                self.waiting.interaction.purpose = Purpose::Device(Box::new(found));
                wait(self.app, self.waiting).await
            }
            Err((problem, reason)) => {
                self.refused_at("device", reason);
                Ok(self.device_code_page(typed, Some(problem)))
            }
        }
    }

    /// Shows what is next with a device.
    pub(super) fn show_device(&self, device: &DeviceCourse<'a>) -> Result<Response, PageError> {
        match device.next(self.here.as_ref()) {
            Next::SignIn(_) => Ok(self.sign_in_page(None, None)),
            Next::ChooseAccount => {
                let account = self.here.as_ref();
                let account = account.map(|here| person_card(&here.present.person));
                Ok(self.sign_in_page(account, None))
            }
            // Only a form allows a device, never a link.
            Next::Consent(_) | Next::Allow(_) => Ok(self.confirm_device_page(device)),
            Next::Refuse(_, reason) => Err(unanswerable(reason)),
        }
    }

    /// Goes on with a device after the person did something.
    pub(super) async fn go_on_with(self, device: DeviceCourse<'a>) -> Result<Response, PageError> {
        match (device.next(self.here.as_ref()), &self.here) {
            (Next::Allow(allowed), Some(here)) => {
                let allowed = device.allow(&here.present, allowed).await?;
                self.answered(&device, allowed, DeviceOutcome::Allowed)
                    .await
            }
            _ => wait(self.app, self.waiting).await,
        }
    }

    /// The person says no to a device; or leaves before being asked, and the device goes on waiting.
    pub(super) async fn decline_device(
        self,
        device: DeviceCourse<'a>,
    ) -> Result<Response, PageError> {
        let asked = matches!(
            device.next(self.here.as_ref()),
            Next::Consent(_) | Next::Allow(_)
        );
        if let (true, Some(here)) = (asked, &self.here) {
            let denied = device.deny(&here.present).await?;
            return self.answered(&device, denied, DeviceOutcome::Denied).await;
        }
        let cleared = finish(self.app, Some(self.waiting)).await?;
        Ok((cleared, see_other(DEVICE)).into_response())
    }

    /// Ends the interaction with the page that says what came of it.
    async fn answered(
        self,
        device: &DeviceCourse<'a>,
        recorded: Result<(), DeviceNotFound>,
        outcome: DeviceOutcome,
    ) -> Result<Response, PageError> {
        let outcome = match recorded {
            Ok(()) => outcome,
            Err(reason) => {
                self.refused_at("device", reason.to_string());
                DeviceOutcome::Over
            }
        };
        let page = self.device_done_page(device, outcome);
        let cleared = finish(self.app, Some(self.waiting)).await?;
        Ok((cleared, page).into_response())
    }

    /// Notes why something was refused that the page itself tells only in part.
    pub(super) fn refused_at(&self, endpoint: &str, reason: String) {
        let client = self.waiting.interaction.purpose.client();
        let (endpoint, error) = (endpoint.to_owned(), "access_denied".to_owned());
        let client = client.map(ToString::to_string);
        self.app.note(
            self.reference,
            Event::Refused {
                endpoint,
                error,
                reason,
                client,
            },
        );
    }
}

fn unanswerable(reason: &str) -> PageError {
    PageError::bad_request("device", Problem::Expired, reason)
}
