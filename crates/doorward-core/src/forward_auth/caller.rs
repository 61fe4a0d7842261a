//! Who asks for something at a site, as far as they have shown.

use crate::identifiers::ClientId;
use crate::person::Person;
use crate::scope::Scope;

/// Who asks for something at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Somebody who has shown nothing.
    Nobody,
    /// A person, in a browser that is signed in.
    Browser(Person),
    /// Whoever holds an access token for the site's resource server.
    Token(Holder),
}

/// What an access token says of whoever holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `sub` of the token.
    pub subject: String,
    /// The client that it was given to, if it was given to one.
    pub client: Option<ClientId>,
    /// What it allows.
    pub scope: Scope,
    /// The person that it speaks for, if it does for one.
    pub person: Option<Person>,
}

impl Caller {
    /// The person, if it is one or speaks for one.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Nobody => None,
            Self::Browser(person) => Some(person),
            Self::Token(holder) => holder.person.as_ref(),
        }
    }
}
