//! The name of a type of authorization details.

use crate::word::word;

word! {
    /// `type`: what a detail is about, compared byte for byte
    /// ([RFC 9396 section 2.1](https://www.rfc-editor.org/rfc/rfc9396#section-2.1)).
    DetailTypeName, "a type of authorization details"
}
