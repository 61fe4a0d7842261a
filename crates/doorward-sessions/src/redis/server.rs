//! Which servers a setting names, and how to sign in there.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::address::Address;
use super::url::{self, UnknownServer};

/// One Redis server, a master that Sentinel names, or a cluster; and how to sign in there.
///
/// It is read from a URL: `redis://`, `redis+sentinel://` or `redis+cluster://`, each with `rediss` instead for TLS.
#[derive(Clone)]
pub struct Server {
    pub(super) layout: Layout,
    pub(super) transport: Transport,
    pub(super) credentials: Credentials,
    pub(super) database: u32,
    pub(super) prefix: String,
}

/// How the servers stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// There is one.
    Single(Address),
    /// One of several is the master; the sentinels know which.
    Sentinel(Watch),
    /// Several masters share the keys; any of these nodes knows which has what.
    Cluster(Vec<Address>),
}

/// The sentinels that watch over a master.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Watch {
    pub(super) sentinels: Vec<Address>,
    /// The name that they know it by.
    pub(super) master: String,
    /// How to sign in at the sentinels themselves.
    pub(super) credentials: Credentials,
}

/// What lies beneath the connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// TCP, which belongs into a private network.
    Plain,
    /// TLS, with the authorities of this file, or of the system where there is none.
    Tls(Option<PathBuf>),
}

/// A user name and a password, where the servers ask for them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

impl FromStr for Server {
    type Err = UnknownServer;

    /// The error says what is wrong with the URL, without repeating it.
    fn from_str(text: &str) -> Result<Self, UnknownServer> {
        url::parse(text)
    }
}

/// Shows the addresses, and neither names nor passwords.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.transport {
            Transport::Plain => "redis",
            Transport::Tls(_) => "rediss",
        };
        let database = self.database;
        match &self.layout {
            Layout::Single(address) => write!(f, "{scheme}://{address}/{database}"),
            Layout::Sentinel(Watch {
                sentinels, master, ..
            }) => {
                let sentinels = listed(sentinels);
                write!(f, "{scheme}+sentinel://{sentinels}/{master}/{database}")
            }
            Layout::Cluster(nodes) => write!(f, "{scheme}+cluster://{}", listed(nodes)),
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

fn listed(addresses: &[Address]) -> String {
    let addresses: Vec<String> = addresses.iter().map(Address::to_string).collect();
    addresses.join(",")
}
