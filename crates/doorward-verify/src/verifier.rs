//! The verifier: all that an API knows of its issuer, and the decision about a request.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use doorward_core::api_token::PresentedApiToken;
use doorward_core::bearer::{BearerRefused, Presented};
use doorward_core::confirmation::TokenType;
use doorward_core::jose::{Expected, Expiry, JwtRefused, Typ};
use doorward_core::opaque_token::OpaqueToken;
use http::Response;
use http::header::AUTHORIZATION;
use http::request::Parts;
use url::{Url, form_urlencoded};

use crate::address::{Addresses, admitted};
use crate::authorized::{Authorized, Token};
use crate::builder::Builder;
use crate::challenge::Challenge;
use crate::introspection::Introspection;
use crate::issuer::Issuer;
use crate::layer::RequireScope;
use crate::refused::Refused;
use crate::sender::Senders;
use crate::status_list::StatusLists;

/// Verifies access tokens of one issuer, for one API. All state is in here: copies of the issuer's metadata, keys and status lists,
/// recent answers about opaque tokens, proofs that were used. Cheap to clone, and to be shared.
#[derive(Clone)]
pub struct Verifier(Arc<State>);

pub(crate) struct State {
    pub(crate) issuer: Issuer,
    /// The API's own name: the `aud` of its tokens.
    pub(crate) resource: String,
    pub(crate) introspection: Option<Introspection>,
    pub(crate) lists: StatusLists,
    pub(crate) addresses: Addresses,
    pub(crate) senders: Senders,
    pub(crate) resource_metadata: Option<Url>,
}

impl Verifier {
    /// Begins a verifier of what `issuer` issues for `resource`: the API's identifier as it is registered there, which is the `aud`
    /// of its tokens.
    pub fn builder(issuer: impl Into<String>, resource: impl Into<String>) -> Builder {
        Builder::new(issuer.into(), resource.into())
    }

    pub(crate) fn of(state: State) -> Self {
        Self(Arc::new(state))
    }

    /// What lets requests through whose access token allows all of `scope`, which are words with spaces between.
    pub fn require(&self, scope: &str) -> RequireScope {
        RequireScope::new(self.clone(), scope)
    }

    /// What lets requests through that come with any good access token for this API.
    pub fn authenticate(&self) -> RequireScope {
        RequireScope::new(self.clone(), "")
    }

    /// Decides about a request without its body: whether its access token is good here and now, is used by whoever it was given to,
    /// and allows all of `scope`.
    ///
    /// [`Verifier::require`] asks this of each request. It is here for whoever serves requests without `tower`.
    pub async fn authorize(&self, parts: &Parts, scope: &str) -> Result<Authorized, Refused> {
        let decided = self.decide(parts, scope).await;
        if let Err(refused) = &decided {
            tracing::info!(
                status = refused.status().as_u16(),
                required = scope,
                reason = %refused,
                "refused an access token"
            );
        }
        decided
    }

    /// The answer to a request that was refused: the standard's code, and how to come back
    /// ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
    pub fn answer<B: Default>(&self, parts: &Parts, scope: &str, refused: &Refused) -> Response<B> {
        let challenge = Challenge {
            scheme: found(parts).map_or(TokenType::Bearer, |presented| presented.scheme),
            scope,
            resource_metadata: self.0.resource_metadata.as_ref().map(Url::as_str),
        };
        challenge.answer(refused)
    }

    /// What another layer of this verifier's let through is decided already: a proof of possession has one use.
    async fn decide(&self, parts: &Parts, scope: &str) -> Result<Authorized, Refused> {
        let authorized = match parts.extensions.get::<Authorized>() {
            Some(known) if known.is_by(self) => known.clone(),
            _ => Authorized::by(self.clone(), self.0.authenticated(parts).await?),
        };
        if authorized.allows(scope) {
            Ok(authorized)
        } else {
            Err(Refused::Scope(scope.to_owned()))
        }
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl State {
    /// The token of a request, if it is good here and now, and whoever sent it may use it.
    async fn authenticated(&self, parts: &Parts) -> Result<Arc<Token>, Refused> {
        let presented = found(parts)?;
        let address = self.addresses.client(parts);
        let token = match kind(presented.token)? {
            Kind::Signed => self.signed(presented.token).await?,
            Kind::Opaque => self.opaque(presented.token, address).await?,
        };
        let said = &token.said;
        admitted(said.networks.as_ref(), address)?;
        let now = self.issuer.now();
        self.senders
            .admit(parts, presented, said.cnf.as_ref(), now)?;
        Ok(token)
    }

    async fn opaque(&self, text: &str, address: Option<IpAddr>) -> Result<Arc<Token>, Refused> {
        let introspection = self.introspection.as_ref().ok_or(Refused::NotAsked)?;
        let asked = (&self.issuer, self.resource.as_str());
        introspection.token(text, address, asked).await
    }

    /// What a signed token says, if it is the issuer's, for this API, and was not taken back
    /// ([RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
    async fn signed(&self, text: &str) -> Result<Arc<Token>, Refused> {
        let keys = self.issuer.keys().await?;
        let claims = match keys.value.issued(text, self.expected()) {
            // A key that is newer than our copy, or nobody's: asking once tells, and seldom.
            Err(JwtRefused::UnknownKey) => {
                let newer = self.issuer.newer_keys(&keys).await?;
                newer.value.issued(text, self.expected())
            }
            decided => decided,
        };
        let token = Token::read(claims?).map_err(|error| Refused::Claims(error.to_string()))?;
        if let Some(status) = &token.said.status {
            self.lists.good(&status.status_list, &self.issuer).await?;
        }
        Ok(Arc::new(token))
    }

    fn expected(&self) -> Expected<'_> {
        Expected {
            typ: Typ::AccessToken,
            issuer: &self.issuer.name,
            audience: Some(&self.resource),
            now: self.issuer.now(),
            expiry: Expiry::Required,
        }
    }
}

/// The one access token of a request, in its `Authorization` header
/// ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)). The body is the API's, and is not looked at.
fn found(parts: &Parts) -> Result<Presented<'_>, BearerRefused> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let (header, another) = (headers.next(), headers.next());
    if another.is_some() || is_in_query(parts) {
        return Err(BearerRefused::Misplaced);
    }
    let header = header.and_then(|header| header.to_str().ok());
    let presented = header.and_then(Presented::of_header);
    let whole = presented.filter(|presented| !presented.token.is_empty());
    whole.ok_or(BearerRefused::Absent)
}

/// T09: a token in the query is in logs by now.
fn is_in_query(parts: &Parts) -> bool {
    let query = parts.uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.any(|(name, _)| name == "access_token")
}

/// How a token is verified.
enum Kind {
    Signed,
    Opaque,
}

/// T02: garbage is refused by its form, before anybody is asked.
fn kind(token: &str) -> Result<Kind, Refused> {
    if token.split('.').count() == 3 {
        Ok(Kind::Signed)
    } else if OpaqueToken::parse(token).is_some() || PresentedApiToken::parse(token).is_some() {
        Ok(Kind::Opaque)
    } else {
        Err(Refused::NoToken)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("issuer", &self.0.issuer.name)
            .field("resource", &self.0.resource)
            .finish_non_exhaustive()
    }
}
