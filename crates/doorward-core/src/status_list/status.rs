//! The claim by which a token names its status
//! ([Token Status List section 6.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-6.1)).

use serde::{Deserialize, Serialize};

/// `status`: how to learn whether a token was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// By a status list.
    pub status_list: StatusReference,
}

/// Which status in which list
/// ([section 6.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-6.2)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// The place in the list.
    pub idx: u32,
    /// The list.
    pub uri: String,
}
