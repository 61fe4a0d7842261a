//! Documents as they are found in their rows.

use crate::failure::Failure;
use crate::row::{Fields, Stored};

use super::Document;

/// A document, and the text that it was read from.
pub(super) struct Found<D> {
    pub(super) text: String,
    pub(super) document: D,
}

impl<D: Document> Stored for Found<D> {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let name: D::Name = fields.columns_of(D::TABLE.name).parsed()?;
        let text = fields.text()?;
        let document: D = fields.json_of(&text)?;
        if *document.name() == name {
            Ok(Self { text, document })
        } else {
            let reason = format_args!("the document of {name} names another one");
            Err(fields.bad(reason))
        }
    }
}
