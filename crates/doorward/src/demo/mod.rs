//! The demonstration: a provider with one person, and two applications that know of it only what any
//! application does: issuer, client id and secret.

mod application;
mod applications;
mod http;
mod living_room;
mod pages;
mod qr_code;
mod relying_party;
mod seed;
mod television;
#[cfg(test)]
mod tests;
mod visitors;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use doorward_directory::Directory;
use tokio::net::TcpListener;
use url::Url;

use crate::configuration::{Configuration, DirectoryStore, Issuer, KeyFile, SessionStore};
use crate::provider::Ambient;
use crate::server::Server;
use application::Look;
pub use applications::{Applications, Registered};
pub use seed::{PASSWORD, USERNAME};

/// The three places that the demonstration listens at, on this machine only.
#[derive(Debug)]
pub struct Listeners {
    provider: TcpListener,
    wiki: TcpListener,
    payroll: TcpListener,
}

impl Listeners {
    /// Listens on these ports; on a free one where the number is 0.
    pub async fn bind(provider: u16, wiki: u16, payroll: u16) -> Result<Self> {
        Ok(Self {
            provider: listen(provider).await?,
            wiki: listen(wiki).await?,
            payroll: listen(payroll).await?,
        })
    }
}

async fn listen(port: u16) -> Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; another program may be using the port")
    })
}

/// A demonstration that runs.
#[derive(Debug)]
pub struct Demonstration {
    provider: Server,
    issuer: Issuer,
    wiki: Url,
    payroll: Url,
    applications: Applications,
    data: PathBuf,
}

impl Demonstration {
    /// Starts the provider, adds person and applications, and starts the applications.
    ///
    /// Of `configuration` it takes everything but issuer and address, which follow from `listeners`, and the
    /// places of session store and key, which are in the data directory.
    ///
    /// # Errors
    /// When the stores cannot be opened or written.
    pub async fn start(
        listeners: Listeners,
        mut configuration: Configuration,
        ambient: &Ambient,
    ) -> Result<Self> {
        let address_of_provider = listeners.provider.local_addr()?;
        let issuer = Issuer::on_localhost(address_of_provider.port());
        let server = &mut configuration.server;
        server.issuer = issuer.clone();
        server.listen = address_of_provider;
        server.directory = DirectoryStore::embedded();
        server.sessions = SessionStore::embedded();
        server.key_file = KeyFile::InDataDirectory;
        let provider = Server::start(listeners.provider, &configuration, ambient).await?;
        let directory = provider.directory();
        seed::person(directory, &configuration, ambient).await?;
        let wiki = registered(directory, Look::Wiki, listeners.wiki, ambient).await?;
        seed::television(directory, ambient).await?;
        let payroll = registered(directory, Look::Payroll, listeners.payroll, ambient).await?;
        Ok(Self {
            provider,
            wiki: wiki.address()?,
            payroll: payroll.address()?,
            applications: Applications::serve(&issuer, wiki, payroll, ambient)?,
            issuer,
            data: configuration.server.data,
        })
    }

    /// The provider's issuer.
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The wiki's address.
    pub const fn wiki(&self) -> &Url {
        &self.wiki
    }

    /// The payroll's address.
    pub const fn payroll(&self) -> &Url {
        &self.payroll
    }

    /// Where everything is kept.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Stops the applications, then the provider.
    ///
    /// # Errors
    /// When the directory could not be closed cleanly.
    pub async fn stop(self) -> Result<()> {
        self.applications.stop().await;
        self.provider.stop().await
    }
}

/// An application that the provider knows, at its present address.
async fn registered(
    directory: &Directory,
    look: Look,
    listener: TcpListener,
    ambient: &Ambient,
) -> Result<Registered> {
    let own = applications::address(&listener)?;
    let secret = seed::client(directory, look, &own, ambient).await?;
    Ok(Registered { listener, secret })
}
