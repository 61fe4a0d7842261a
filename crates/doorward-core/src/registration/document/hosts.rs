//! Whose documents are read.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::identifiers::ClientId;

/// Whose documents are read: of no host, unless an operator names some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientDocumentPolicy {
    /// Their hosts.
    pub hosts: Vec<HostPattern>,
}

/// A host, or all below a name (`*.example.com`), or all there are (`*`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern(String);

/// A text that is no such pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no host such as app.example.com, *.example.com or *")]
pub struct NoHostPattern;

impl ClientDocumentPolicy {
    /// Whether any documents are read.
    pub const fn is_on(&self) -> bool {
        !self.hosts.is_empty()
    }

    /// Whether the document is read that `client` names, if it names one.
    pub fn admits(&self, client: &ClientId) -> bool {
        let url = client.document_url();
        url.as_ref().and_then(Url::host_str).is_some_and(|host| {
            let mut hosts = self.hosts.iter();
            hosts.any(|pattern| pattern.matches(host))
        })
    }
}

impl HostPattern {
    fn matches(&self, host: &str) -> bool {
        match self.0.strip_prefix('*') {
            Some("") => true,
            // With the dot that stands before it: what ends alike is another name.
            Some(below) => host.len() > below.len() && host.ends_with(below),
            None => host == self.0,
        }
    }
}

impl FromStr for HostPattern {
    type Err = NoHostPattern;

    fn from_str(text: &str) -> Result<Self, NoHostPattern> {
        let name = text.strip_prefix("*.").unwrap_or(text);
        let url = Url::parse(&format!("https://{name}/"));
        let is_host = url.is_ok_and(|url| url.host_str() == Some(name));
        if text == "*" || (is_host && !name.contains('*')) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoHostPattern)
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
