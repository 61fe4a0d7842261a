//! Sign-out that a client asks for
//! ([OpenID Connect RP-Initiated Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).

use std::sync::Arc;

use url::Url;

use crate::client::Client;
use crate::identifiers::{ClientId, SessionId};
use crate::parameters::Parameters;
use crate::subject::SubjectIdentifier;

/// What is known from an `id_token_hint` whose signature is ours, expired or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The client the ID Token was made for.
    pub client: ClientId,
    /// The person it speaks of, as that client knows them.
    pub subject: SubjectIdentifier,
    /// The session it came from.
    pub session: Option<SessionId>,
}

/// A request to sign out that keeps the rules.
#[derive(Clone, Debug)]
pub struct LogoutRequest {
    /// The client that asks, when it is proven by a hint or at least named.
    pub client: Option<Arc<Client>>,
    /// What the hint says.
    pub hint: Option<Hint>,
    /// Where to go afterwards.
    pub then: Option<AfterLogout>,
}

/// A place to go after sign-out, matched against what the client registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterLogout(String);

impl AfterLogout {
    /// The address, with the request's `state` and nothing else added.
    pub fn address(&self) -> &str {
        &self.0
    }
}

/// Why a request to sign out was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoutRefused {
    /// A parameter is given twice.
    #[error("the parameter {0:?} is given twice")]
    Repeated(String),
    /// The hint is no ID Token of ours.
    #[error("id_token_hint: {0}")]
    Hint(String),
    /// `client_id` is not the hint's client.
    #[error("client_id is not the client that the id_token_hint was made for")]
    WrongClient,
    /// There is no such client.
    #[error("no client {0:?} is registered")]
    UnknownClient(String),
    /// The address is none of the client's.
    #[error(
        "post_logout_redirect_uri {requested:?} is not registered; registered are {registered}"
    )]
    Unregistered {
        /// What was asked for.
        requested: String,
        /// What the client registered.
        registered: String,
    },
}

/// What must happen with a request to sign out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutNext {
    /// Ask the person first: nothing proves that they want it.
    Confirm,
    /// End the session.
    End(SessionId),
    /// There is no session to end.
    Nothing,
}

impl LogoutRequest {
    /// Judges a request. `read_hint` verifies an `id_token_hint`; `find` looks a client up.
    ///
    /// The browser is sent on only to an address that the hint's client registered byte for byte; without
    /// a hint nothing proves who asks, so it stays here.
    pub fn parse(
        parameters: &Parameters,
        read_hint: impl FnOnce(&str) -> Result<Hint, String>,
        find: impl FnOnce(&ClientId) -> Option<Arc<Client>>,
    ) -> Result<Self, LogoutRefused> {
        if let Some(name) = parameters.repeated() {
            return Err(LogoutRefused::Repeated(name.chars().take(64).collect()));
        }
        let hint = parameters
            .one("id_token_hint")
            .map(read_hint)
            .transpose()
            .map_err(LogoutRefused::Hint)?;
        let named = parameters.one("client_id");
        if let (Some(hint), Some(named)) = (&hint, named)
            && hint.client.as_str() != named
        {
            return Err(LogoutRefused::WrongClient);
        }
        let client = match (&hint, named) {
            (Some(hint), _) => find(&hint.client),
            (None, Some(named)) => {
                let unknown = || LogoutRefused::UnknownClient(named.chars().take(128).collect());
                Some(
                    named
                        .parse()
                        .ok()
                        .and_then(|id| find(&id))
                        .ok_or_else(unknown)?,
                )
            }
            (None, None) => None,
        };
        let then = match (&hint, &client, parameters.one("post_logout_redirect_uri")) {
            (Some(_), Some(client), Some(requested)) => {
                Some(after(client, requested, parameters.one("state"))?)
            }
            _ => None,
        };
        Ok(Self { client, hint, then })
    }

    /// Decides what must happen, given who is `present` in the browser, if anybody, as the hint's client knows them.
    pub fn next(&self, present: Option<(SessionId, SubjectIdentifier)>) -> LogoutNext {
        match (&self.hint, present) {
            (Some(hint), Some((session, subject)))
                if hint.subject == subject
                    && hint.session.is_none_or(|hinted| hinted == session) =>
            {
                LogoutNext::End(session)
            }
            (_, Some(_)) => LogoutNext::Confirm,
            // A browser that withholds its cookie still gets its session ended: the hint names it.
            (
                Some(Hint {
                    session: Some(session),
                    ..
                }),
                None,
            ) => LogoutNext::End(*session),
            _ => LogoutNext::Nothing,
        }
    }
}

fn after(
    client: &Client,
    requested: &str,
    state: Option<&str>,
) -> Result<AfterLogout, LogoutRefused> {
    let registered = &client.post_logout_redirect_uris;
    let unregistered = || LogoutRefused::Unregistered {
        requested: requested.chars().take(200).collect(),
        registered: registered
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    };
    if !registered.iter().any(|uri| uri.as_str() == requested) {
        return Err(unregistered());
    }
    let mut address = Url::parse(requested).map_err(|_| unregistered())?;
    if let Some(state) = state {
        address.query_pairs_mut().append_pair("state", state);
    }
    Ok(AfterLogout(address.into()))
}

#[cfg(test)]
mod tests;
