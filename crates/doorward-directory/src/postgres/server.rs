//! Where a PostgreSQL server is, and how to reach it.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::Tls;

/// How long a server may take to accept a connection.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a connection may be silent before the system asks whether the server is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// How long what was sent may stay unacknowledged before the connection counts as lost.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// A PostgreSQL database and how to sign in there:
/// `postgres://user:password@host[:port][,host…]/database[?parameter=value&…]`.
///
/// Two parameters are ours: `connections`, the most that one node opens (2 to 200, by default 16), and `sslrootcert`, a
/// PEM file with the authority to trust instead of the system's. `sslmode` is `disable` or `require`; `require` verifies the server's certificate
/// and name, and is the default for every server that is not on this machine. All others are
/// [libpq's](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS), such as `target_session_attrs=read-write`.
#[derive(Clone)]
pub struct Server {
    pub(super) config: Config,
    pub(super) tls: Tls,
    pub(super) connections: usize,
}

/// The most connections of one node, where the URL does not say: enough to keep a database of some cores busy, and few
/// enough that a handful of nodes fits into the hundred that a server allows by itself.
const CONNECTIONS: usize = 16;

/// What in a URL is ours to read, and what is left of it for the driver.
#[derive(Default)]
struct Parameters {
    ssl_mode: Option<SslMode>,
    authority: Option<PathBuf>,
    connections: Option<usize>,
    others: Vec<String>,
}

impl FromStr for Server {
    type Err = String;

    /// The error says what is wrong with the URL, without repeating it.
    fn from_str(url: &str) -> Result<Self, String> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let parameters = Parameters::parse(query)?;
        let url = format!("{address}?{}", parameters.others.join("&"));
        let mut config: Config = url.parse().map_err(|error| explained(&error))?;
        if config.get_hosts().is_empty() {
            return Err("it names no host".to_owned());
        }
        let ssl_mode = parameters
            .ssl_mode
            .unwrap_or_else(|| fitting(config.get_hosts()));
        let tls = match ssl_mode {
            SslMode::Disable => Tls::Off,
            _ => Tls::Verified(parameters.authority),
        };
        config
            .ssl_mode(ssl_mode)
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(KEEPALIVE)
            .tcp_user_timeout(UNACKNOWLEDGED);
        if config.get_application_name().is_none() {
            config.application_name("doorward");
        }
        Ok(Self {
            config,
            tls,
            connections: parameters.connections.unwrap_or(CONNECTIONS),
        })
    }
}

impl Parameters {
    fn parse(query: &str) -> Result<Self, String> {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "sslmode" => parameters.ssl_mode = Some(ssl_mode(value)?),
                "sslrootcert" => parameters.authority = Some(decoded(value)?.into()),
                "connections" => parameters.connections = Some(number(value)?),
                _ => parameters.others.push(pair.to_owned()),
            }
        }
        if parameters.ssl_mode == Some(SslMode::Disable) && parameters.authority.is_some() {
            return Err("sslrootcert has no use with sslmode=disable".to_owned());
        }
        Ok(parameters)
    }
}

fn ssl_mode(mode: &str) -> Result<SslMode, String> {
    match mode {
        "disable" => Ok(SslMode::Disable),
        "require" | "verify-ca" | "verify-full" => Ok(SslMode::Require),
        _ => Err(
            "sslmode is `disable` or `require`: TLS that may be left out protects nothing"
                .to_owned(),
        ),
    }
}

fn number(text: &str) -> Result<usize, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (2..=200).contains(number));
    number.ok_or_else(|| "connections is a number from 2 to 200".to_owned())
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded
        .map(String::from)
        .map_err(|_| "sslrootcert is no path in UTF-8".to_owned())
}

/// TLS wherever what is sent leaves this machine.
fn fitting(hosts: &[Host]) -> SslMode {
    if hosts.iter().any(is_elsewhere) {
        SslMode::Require
    } else {
        SslMode::Disable
    }
}

/// Whether what is sent to the host leaves this machine.
fn is_elsewhere(host: &Host) -> bool {
    match host {
        Host::Tcp(name) if name == "localhost" => false,
        Host::Tcp(name) => !name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => false,
    }
}

/// The driver's error with its cause, which is where it says what is wrong.
pub(super) fn explained(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{} ({})", error.message(), error.code().code());
    }
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Shows where it is, and neither name nor password.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        let ports = self.config.get_ports();
        for (at, host) in self.config.get_hosts().iter().enumerate() {
            let port = ports.get(at).or_else(|| ports.first()).unwrap_or(&5432);
            let comma = if at == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) if name.contains(':') => write!(f, "{comma}[{name}]:{port}")?,
                Host::Tcp(name) => write!(f, "{comma}{name}:{port}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{comma}{}:{port}", path.display())?,
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        url.parse().unwrap()
    }

    fn refused(url: &str) -> String {
        url.parse::<Server>().unwrap_err()
    }

    #[test]
    fn neither_name_nor_password_is_shown() {
        let server = server("postgres://ada:secret@db.example:5433/doorward");
        assert_eq!(server.to_string(), "postgres://db.example:5433/doorward");
        assert_eq!(format!("{server:?}"), format!("Server({server})"));
        let several = "postgresql://ada@one,two:5433/doorward?target_session_attrs=read-write";
        assert_eq!(
            several.parse::<Server>().unwrap().to_string(),
            "postgres://one:5432,two:5433/doorward"
        );
    }

    #[test]
    fn a_server_elsewhere_is_reached_by_verified_tls_unless_the_url_says_otherwise() {
        for (url, tls) in [
            ("postgres://db.example/d", Tls::Verified(None)),
            ("postgres://db.example/d?sslmode=disable", Tls::Off),
            ("postgres://127.0.0.1/d", Tls::Off),
            ("postgres://localhost/d", Tls::Off),
            ("postgres:///d?host=/run/postgresql", Tls::Off),
            ("postgres://localhost,db.example/d", Tls::Verified(None)),
            (
                "postgres://127.0.0.1/d?sslmode=verify-full",
                Tls::Verified(None),
            ),
            (
                "postgres://db.example/d?sslrootcert=%2Fetc%2Fa%20b.pem",
                Tls::Verified(Some("/etc/a b.pem".into())),
            ),
        ] {
            assert_eq!(server(url).tls, tls, "{url}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_repeating_the_url() {
        for (url, reason) in [
            ("postgres:///doorward", "names no host"),
            ("postgres://secret@db/d?sslmode=prefer", "sslmode"),
            ("postgres://secret@db/d?connections=1", "connections"),
            (
                "postgres://secret@db/d?sslmode=disable&sslrootcert=a",
                "sslrootcert",
            ),
            ("postgres://secret@db/d?shoesize=38", "shoesize"),
            ("postgres://secret@db:70000/d", "port"),
        ] {
            let said = refused(url);
            assert!(said.contains(reason), "{url}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn the_number_of_connections_can_be_chosen() {
        assert_eq!(server("postgres://db/d").connections, CONNECTIONS);
        assert_eq!(server("postgres://db/d?connections=40").connections, 40);
    }
}
