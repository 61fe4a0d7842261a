//! The values of `[tls]` and `[mtls]`, and what they must be together.

use std::path::{Path, PathBuf};

use axum::http::HeaderName;
use doorward_core::certificate::CertificateField;
use doorward_web::{CertificateSource, ClientAuthorities, MutualTls};
use url::Url;

use super::value::{Value, quoted};
use super::{Configuration, Mtls};

/// A file, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFile(Option<PathBuf>);

impl NamedFile {
    /// No file.
    pub const fn none() -> Self {
        Self(None)
    }

    /// This one.
    pub const fn at(path: PathBuf) -> Self {
        Self(Some(path))
    }

    /// Where it is, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

impl Value for NamedFile {
    fn allowed() -> String {
        format!(
            "{}; nothing between the quotation marks is no file",
            PathBuf::allowed()
        )
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "" => Some(Self::none()),
            path => PathBuf::parse(path).map(Self::at),
        }
    }

    fn show(&self) -> String {
        self.0.as_ref().map_or_else(|| quoted(""), Value::show)
    }
}

/// Where certificates of applications come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CertificatesFrom {
    /// From nowhere.
    #[default]
    Off,
    /// From connections.
    Tls,
    /// From a header, written so.
    Header(CertificateField),
}

const NAMES: [(&str, CertificatesFrom); 5] = [
    ("off", CertificatesFrom::Off),
    ("tls", CertificatesFrom::Tls),
    (
        "client_cert",
        CertificatesFrom::Header(CertificateField::ByteSequence),
    ),
    (
        "escaped_pem",
        CertificatesFrom::Header(CertificateField::EscapedPem),
    ),
    (
        "base64_der",
        CertificatesFrom::Header(CertificateField::Base64Der),
    ),
];

impl Value for CertificatesFrom {
    fn allowed() -> String {
        "\"off\", \"tls\", \"client_cert\", \"escaped_pem\" or \"base64_der\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let found = NAMES.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, from)| from)
    }

    fn show(&self) -> String {
        let found = NAMES.into_iter().find(|(_, from)| from == self);
        quoted(found.map_or("", |(name, _)| name))
    }
}

/// The name of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName(HeaderName);

impl FieldName {
    /// The one of [RFC 9440](https://www.rfc-editor.org/rfc/rfc9440).
    pub const fn client_cert() -> Self {
        Self(HeaderName::from_static("client-cert"))
    }
}

impl Value for FieldName {
    fn allowed() -> String {
        "the name of a header, such as \"Client-Cert\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        HeaderName::try_from(text).ok().map(Self)
    }

    fn show(&self) -> String {
        quoted(self.0.as_str())
    }
}

/// Where connections are asked for certificates, if that is not at the issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MtlsAddress(Option<Url>);

impl MtlsAddress {
    /// At the issuer.
    pub const fn none() -> Self {
        Self(None)
    }
}

impl Value for MtlsAddress {
    fn allowed() -> String {
        "an https URL without path, query and fragment, such as \"https://mtls.login.example.com\"; nothing between the \
         quotation marks is the issuer's"
            .to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::none());
        }
        let url = Url::parse(text).ok()?;
        let is_origin = url.scheme() == "https"
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        is_origin.then_some(Self(Some(url)))
    }

    fn show(&self) -> String {
        let url = self.0.as_ref().map(Url::as_str).unwrap_or_default();
        quoted(url.trim_end_matches('/'))
    }
}

impl Mtls {
    /// What the web layer is told; who vouches for certificates is read from the file later.
    pub(super) fn settings(&self) -> MutualTls {
        let address = self.address.0.as_ref();
        MutualTls {
            source: match self.certificates {
                CertificatesFrom::Off => CertificateSource::Nowhere,
                CertificatesFrom::Tls => CertificateSource::Connection,
                CertificatesFrom::Header(field) => CertificateSource::Header {
                    name: self.header.0.clone(),
                    field,
                },
            },
            authorities: ClientAuthorities::default(),
            address: address.map(|url| url.as_str().trim_end_matches('/').to_owned()),
        }
    }
}

/// Settings that contradict each other: the key of the one to change, what is wrong, and what is allowed.
pub(super) type Contradiction = (&'static str, &'static str, &'static str);

/// The contradictions between the settings of TLS and certificates, and those that they depend on.
pub(super) fn contradictions(configuration: &Configuration) -> Vec<Contradiction> {
    let Configuration {
        server,
        tls,
        mtls,
        proxy,
        ..
    } = configuration;
    let (certificate, key) = (tls.certificate.path(), tls.key.path());
    let from = mtls.certificates;
    let is_off = from == CertificatesFrom::Off;
    let by_proxy = matches!(from, CertificatesFrom::Header(_));
    let is_tls = from == CertificatesFrom::Tls;
    let (listens, has_address) = (mtls.listen.address().is_some(), mtls.address.0.is_some());
    let found: [(bool, Contradiction); 9] = [
        (
            certificate.is_some() && key.is_none(),
            (
                "tls.certificate",
                "tls.certificate is set and tls.key is not",
                "both, or neither",
            ),
        ),
        (
            certificate.is_none() && key.is_some(),
            (
                "tls.key",
                "tls.key is set and tls.certificate is not",
                "both, or neither",
            ),
        ),
        (
            certificate.is_some() && server.issuer.is_plain_http(),
            (
                "tls.certificate",
                "tls.certificate is set, and the issuer begins with http://",
                "an issuer that begins with https://, or no certificate",
            ),
        ),
        (
            is_tls && certificate.is_none(),
            (
                "mtls.certificates",
                "mtls.certificates is \"tls\", and Doorward ends no TLS",
                "\"tls\" with tls.certificate and tls.key, or how the proxy writes the header",
            ),
        ),
        (
            by_proxy && proxy.trusted.0.is_empty(),
            (
                "mtls.certificates",
                "mtls.certificates names a header, and no proxy is trusted to set it",
                "a header with the proxy's network in proxy.trusted",
            ),
        ),
        (
            is_off && mtls.authorities.path().is_some(),
            (
                "mtls.authorities",
                "mtls.authorities is set, and mtls.certificates is \"off\"",
                "authorities with certificates that they vouch for",
            ),
        ),
        (
            is_off && has_address,
            (
                "mtls.address",
                "mtls.address is set, and mtls.certificates is \"off\"",
                "an address with certificates that are asked for there",
            ),
        ),
        (
            listens && !is_tls,
            (
                "mtls.listen",
                "mtls.listen is set, and mtls.certificates is not \"tls\"",
                "an address with \"tls\", or none",
            ),
        ),
        (
            is_tls && listens != has_address,
            (
                "mtls.address",
                "of mtls.listen and mtls.address one is set",
                "both, so that applications are told where to connect, or neither",
            ),
        ),
    ];
    let broken = found.into_iter().filter(|(broken, _)| *broken);
    broken.map(|(_, contradiction)| contradiction).collect()
}
