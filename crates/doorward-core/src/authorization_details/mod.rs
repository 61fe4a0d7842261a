//! Rich authorization requests ([RFC 9396]): what a client asks for in details that only one API knows, such as one payment.
//!
//! An API registers the types of its details ([`DetailType`]): what a detail of the type may say, and the words in which people are
//! asked. A request brings details as JSON; each that is read is one that its type admits ([`AuthorizationDetail`]).
//!
//! [RFC 9396]: https://www.rfc-editor.org/rfc/rfc9396

mod detail;
mod detail_type;
mod details;
mod member;
mod refused;
mod told;
mod type_name;
mod words;

pub use detail::{AuthorizationDetail, DetailValue};
pub use detail_type::{DetailConsent, DetailType, DetailTypes, TypeRefused};
pub use details::AuthorizationDetails;
pub use member::{AllowedValues, Member, MemberType};
pub use refused::{DetailsRefused, MemberRefused};
pub use told::{Part, Row, Told, ToldValue};
pub use type_name::DetailTypeName;
pub use words::{Sentence, Words};

#[cfg(test)]
pub(crate) mod tests;
