//! What a cluster has to know again when it is started on data that it kept: secrets and addresses.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use doorward::provider::Ambient;
use doorward_core::random::Random;
use serde::{Deserialize, Serialize};
use url::Url;

use super::folder::Folder;
use super::port::free_address;

/// The file that they are in.
const FILE: &str = "keepsakes.json";

/// Secrets and addresses of one cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Keepsakes {
    /// Where the balancer listens; the issuer has its port.
    pub(crate) balancer: SocketAddr,
    /// The password of the database.
    pub(crate) database: String,
    /// The password of the Redis servers.
    pub(crate) sessions: String,
    /// The key-encryption key of all nodes.
    pub(crate) key: String,
    /// The sample applications by client id, once they are registered.
    #[serde(default)]
    pub(crate) applications: Vec<Application>,
}

/// A sample application as the provider knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its client secret.
    pub(crate) secret: String,
}

impl Keepsakes {
    /// Those of the folder, or new ones that are then kept there.
    pub(crate) fn of(folder: &Folder) -> Result<Self> {
        let path = folder.path().join(FILE);
        if !path.is_file() {
            let new = Self::new()?;
            new.keep(folder)?;
            return Ok(new);
        }
        let text = fs::read_to_string(&path)?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))
    }

    /// Writes them down.
    pub(crate) fn keep(&self, folder: &Folder) -> Result<()> {
        folder.write(FILE, &serde_json::to_string_pretty(self)?)?;
        Ok(())
    }

    /// What browsers and applications know the cluster by.
    pub(crate) fn issuer(&self) -> Url {
        let issuer = doorward::configuration::Issuer::on_localhost(self.balancer.port());
        issuer.url().clone()
    }

    /// What must not be in any log.
    pub(crate) fn secrets(&self) -> [&str; 3] {
        [&self.database, &self.sessions, &self.key]
    }

    fn new() -> Result<Self> {
        Ok(Self {
            balancer: free_address()?,
            database: random_text::<16>(),
            sessions: random_text::<16>(),
            key: random_text::<32>(),
            applications: Vec::new(),
        })
    }
}

/// This many random bytes in hexadecimal.
pub(crate) fn random_text<const N: usize>() -> String {
    let ambient = Ambient::default();
    let random: &dyn Random = &*ambient.random;
    let bytes: [u8; N] = random.bytes();
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
