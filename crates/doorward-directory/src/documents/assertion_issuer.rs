//! Assertion issuers: those whose word is taken for who somebody is. When one is removed, every token that came of its word is dead.

use doorward_core::assertion_issuer::{AssertionIssuer, AssertionIssuerName, AssertionIssuers};

use super::Document;
use super::table::{Table, table};

impl Document for AssertionIssuer {
    type Name = AssertionIssuerName;
    type Registry = AssertionIssuers;

    const TABLE: Table = table!("assertion_issuer", "name");

    fn name(&self) -> &AssertionIssuerName {
        &self.name
    }
}
