//! What a proxy asks, as far as it may be believed.
//!
//! Caddy and Traefik say in `X-Forwarded-*` what was asked of them, and pass the answer on as it is. nginx says it in `X-Original-URL` and
//! `X-Original-Method`, and acts by the status of the answer. Nobody but a configured proxy is heard, each header counts once, and whoever
//! brings those of both kinds is not believed: one of them is a browser's.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use doorward_core::event::Reference;
use doorward_core::forward_auth::{Asked, PathRefused, RequestPath, ReturnPath, Site};

use crate::client_address;
use crate::provider::App;

/// What a proxy asks.
pub(super) struct Question {
    pub(super) site: Arc<Site>,
    pub(super) asked: Asked,
    /// What the browser asked for, to come back to.
    pub(super) return_to: ReturnPath,
    pub(super) style: Style,
    /// The request that asks.
    pub(super) reference: Reference,
}

/// What a proxy does with the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// It passes it on, whatever it is.
    PassesOn,
    /// It acts by the status, which must be one of 200, 401 and 403.
    ActsByStatus,
}

/// Why there is no question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unclear {
    #[error("{0} is no configured proxy: the setting proxy.trusted names those that are believed")]
    NoProxy(String),
    #[error("the proxy does not say {0}")]
    Unsaid(&'static str),
    #[error("the header {0} is there twice, or is no text")]
    Repeated(&'static str),
    #[error(
        "the request has both X-Original-URL and X-Forwarded-Uri, so that nobody knows which is the proxy's"
    )]
    Contradictory,
    #[error("the header {0} is not what a proxy writes there")]
    Malformed(&'static str),
    #[error("the request came by {0}, which the issuer does not use")]
    Scheme(String),
    #[error("there is no site at {0}")]
    Nowhere(String),
    #[error(transparent)]
    Path(#[from] PathRefused),
}

/// What was asked of the proxy, in its words.
struct Told<'a> {
    style: Style,
    scheme: &'a str,
    host: &'a str,
    target: &'a str,
    method: &'a str,
}

impl Question {
    /// Reads what a proxy asks.
    pub(super) fn read(app: &App, reference: Reference, parts: &Parts) -> Result<Self, Unclear> {
        ensure_proxy(app, parts)?;
        let told = told(&parts.headers)?;
        let site = site_at(app, told.scheme, told.host)?;
        let address = client_address::client(parts, &app.settings.trusted_proxies);
        let method = told.method.parse();
        let asked = Asked {
            method: method.map_err(|_| Unclear::Malformed("method"))?,
            path: RequestPath::parse(told.target)?,
            address: address.ok_or(Unclear::Unsaid("where the request came from"))?,
        };
        Ok(Self {
            site,
            asked,
            return_to: ReturnPath::or_first_page(told.target),
            style: told.style,
            reference,
        })
    }
}

/// The site whose proxy passes this request on.
pub(super) fn site_of(app: &App, parts: &Parts) -> Result<Arc<Site>, Unclear> {
    ensure_proxy(app, parts)?;
    let host = said(
        &parts.headers,
        "x-forwarded-host",
        "which host it was asked for",
    )?;
    let scheme = said(
        &parts.headers,
        "x-forwarded-proto",
        "by which scheme it was asked",
    )?;
    site_at(app, scheme, host)
}

fn ensure_proxy(app: &App, parts: &Parts) -> Result<(), Unclear> {
    match parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(peer)) if app.settings.trusted_proxies.trusts(peer.ip()) => Ok(()),
        Some(ConnectInfo(peer)) => Err(Unclear::NoProxy(peer.ip().to_string())),
        None => Err(Unclear::NoProxy("somebody".to_owned())),
    }
}

fn told(headers: &HeaderMap) -> Result<Told<'_>, Unclear> {
    let original = one(headers, "x-original-url")?;
    let forwarded = one(headers, "x-forwarded-uri")?;
    match (original, forwarded) {
        (Some(_), Some(_)) => Err(Unclear::Contradictory),
        (None, None) => Err(Unclear::Unsaid("what was asked of it")),
        (Some(url), None) => {
            let (scheme, rest) = url
                .split_once("://")
                .ok_or(Unclear::Malformed("X-Original-URL"))?;
            let (host, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
            Ok(Told {
                style: Style::ActsByStatus,
                scheme,
                host,
                target,
                method: said(headers, "x-original-method", "by which method")?,
            })
        }
        (None, Some(target)) => Ok(Told {
            style: Style::PassesOn,
            scheme: said(headers, "x-forwarded-proto", "by which scheme it was asked")?,
            host: said(headers, "x-forwarded-host", "which host it was asked for")?,
            target,
            method: said(headers, "x-forwarded-method", "by which method")?,
        }),
    }
}

fn site_at(app: &App, scheme: &str, host: &str) -> Result<Arc<Site>, Unclear> {
    let (expected, ordinary_port) = if app.is_secure() {
        (["https", "wss"], ":443")
    } else {
        (["http", "ws"], ":80")
    };
    if !expected.contains(&scheme) {
        return Err(Unclear::Scheme(scheme.chars().take(16).collect()));
    }
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(ordinary_port).unwrap_or(&host);
    let sites = app.directory.sites().registry();
    let site = sites.at(host).cloned();
    site.ok_or_else(|| Unclear::Nowhere(host.chars().take(128).collect()))
}

fn said<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
    what: &'static str,
) -> Result<&'a str, Unclear> {
    one(headers, name)?.ok_or(Unclear::Unsaid(what))
}

fn one<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Unclear> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| Unclear::Repeated(name))?;
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
        (Some(_), Some(_)) => Err(Unclear::Repeated(name)),
    }
}

/// Who reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A person, in a browser that shows pages.
    Person,
    Program,
}

impl Reader {
    /// Who reads the answer to a request with these headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let pages = text(ACCEPT.as_str()).is_some_and(|types| types.contains("text/html"));
        let by_script = text("x-requested-with").is_some()
            || text("sec-fetch-mode").is_some_and(|mode| mode != "navigate");
        if pages && !by_script {
            Self::Person
        } else {
            Self::Program
        }
    }
}
