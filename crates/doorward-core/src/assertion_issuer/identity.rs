//! Whom an assertion speaks of ([RFC 7521 section 6.3](https://www.rfc-editor.org/rfc/rfc7521#section-6.3)).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::identifiers::PersonId;
use crate::person::{Person, Username};

/// Whom an assertion speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Of the person whose public subject here is its `sub`.
    Subject,
    /// Of the person who signs in here by its `sub`.
    Username,
    /// Of the person whose verified address here is its `email`, which its issuer has verified too.
    Email,
    /// Of the client that brings it, if its `sub` is one of these.
    Client(BTreeSet<String>),
}

/// Whom an assertion names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// The person of this public subject.
    Subject(PersonId),
    /// The person who signs in by this name.
    Username(Username),
    /// The person of this address.
    Email(String),
    /// The client that brings it.
    Client,
}

/// Why an assertion names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRefused {
    /// `sub` is absent, empty or no text.
    #[error("the assertion has no sub")]
    NoSubject,
    /// `sub` is not in the form of what it must be here.
    #[error("the assertion's sub is no {0}")]
    Form(&'static str),
    /// There is no address that its issuer has verified.
    #[error("the assertion has no email, or its email_verified is not true")]
    NoEmail,
    /// `sub` is none that stands for the client.
    #[error(
        "the assertion's sub is none that stands for the client (assertion-issuer add --subject)"
    )]
    OtherSubject,
    /// Nobody here is the one that it names.
    #[error("nobody here is the one that the assertion names")]
    Nobody,
    /// Several people are.
    #[error("several people here have the verified address that the assertion names")]
    Several,
}

impl Identity {
    /// The name in the command line and in answers.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Username => "username",
            Self::Email => "email",
            Self::Client(_) => "client",
        }
    }

    /// Whom `claims` name. `sub` must be there whatever names them
    /// ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 2).
    pub fn named(&self, claims: &Map<String, Value>) -> Result<Named, IdentityRefused> {
        let sub = claims.get("sub").and_then(Value::as_str);
        let sub = sub.filter(|sub| !sub.is_empty());
        let sub = sub.ok_or(IdentityRefused::NoSubject)?;
        match self {
            Self::Subject => {
                let id = sub.parse().map_err(|_| IdentityRefused::Form("subject"));
                id.map(Named::Subject)
            }
            Self::Username => {
                let name = sub.parse().map_err(|_| IdentityRefused::Form("user name"));
                name.map(Named::Username)
            }
            Self::Email => verified_email(claims).map(Named::Email),
            Self::Client(subjects) if subjects.contains(sub) => Ok(Named::Client),
            Self::Client(_) => Err(IdentityRefused::OtherSubject),
        }
    }
}

fn verified_email(claims: &Map<String, Value>) -> Result<String, IdentityRefused> {
    let is_verified = claims.get("email_verified") == Some(&Value::Bool(true));
    let email = claims.get("email").and_then(Value::as_str);
    let email = email.filter(|email| is_verified && email.contains('@'));
    email.map(str::to_owned).ok_or(IdentityRefused::NoEmail)
}

/// The one of the `found` people who has proven that this address is theirs.
pub fn by_verified_email(found: Vec<Person>, email: &str) -> Result<Person, IdentityRefused> {
    let has_it = |person: &Person| {
        let own = person.profile.email.as_deref();
        person.profile.email_verified && own.is_some_and(|own| own.eq_ignore_ascii_case(email))
    };
    let mut having = found.into_iter().filter(has_it);
    match (having.next(), having.next()) {
        (Some(person), None) => Ok(person),
        (None, _) => Err(IdentityRefused::Nobody),
        (Some(_), Some(_)) => Err(IdentityRefused::Several),
    }
}
