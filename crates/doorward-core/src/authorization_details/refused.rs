//! Why authorization details were refused.

use super::DetailTypeName;
use crate::error::ErrorCode;

/// Why authorization details were refused. The client is told the code; the log has the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailsRefused {
    /// They are longer than anybody needs.
    #[error("authorization_details has more than 8 KiB")]
    TooLong,
    /// There are more than a person can be asked about.
    #[error("authorization_details has more than ten details")]
    TooMany,
    /// The same is asked for twice.
    #[error("authorization_details has the same detail twice")]
    Repeated,
    /// They are no JSON array of objects with a type.
    #[error(
        "authorization_details is not a JSON array of objects, each with a type, in which no member occurs twice"
    )]
    Malformed,
    /// No resource server has such details.
    #[error("no resource server has authorization details of the type {0:?}")]
    UnknownType(String),
    /// The client may not ask for such details.
    #[error("the client is not registered for authorization details of the type {0}")]
    NotRegistered(DetailTypeName),
    /// A detail does not say what its type admits.
    #[error("authorization detail of the type {of_type}: {member:?} {reason}")]
    Member {
        /// Its type.
        of_type: DetailTypeName,
        /// The path of the member.
        member: String,
        /// What is wrong with it.
        reason: MemberRefused,
    },
    /// More is asked for than was granted.
    #[error("an authorization detail of the type {0} is more than was granted")]
    NotGranted(DetailTypeName),
    /// Nothing of the kind can be asked for here.
    #[error("tokens are exchanged for no authorization details")]
    NotExchanged,
    /// Nor here: an assertion issuer vouches for who somebody is alone.
    #[error("no authorization details are given for an assertion")]
    NotVouched,
}

/// What is wrong with a member of a detail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberRefused {
    /// The type has no such member.
    #[error("is not a member of the type")]
    Unknown,
    /// It must be there.
    #[error("is missing")]
    Missing,
    /// Its value is of another JSON type.
    #[error("is not {0}")]
    Type(&'static str),
    /// Its value is none of those that are allowed.
    #[error("has a value that the type does not allow")]
    Value,
    /// Its value cannot be shown to people as it is.
    #[error("is empty, longer than {0} characters, or has some that are not shown as they are")]
    Text(u16),
    /// It has no value, the same one twice, or more than can be read.
    #[error("has no value, one twice or more than twenty")]
    List,
    /// It leads elsewhere.
    #[error("is neither the resource server nor below it")]
    Location,
}

impl DetailsRefused {
    /// The standard's code ([RFC 9396 section 5](https://www.rfc-editor.org/rfc/rfc9396#section-5)).
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidAuthorizationDetails
    }

    pub(super) fn unknown(name: &str) -> Self {
        Self::UnknownType(name.chars().take(64).collect())
    }
}
