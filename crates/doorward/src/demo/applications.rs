//! The two sample applications, serving.

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use doorward_core::secret::Secret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::application::{self, Look};
use super::living_room;
use super::relying_party::RelyingParty;
use super::television::Television;
use crate::configuration::Issuer;
use crate::connections;
use crate::provider::Ambient;

/// An application as its owner has it: a place to listen at, and the secret that the provider gave for it.
#[derive(Debug)]
pub struct Registered {
    /// Where it listens.
    pub listener: TcpListener,
    /// Its client secret.
    pub secret: Secret,
}

impl Registered {
    /// The address that browsers know it by.
    pub fn address(&self) -> Result<Url> {
        address(&self.listener)
    }
}

/// The address of an application that listens there.
pub(super) fn address(listener: &TcpListener) -> Result<Url> {
    let port = listener.local_addr()?.port();
    Ok(Url::parse(&format!("http://localhost:{port}/"))?)
}

/// The television that stands at the wiki. It works at providers that have registered it.
fn television(issuer: &Issuer, ambient: &Ambient) -> Result<Router> {
    let random = Arc::clone(&ambient.random);
    Ok(living_room::router(Television::new(issuer)?, random))
}

/// The wiki and the payroll, of any provider that has registered them as `wiki` and `payroll`.
#[derive(Debug, Default)]
pub struct Applications {
    stop: CancellationToken,
    serving: TaskTracker,
}

impl Applications {
    /// Serves both; each has a link to the other.
    ///
    /// # Errors
    /// When an address is none.
    pub fn serve(
        issuer: &Issuer,
        wiki: Registered,
        payroll: Registered,
        ambient: &Ambient,
    ) -> Result<Self> {
        let applications = Self::default();
        let (at_wiki, at_payroll) = (wiki.address()?, payroll.address()?);
        for (look, registered, own, other) in [
            (Look::Wiki, wiki, &at_wiki, &at_payroll),
            (Look::Payroll, payroll, &at_payroll, &at_wiki),
        ] {
            let party = RelyingParty::new(issuer, look.client_id(), &registered.secret, own)?;
            let router = application::router(look, party, other, ambient);
            let router = match look {
                Look::Wiki => router.merge(television(issuer, ambient)?),
                Look::Payroll => router,
            };
            let stop = applications.stop.clone();
            let serving = connections::serve(registered.listener, router, None, stop);
            applications.serving.spawn(serving);
        }
        Ok(applications)
    }

    /// Stops both.
    pub async fn stop(self) {
        self.stop.cancel();
        self.serving.close();
        self.serving.wait().await;
    }
}
