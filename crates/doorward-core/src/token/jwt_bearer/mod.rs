//! Tokens for the word of somebody else: an assertion as a grant ([RFC 7523 section 2.1], [RFC 7521 section 4.1]).
//!
//! A workload shows what its platform says of it, or an application what another provider says of a person. Whose word counts, whose
//! clients may bring it and what it opens is for an operator to say. What comes of it is one access token for one resource
//! server: no refresh token, no ID Token, nothing of ours.
//!
//! [RFC 7523 section 2.1]: https://www.rfc-editor.org/rfc/rfc7523#section-2.1
//! [RFC 7521 section 4.1]: https://www.rfc-editor.org/rfc/rfc7521#section-4.1

mod assertion;
mod refused;
mod request;
mod target;

use crate::access_token::Subject;
use crate::assertion_issuer::{AssertionIssuer, Vouched, VouchedFor, Voucher, person_stands};
use crate::client::Client;
use crate::consent::Consent;
use crate::person::Person;
use crate::resource_server::{Resource, ResourceServers, Target};
use crate::scope::Scope;

pub use assertion::{AssertionMark, PresentedAssertion, ProvenAssertion};
pub use refused::JwtBearerRefused;
pub use request::JwtBearerRequest;

/// A request of a client, by the word of an issuer that counts.
#[derive(Clone, Copy, Debug)]
pub struct JwtBearer<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// Whose word it is.
    pub issuer: &'a AssertionIssuer,
    /// What the token is to open, when that is less than all.
    pub scope: Option<&'a Scope>,
    /// The resource server that `resource` names.
    pub resource: Option<&'a Resource>,
    /// All resource servers.
    pub servers: &'a ResourceServers,
}

/// Whom an assertion turned out to speak of.
#[derive(Clone, Copy, Debug)]
pub enum Whom<'a> {
    /// A person, and what they allowed the client.
    Person(&'a Person, Option<&'a Consent>),
    /// The client itself.
    Client,
}

impl JwtBearer<'_> {
    /// What the token is for, and what it opens there.
    pub fn target(&self) -> Result<Target, JwtBearerRefused> {
        target::opening(self)
    }

    /// For whom a token with `scope` speaks.
    pub fn subject(&self, whom: Whom<'_>, scope: &Scope) -> Result<Subject, JwtBearerRefused> {
        let sub = match whom {
            Whom::Person(person, consent) => {
                person_stands(person, self.client, consent, scope)?;
                VouchedFor::Person(person.id)
            }
            Whom::Client => VouchedFor::Client(self.client.client_id.clone()),
        };
        let vouched = Voucher {
            by: self.issuer.name.clone(),
            to: self.client.client_id.clone(),
        };
        Ok(Subject::Vouched(Vouched { sub, vouched }))
    }
}

#[cfg(test)]
mod tests;
