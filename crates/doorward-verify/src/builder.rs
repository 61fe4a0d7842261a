//! How a verifier is set up.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::Clock;
use doorward_core::client_address::TrustedProxies;
use doorward_core::network::{Networks, NotANetwork};
use doorward_core::resource_server::{Resource, ResourceRefused};
use http::{Extensions, HeaderValue};
use rustls::pki_types::CertificateDer;
use url::Url;

use crate::address::Addresses;
use crate::ambient::SystemClock;
use crate::http_client::HttpClient;
use crate::introspection::{Introspection, basic};
use crate::issuer::{Issuer, is_here};
use crate::replays::Replays;
use crate::sender::Senders;
use crate::status_list::StatusLists;
use crate::verifier::{State, Verifier};

/// How many answers about opaque tokens are kept.
const ANSWERS: usize = 10_000;

/// How many proofs of possession are remembered: more than a thousand a second.
const PROOFS: usize = 200_000;

/// How a verifier is set up; [`Verifier::builder`] begins one.
pub struct Builder {
    issuer: String,
    resource: String,
    public_url: Option<Url>,
    resource_metadata: Option<Url>,
    client: Option<(String, String)>,
    answers_kept: Duration,
    stale: Duration,
    addresses: Addresses,
    proxies: String,
    roots: Vec<CertificateDer<'static>>,
    clock: Arc<dyn Clock>,
}

/// Why a verifier cannot be set up so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Whoever is on the way could be the issuer.
    #[error(
        "{0:?} is no issuer: write the URL that the provider is known by, with https (or http on this machine), and without query or fragment"
    )]
    Issuer(String),
    /// The API has no such name.
    #[error("{0:?} names no API: {1}")]
    Resource(String, #[source] ResourceRefused),
    /// The client id or secret has a character that no header has.
    #[error("the client id or the secret has a character that no header can have")]
    Credentials,
    /// A proxy's network cannot be read.
    #[error("a network of trusted proxies: {0}")]
    Proxies(#[from] NotANetwork),
    /// An authority's certificate cannot be read.
    #[error("the certificate of an authority cannot be used: {0}")]
    Root(String),
}

impl Builder {
    pub(crate) fn new(issuer: String, resource: String) -> Self {
        Self {
            issuer,
            resource,
            public_url: None,
            resource_metadata: None,
            client: None,
            answers_kept: Duration::from_secs(5),
            stale: Duration::from_hours(1),
            addresses: Addresses::default(),
            proxies: String::new(),
            roots: Vec::new(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Asks the issuer about opaque tokens as this client, which the issuer knows as one that may ask for this API. Without it,
    /// opaque tokens are answered with 503.
    #[must_use]
    pub fn introspect_as(
        mut self,
        client_id: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        self.client = Some((client_id.into(), secret.into()));
        self
    }

    /// Believes an answer about an opaque token for that long: 5 s, unless told otherwise. So long a token may work on that was
    /// revoked.
    #[must_use]
    pub const fn keep_answers(mut self, span: Duration) -> Self {
        self.answers_kept = span;
        self
    }

    /// Goes on with copies of the issuer's keys for that long after they are no longer fresh, when the issuer does not answer:
    /// an hour, unless told otherwise.
    #[must_use]
    pub const fn go_on_without_issuer(mut self, span: Duration) -> Self {
        self.stale = span;
        self
    }

    /// Finds the address at the other end of a request's connection so, for tokens that may be used from some networks only. With axum,
    /// where the router is served with its connections' addresses:
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// # use axum::extract::ConnectInfo;
    /// # let builder = doorward_verify::Verifier::builder("https://id.example", "https://reports.example");
    /// builder.peer(|extensions| Some(extensions.get::<ConnectInfo<SocketAddr>>()?.ip()))
    /// # .build().unwrap();
    /// ```
    #[must_use]
    pub fn peer(
        mut self,
        peer: impl Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.addresses.peer = Some(Arc::new(peer));
        self
    }

    /// Believes what proxies in these networks say in `X-Forwarded-For`: networks such as `10.0.0.0/8`, with spaces between.
    /// Nobody is believed unless told so.
    #[must_use]
    pub fn trusted_proxies(mut self, networks: impl Into<String>) -> Self {
        self.proxies = networks.into();
        self
    }

    /// Where clients find this API, if its name does not say: proofs of possession are made for an address
    /// ([RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)). The path of a request is put behind it.
    #[must_use]
    pub fn public_url(mut self, url: Url) -> Self {
        self.public_url = Some(url);
        self
    }

    /// Where this API describes itself; challenges say so
    /// ([RFC 9728 section 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)).
    #[must_use]
    pub fn resource_metadata(mut self, url: Url) -> Self {
        self.resource_metadata = Some(url);
        self
    }

    /// Believes an issuer for whose server this authority vouches, besides those that the machine trusts: a certificate in DER.
    #[must_use]
    pub fn trust_root(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.roots.push(CertificateDer::from(der.into()));
        self
    }

    /// Takes the time from there, and not from the system.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The verifier. Nothing is fetched yet: an API may start before its issuer.
    ///
    /// # Errors
    /// When something was given that cannot be used.
    pub fn build(self) -> Result<Verifier, BuildError> {
        let url = issuer(&self.issuer)?;
        let resource: Resource = self
            .resource
            .parse()
            .map_err(|refused| BuildError::Resource(self.resource.clone(), refused))?;
        let public_url = public_url(self.public_url.as_ref(), &resource);
        let credentials = self.client.map(|(id, secret)| credentials(&id, &secret));
        let introspection = credentials
            .transpose()?
            .map(|credentials| Introspection::new(credentials, self.answers_kept, ANSWERS));
        let http = HttpClient::new(self.roots);
        let http = http.map_err(|error| BuildError::Root(error.to_string()))?;
        let networks: Networks = self.proxies.parse()?;
        let name = (self.issuer.as_str(), &url);
        Ok(Verifier::of(State {
            issuer: Issuer::new(name, resource.as_str(), http, self.clock, self.stale),
            resource: self.resource,
            introspection,
            lists: StatusLists::default(),
            addresses: Addresses {
                proxies: TrustedProxies::within(&networks),
                ..self.addresses
            },
            senders: Senders {
                public_url,
                replays: Replays::at_most(PROOFS),
            },
            resource_metadata: self.resource_metadata,
        }))
    }
}

/// The URL of an issuer ([RFC 8414 section 2](https://www.rfc-editor.org/rfc/rfc8414#section-2)).
fn issuer(text: &str) -> Result<Url, BuildError> {
    let refused = || BuildError::Issuer(text.to_owned());
    let url = Url::parse(text).map_err(|_| refused())?;
    let reached = url.scheme() == "https" || is_here(&url);
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (reached && bare).then_some(url).ok_or_else(refused)
}

/// Where clients find the API, without a slash at the end: as it was given, or at the origin of its name. Where the name has none,
/// nobody who proves a key can come.
fn public_url(given: Option<&Url>, resource: &Resource) -> String {
    let named = || Url::parse(resource.as_str()).map(|url| url.origin().ascii_serialization());
    let url = given.map_or_else(|| named().unwrap_or_default(), Url::to_string);
    url.trim_end_matches('/').to_owned()
}

fn credentials(client_id: &str, secret: &str) -> Result<HeaderValue, BuildError> {
    basic(client_id, secret).ok_or(BuildError::Credentials)
}
