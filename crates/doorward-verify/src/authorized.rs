//! What a good access token allows, as the API's handlers see it.

use std::fmt;
use std::sync::Arc;

use doorward_core::Timestamp;
use doorward_core::confirmation::Confirmation;
use doorward_core::jose::Audience;
use doorward_core::network::Networks;
use doorward_core::scope::Scope;
use doorward_core::status_list::Status;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::verifier::Verifier;

/// A request that a good access token came with: who speaks, and what they may do.
///
/// Whatever put [`RequireScope`](crate::RequireScope) in front of a route finds it among the request's extensions. Cheap to clone.
#[derive(Clone)]
pub struct Authorized {
    token: Arc<Token>,
    by: Verifier,
}

/// A token whose claims were read. Whether it may be used here, now and by whoever sent it is left to prove.
pub(crate) struct Token {
    pub(crate) said: Said,
    claims: Map<String, Value>,
}

/// What is read of a token's claims ([RFC 9068 section 2.2], [RFC 7662 section 2.2]).
///
/// [RFC 9068 section 2.2]: https://www.rfc-editor.org/rfc/rfc9068#section-2.2
/// [RFC 7662 section 2.2]: https://www.rfc-editor.org/rfc/rfc7662#section-2.2
#[derive(Deserialize)]
pub(crate) struct Said {
    sub: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    pub(crate) scope: Scope,
    pub(crate) aud: Option<Audience>,
    pub(crate) iss: Option<String>,
    pub(crate) exp: Option<i64>,
    /// Whom or what it is bound to ([RFC 7800 section 3](https://www.rfc-editor.org/rfc/rfc7800#section-3)).
    pub(crate) cnf: Option<Confirmation>,
    /// Where it may be used from, if not everywhere: a private claim of Doorward's.
    pub(crate) networks: Option<Networks>,
    /// Where a list says whether it is still good, if any does.
    pub(crate) status: Option<Status>,
}

impl Token {
    /// Reads what `claims` say. What cannot be read is refused as a whole: who knows what it would have forbidden.
    pub(crate) fn read(claims: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let said = Said::deserialize(&claims)?;
        Ok(Self { said, claims })
    }

    /// Whether it has expired at `now`.
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        let exp = self.said.exp.map(Timestamp::from_seconds);
        exp.is_some_and(|exp| now >= exp)
    }
}

impl Authorized {
    pub(crate) const fn by(by: Verifier, token: Arc<Token>) -> Self {
        Self { token, by }
    }

    /// Whether it is this verifier that found the token good.
    pub(crate) fn is_by(&self, verifier: &Verifier) -> bool {
        self.by.is(verifier)
    }

    /// `sub`: for whom the token speaks, a person or a client. An API key speaks for nobody.
    pub fn subject(&self) -> Option<&str> {
        self.token.said.sub.as_deref()
    }

    /// `client_id`: whom the token was given to. A token that a person made themselves was given to no client.
    pub fn client_id(&self) -> Option<&str> {
        self.token.said.client_id.as_deref()
    }

    /// `scope`: what the token allows.
    pub fn scope(&self) -> &Scope {
        &self.token.said.scope
    }

    /// Whether the token allows all of `scope`, which are words with spaces between.
    pub fn allows(&self, scope: &str) -> bool {
        let mut wanted = scope.split(' ').filter(|word| !word.is_empty());
        wanted.all(|word| self.scope().contains(word))
    }

    /// `aud`: whom the token is for; this API is among them.
    pub fn audience(&self) -> impl Iterator<Item = &str> {
        self.token.said.aud.iter().flat_map(Audience::iter)
    }

    /// `exp`: when the token expires, if it ever does.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.token.said.exp.map(Timestamp::from_seconds)
    }

    /// All that the token says, or the issuer of it.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.token.claims
    }
}

/// Without the claims: they name people.
impl fmt::Debug for Authorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorized")
            .field("client_id", &self.client_id())
            .field("scope", self.scope())
            .finish_non_exhaustive()
    }
}
