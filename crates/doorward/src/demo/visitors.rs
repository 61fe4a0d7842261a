//! The sessions of one application: who is behind which cookie. In memory, as befits a sample.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use doorward_core::random::Random;

use super::relying_party::{Pending, SignedIn};
use super::television::Screen;

/// How many browsers are remembered; a new one then takes the place of another.
const MOST: usize = 256;

/// What is known of a browser.
pub(super) enum Visitor {
    /// It went to the provider to sign in.
    Gone(Pending),
    /// Somebody has signed in.
    SignedIn(Box<SignedIn>),
    /// It shows a television that is on.
    Watching(Screen),
}

/// The browsers that an application knows, by their cookies.
pub(super) struct Visitors {
    cookie: &'static str,
    known: Mutex<HashMap<String, Visitor>>,
}

impl Visitors {
    /// `cookie` is the cookie's name. Two applications on one host share its cookies whatever their ports, so each has its own.
    pub(super) fn new(cookie: &'static str) -> Self {
        Self {
            cookie,
            known: Mutex::default(),
        }
    }

    /// Remembers a browser under a new cookie, whose text for the `Set-Cookie` header is returned.
    pub(super) fn remember(&self, visitor: Visitor, random: &dyn Random) -> String {
        let name = format!("{:032x}", u128::from_le_bytes(random.bytes()));
        let mut known = self.known();
        if known.len() >= MOST {
            let other = known.keys().next().cloned();
            other.and_then(|other| known.remove(&other));
        }
        let cookie = format!("{}={name}; Path=/; HttpOnly; SameSite=Lax", self.cookie);
        known.insert(name, visitor);
        cookie
    }

    /// Forgets the browser that sent `headers`, and returns what was known of it.
    pub(super) fn forget(&self, headers: &HeaderMap) -> Option<Visitor> {
        self.known().remove(self.name(headers)?)
    }

    /// Shows `look` who has signed in, if somebody has.
    pub(super) fn with_signed_in<T>(
        &self,
        headers: &HeaderMap,
        look: impl FnOnce(Option<&SignedIn>) -> T,
    ) -> T {
        let known = self.known();
        let visitor = self.name(headers).and_then(|name| known.get(name));
        look(match visitor {
            Some(Visitor::SignedIn(signed_in)) => Some(signed_in),
            _ => None,
        })
    }

    /// The television that the browser shows, if it is on.
    pub(super) fn screen(&self, headers: &HeaderMap) -> Option<Screen> {
        match self.known().get(self.name(headers)?)? {
            Visitor::Watching(screen) => Some(screen.clone()),
            _ => None,
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Visitor>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let cookies = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(name, _)| *name == self.cookie)
            .map(|(_, value)| value)
    }
}
