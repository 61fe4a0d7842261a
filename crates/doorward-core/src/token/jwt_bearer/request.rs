//! A request that brings an assertion ([RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1)).

use std::fmt;

use crate::parameters::Parameters;
use crate::scope::Scope;
use crate::token::{TokenRequestRefused, scope};

/// An assertion, and what a client wants for it. Its `Debug` does not show the assertion, which anybody could use.
pub struct JwtBearerRequest {
    /// The assertion.
    pub assertion: String,
    /// What the token is to open, when that is less than all.
    pub scope: Option<Scope>,
}

impl fmt::Debug for JwtBearerRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("JwtBearerRequest");
        shown.field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl JwtBearerRequest {
    /// Reads the form.
    pub(in crate::token) fn parse(form: &Parameters) -> Result<Self, TokenRequestRefused> {
        let assertion = form.one("assertion");
        Ok(Self {
            assertion: assertion
                .ok_or(TokenRequestRefused::Missing("assertion"))?
                .to_owned(),
            scope: scope(form)?,
        })
    }
}
