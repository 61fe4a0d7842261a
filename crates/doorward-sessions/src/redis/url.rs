//! The URLs of Redis servers.
//!
//! They are read here and not by a library for URLs, since several hosts stand in one of them.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::address::Address;
use super::server::{Credentials, Layout, Server, Transport, Watch};

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// What every key of ours begins with, unless the URL says otherwise.
const PREFIX: &str = "doorward:";

/// What is wrong with the URL of a Redis server. It repeats nothing of it but names of parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownServer {
    /// It begins like none.
    #[error("it begins with none of {SCHEMES}")]
    Scheme,
    /// A character of a name or password that means something in a URL.
    #[error("a name or password in it has one of `/?#@` as it is: write %2F, %3F, %23 or %40")]
    Unencoded,
    /// A name, password or parameter does not decode.
    #[error("what is percent-encoded in it is no text: write a `%` as `%25`")]
    Encoding,
    /// What should be a host and perhaps a port is not.
    #[error("it names no server: write HOST, HOST:PORT or [IPV6]:PORT, from 1 to 65535")]
    Address,
    /// More hosts than there may be.
    #[error(
        "it names several servers: those of a Sentinel or of a cluster have schemes of their own"
    )]
    OneServer,
    /// The name of the master is missing.
    #[error("it lacks the name that the sentinels know their master by: …/MASTER_NAME")]
    Master,
    /// What should be the number of a database is not.
    #[error("its path is no number of a database, such as /0")]
    Database,
    /// A cluster has one database.
    #[error("it has a path: a cluster has one database")]
    Path,
    /// A parameter that does not exist.
    #[error("there is no parameter `{0}`: allowed are {PARAMETERS}")]
    Parameter(String),
    /// A parameter that means nothing here.
    #[error("the parameter `{0}` belongs to {1}")]
    Misplaced(&'static str, &'static str),
    /// A prefix with other characters.
    #[error("a prefix has letters, digits and `-_.:` alone")]
    Prefix,
}

const SCHEMES: &str =
    "`redis://`, `redis+sentinel://`, `redis+cluster://`, or the same with `rediss` for TLS";
const PARAMETERS: &str = "`prefix`, `ca`, `sentinel_user` and `sentinel_password`";

/// Reads a URL.
pub(super) fn parse(text: &str) -> Result<Server, UnknownServer> {
    let (scheme, rest) = text.split_once("://").ok_or(UnknownServer::Scheme)?;
    let (place, query) = split(rest, '?');
    let (authority, path) = split(place, '/');
    if [path, query].iter().any(|part| part.contains('@')) || rest.contains('#') {
        return Err(UnknownServer::Unencoded);
    }
    let (credentials, hosts) = match authority.rsplit_once('@') {
        Some((credentials, hosts)) => (parse_credentials(credentials)?, hosts),
        None => (Credentials::default(), authority),
    };
    let parameters = Parameters::parse(query)?;
    let transport = parameters.transport(scheme)?;
    let (layout, database) = match scheme.split_once('+').map(|(_, layout)| layout) {
        None => (Layout::Single(one(hosts)?), parse_database(path)?),
        Some("sentinel") => parameters.watch(several(hosts, SENTINEL_PORT)?, path)?,
        Some("cluster") if path.is_empty() => (Layout::Cluster(several(hosts, PORT)?), 0),
        Some("cluster") => return Err(UnknownServer::Path),
        Some(_) => return Err(UnknownServer::Scheme),
    };
    parameters.belong_to(&layout)?;
    Ok(Server {
        layout,
        transport,
        credentials,
        database,
        prefix: parameters.prefix,
    })
}

/// What stands before the first of these, and what after it.
fn split(text: &str, at: char) -> (&str, &str) {
    text.split_once(at).unwrap_or((text, ""))
}

fn parse_credentials(text: &str) -> Result<Credentials, UnknownServer> {
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(decode(password)?)),
        None => (text, None),
    };
    let user = (!user.is_empty()).then(|| decode(user)).transpose()?;
    Ok(Credentials { user, password })
}

fn decode(text: &str) -> Result<String, UnknownServer> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(String::from)
        .map_err(|_| UnknownServer::Encoding)
}

fn one(hosts: &str) -> Result<Address, UnknownServer> {
    if hosts.contains(',') {
        return Err(UnknownServer::OneServer);
    }
    Address::parse(hosts, PORT).ok_or(UnknownServer::Address)
}

fn several(hosts: &str, port: u16) -> Result<Vec<Address>, UnknownServer> {
    let addresses = hosts.split(',').map(|host| Address::parse(host, port));
    addresses
        .collect::<Option<_>>()
        .ok_or(UnknownServer::Address)
}

fn parse_database(path: &str) -> Result<u32, UnknownServer> {
    match path {
        "" => Ok(0),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            number.parse().map_err(|_| UnknownServer::Database)
        }
        _ => Err(UnknownServer::Database),
    }
}

/// What stands behind the question mark.
struct Parameters {
    prefix: String,
    authority: Option<PathBuf>,
    sentinel: Credentials,
}

impl Parameters {
    fn parse(query: &str) -> Result<Self, UnknownServer> {
        let mut read = Self {
            prefix: PREFIX.to_owned(),
            authority: None,
            sentinel: Credentials::default(),
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = split(pair, '=');
            let value = decode(value)?;
            match name {
                "prefix" => read.prefix = parse_prefix(value)?,
                "ca" => read.authority = Some(value.into()),
                "sentinel_user" => read.sentinel.user = Some(value),
                "sentinel_password" => read.sentinel.password = Some(value),
                unknown => return Err(UnknownServer::Parameter(unknown.to_owned())),
            }
        }
        Ok(read)
    }

    fn transport(&self, scheme: &str) -> Result<Transport, UnknownServer> {
        let (transport, _) = split(scheme, '+');
        match (transport, &self.authority) {
            ("redis", None) => Ok(Transport::Plain),
            ("redis", Some(_)) => Err(UnknownServer::Misplaced("ca", "rediss://, which is TLS")),
            ("rediss", authority) => Ok(Transport::Tls(authority.clone())),
            _ => Err(UnknownServer::Scheme),
        }
    }

    /// What the sentinels watch over, and its database: `MASTER_NAME` or `MASTER_NAME/DATABASE`.
    fn watch(&self, sentinels: Vec<Address>, path: &str) -> Result<(Layout, u32), UnknownServer> {
        let (master, database) = split(path, '/');
        if master.is_empty() {
            return Err(UnknownServer::Master);
        }
        let watch = Watch {
            sentinels,
            master: decode(master)?,
            credentials: self.sentinel.clone(),
        };
        Ok((Layout::Sentinel(watch), parse_database(database)?))
    }

    fn belong_to(&self, layout: &Layout) -> Result<(), UnknownServer> {
        if self.sentinel == Credentials::default() || matches!(layout, Layout::Sentinel(_)) {
            return Ok(());
        }
        let (name, place) = ("sentinel_…", "redis+sentinel://");
        Err(UnknownServer::Misplaced(name, place))
    }
}

/// Braces are among what is left out: within them a cluster finds what it places a key by.
fn parse_prefix(prefix: String) -> Result<String, UnknownServer> {
    let legible = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    if prefix.chars().all(legible) {
        Ok(prefix)
    } else {
        Err(UnknownServer::Prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> UnknownServer {
        parse(text).unwrap_err()
    }

    #[test]
    fn every_part_of_a_url_is_read() {
        let server =
            parse("rediss+sentinel://us%40er:p%3Aw@a,b:1/main/2?prefix=x:&ca=/ca.pem&sentinel_user=s&sentinel_password=%23")
                .unwrap();
        let watch = Watch {
            sentinels: vec![
                Address::parse("a:26379", 0).unwrap(),
                Address::parse("b:1", 0).unwrap(),
            ],
            master: "main".to_owned(),
            credentials: Credentials {
                user: Some("s".to_owned()),
                password: Some("#".to_owned()),
            },
        };
        assert!(server.layout == Layout::Sentinel(watch));
        assert_eq!(server.transport, Transport::Tls(Some("/ca.pem".into())));
        assert_eq!(server.credentials.user.as_deref(), Some("us@er"));
        assert_eq!(server.credentials.password.as_deref(), Some("p:w"));
        assert_eq!((server.database, server.prefix.as_str()), (2, "x:"));
    }

    #[test]
    fn a_password_needs_no_user() {
        let server = parse("redis://:pw@a").unwrap();
        assert_eq!(server.credentials.user, None);
        assert_eq!(server.credentials.password.as_deref(), Some("pw"));
        assert_eq!(server.prefix, "doorward:");
    }

    #[test]
    fn each_mistake_is_named() {
        let misplaced = |name, place| UnknownServer::Misplaced(name, place);
        for (text, expected) in [
            ("redis:", UnknownServer::Scheme),
            ("http://a", UnknownServer::Scheme),
            ("redis+other://a", UnknownServer::Scheme),
            ("redis://u:p#w@a", UnknownServer::Unencoded),
            ("redis://u:p?w@a", UnknownServer::Unencoded),
            ("redis://u:p/w@a", UnknownServer::Unencoded),
            ("redis://u:%ff@a", UnknownServer::Encoding),
            ("redis://", UnknownServer::Address),
            ("redis://a:port", UnknownServer::Address),
            ("redis+cluster://a,,b", UnknownServer::Address),
            ("redis://a,b", UnknownServer::OneServer),
            ("redis+sentinel://a", UnknownServer::Master),
            ("redis+sentinel://a/", UnknownServer::Master),
            ("redis+sentinel://a/main/x", UnknownServer::Database),
            ("redis://a/first", UnknownServer::Database),
            ("redis://a/+1", UnknownServer::Database),
            ("redis+cluster://a/0", UnknownServer::Path),
            ("redis://a?db=1", UnknownServer::Parameter("db".to_owned())),
            ("redis://a?prefix={x}", UnknownServer::Prefix),
            ("redis://a?ca=x", misplaced("ca", "rediss://, which is TLS")),
            (
                "redis://a?sentinel_user=x",
                misplaced("sentinel_…", "redis+sentinel://"),
            ),
        ] {
            assert_eq!(refusal(text), expected, "{text}");
        }
    }
}
