//! What the issuer says of itself
//! ([OpenID Connect Discovery section 4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig),
//! [RFC 8414](https://www.rfc-editor.org/rfc/rfc8414)).

use serde::Deserialize;
use url::{Host, Url};

/// Where the issuer's endpoints are, as far as an API needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) jwks_uri: Url,
    pub(crate) introspection_endpoint: Option<Url>,
}

/// Why a document is not the issuer's metadata.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotMetadata {
    #[error("it is not JSON with issuer and jwks_uri: {0}")]
    Malformed(String),
    /// [RFC 8414 section 3.3](https://www.rfc-editor.org/rfc/rfc8414#section-3.3).
    #[error("it is the metadata of {0}, and not of the issuer whose it should be")]
    OtherIssuer(String),
    #[error("its endpoint {0} is not reached by TLS, as the issuer is")]
    Plain(Url),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: Url,
    introspection_endpoint: Option<Url>,
}

impl Metadata {
    /// Reads the metadata of `issuer`.
    pub(crate) fn parse(body: &[u8], issuer: &str) -> Result<Self, NotMetadata> {
        let document: Document = serde_json::from_slice(body)
            .map_err(|error| NotMetadata::Malformed(error.to_string()))?;
        if document.issuer != issuer {
            return Err(NotMetadata::OtherIssuer(document.issuer));
        }
        let tls = issuer.starts_with("https:");
        let endpoints = [
            Some(&document.jwks_uri),
            document.introspection_endpoint.as_ref(),
        ];
        let plain = |url: &&Url| url.scheme() != "https" && (tls || !is_here(url));
        if let Some(endpoint) = endpoints.into_iter().flatten().find(plain) {
            return Err(NotMetadata::Plain(endpoint.clone()));
        }
        Ok(Self {
            jwks_uri: document.jwks_uri,
            introspection_endpoint: document.introspection_endpoint,
        })
    }
}

/// Whether a URL leads to this machine by `http`, where nobody else listens.
pub(crate) fn is_here(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && loopback
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(issuer: &str, jwks_uri: &str) -> Result<Metadata, NotMetadata> {
        let document = json!({"issuer": issuer, "jwks_uri": jwks_uri, "token_endpoint": "x"});
        Metadata::parse(document.to_string().as_bytes(), issuer)
    }

    /// [RFC 8414 section 3.3](https://www.rfc-editor.org/rfc/rfc8414#section-3.3).
    #[test]
    fn only_the_issuers_own_metadata_counts() {
        let body = br#"{"issuer":"https://id.example","jwks_uri":"https://id.example/jwks"}"#;
        assert!(Metadata::parse(body, "https://id.example").is_ok());
        for other in [
            "https://id.example/",
            "https://ID.example",
            "https://id.example.net",
        ] {
            let refused = NotMetadata::OtherIssuer("https://id.example".to_owned());
            assert_eq!(Metadata::parse(body, other), Err(refused));
        }
        let malformed = Metadata::parse(b"{}", "https://id.example");
        assert!(matches!(malformed, Err(NotMetadata::Malformed(_))));
    }

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for (issuer, jwks_uri, good) in [
            ("https://id.example", "https://keys.example/jwks", true),
            ("https://id.example", "http://id.example/jwks", false),
            ("https://id.example", "http://localhost/jwks", false),
            ("http://localhost:8000", "http://localhost:8000/jwks", true),
            ("http://127.0.0.1:8000", "http://[::1]:8000/jwks", true),
            ("http://localhost:8000", "http://id.example/jwks", false),
            ("http://localhost:8000", "ftp://localhost/jwks", false),
        ] {
            assert_eq!(parse(issuer, jwks_uri).is_ok(), good, "{issuer} {jwks_uri}");
        }
    }
}
