//! Where the steps of an interaction lead.

use std::sync::Arc;

use doorward_core::authorization::{Interaction, OwnPage, Purpose};
use doorward_core::client::Client;
use doorward_core::forward_auth::{Site, SiteHost, Visit};

use super::Step;
use crate::authorization::unaddressed;
use crate::device::DeviceCourse;
use crate::interaction::Course;
use crate::pages::Problem;
use crate::refusal::PageError;

/// What the steps of an interaction lead to.
pub(super) enum Way<'a> {
    /// To the provider's own page.
    Home,
    /// To a page of the provider that is the person's own.
    Page(OwnPage),
    /// To the client of an authorization request.
    Client(Box<Course<'a>>),
    /// To a device, once its code is entered.
    DeviceCode(String),
    /// To a device.
    Device(Box<DeviceCourse<'a>>),
    /// To a site.
    Site(Box<Visit>, Arc<Site>),
}

impl<'a> Step<'a> {
    /// The client that waits, if there is one.
    pub(super) fn client(&self) -> Result<Option<Arc<Client>>, PageError> {
        let Some(client) = self.waiting.interaction.purpose.client() else {
            return Ok(None);
        };
        let found = self.app.client(client);
        found.map(Some).ok_or_else(|| {
            let reason = format!("the client {client} was removed meanwhile");
            PageError::bad_request("sign-in", Problem::UnknownApplication, reason)
        })
    }

    fn site(&self, host: &SiteHost) -> Result<Arc<Site>, PageError> {
        let site = self
            .app
            .directory
            .sites()
            .registry()
            .at(host.as_str())
            .cloned();
        site.ok_or_else(|| {
            let reason = format!("the site {host} was removed meanwhile");
            PageError::bad_request("sign-in", Problem::UnknownApplication, reason)
        })
    }

    /// What this interaction leads to.
    pub(super) fn way(&self) -> Result<Way<'a>, PageError> {
        let client = self.client()?;
        let (app, reference) = (self.app, self.reference);
        let Interaction {
            purpose, progress, ..
        } = self.waiting.interaction.clone();
        Ok(match (purpose, client) {
            (Purpose::Authorization(request), Some(client)) => {
                let request = request.addressed_to(&client);
                let request = request.map_err(|reason| unaddressed(&reason))?;
                Way::Client(Box::new(Course {
                    app,
                    client,
                    request,
                    progress,
                    reference,
                }))
            }
            (Purpose::Device(found), Some(client)) => Way::Device(Box::new(DeviceCourse {
                app,
                client,
                found: *found,
                progress,
                reference,
            })),
            (Purpose::DeviceCode(code), _) => Way::DeviceCode(code),
            (Purpose::Page(page), _) => Way::Page(page),
            (Purpose::Site(visit), _) => {
                let site = self.site(&visit.host)?;
                Way::Site(visit, site)
            }
            _ => Way::Home,
        })
    }
}
