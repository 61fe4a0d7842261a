//! What may be allowed at a resource server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api_token::may_be_registered;
use crate::scope::{STANDARD, Scope};

/// The scopes of a resource server, each with what it allows in words that people are asked with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceScopes(BTreeMap<String, String>);

/// Why a scope cannot be one of a resource server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeRefused {
    /// It is not one scope token ([RFC 6749 section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    #[error("it is not one word of printable ASCII without '\"' and '\\'")]
    Malformed,
    /// It means something everywhere.
    #[error("it is a scope of OpenID Connect, which is about people and not about an API")]
    Standard,
    /// It is about Doorward.
    #[error("scopes that begin with 'doorward:' are those of Doorward itself")]
    Doorward,
    /// It is there already.
    #[error("it is given twice")]
    Twice,
}

impl ResourceScopes {
    /// Adds a scope token with what it allows.
    pub fn add(&mut self, token: &str, allows: &str) -> Result<(), ScopeRefused> {
        let scope: Scope = token.parse().map_err(|_| ScopeRefused::Malformed)?;
        if token.contains(' ') || scope.is_empty() {
            return Err(ScopeRefused::Malformed);
        }
        if STANDARD.contains(&token) {
            return Err(ScopeRefused::Standard);
        }
        if !may_be_registered(token) {
            return Err(ScopeRefused::Doorward);
        }
        match self.0.insert(token.to_owned(), allows.to_owned()) {
            None => Ok(()),
            Some(_) => Err(ScopeRefused::Twice),
        }
    }

    /// The tokens alone.
    pub fn scope(&self) -> Scope {
        self.0.keys().map(String::as_str).collect()
    }

    /// What `token` allows, if it is one of these.
    pub fn allows(&self, token: &str) -> Option<&str> {
        self.0.get(token).map(String::as_str)
    }

    /// Each token with what it allows, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(token, allows)| (token.as_str(), allows.as_str()))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for ResourceScopes {
    /// Scopes that are known to be well-formed.
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(scopes: I) -> Self {
        let owned = |(token, allows): (&str, &str)| (token.to_owned(), allows.to_owned());
        Self(scopes.into_iter().map(owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_one_word_of_its_own() {
        use ScopeRefused as R;
        let mut scopes = ResourceScopes::default();
        assert_eq!(scopes.add("reports:read", "Read reports"), Ok(()));
        for (token, why) in [
            ("", R::Malformed),
            ("reports:read reports:write", R::Malformed),
            ("a\"b", R::Malformed),
            ("openid", R::Standard),
            ("offline_access", R::Standard),
            ("reports:read", R::Twice),
        ] {
            assert_eq!(scopes.add(token, "?"), Err(why), "{token:?}");
        }
        assert_eq!(scopes.scope(), "reports:read".parse().unwrap());
    }
}
