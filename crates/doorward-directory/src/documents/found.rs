//! Documents as they are found in their rows.

use crate::failure::Failure;
use crate::row::{Fields, Stored};

use super::Document;

/// A row: what it is called, its text, and the document that the text makes, if it does.
pub(super) struct Found<D> {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) document: Result<D, Failure>,
}

impl<D: Document> Stored for Found<D> {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let name = fields.columns_of(D::TABLE.name).text()?;
        let text = fields.text()?;
        Ok(Self {
            document: document(fields, &name, &text),
            name,
            text,
        })
    }
}

fn document<D: Document>(fields: &Fields, name: &str, text: &str) -> Result<D, Failure> {
    let document: D = fields.json_of(text)?;
    if document.name().to_string() == name {
        Ok(document)
    } else {
        Err(fields.bad("the document names another one"))
    }
}
