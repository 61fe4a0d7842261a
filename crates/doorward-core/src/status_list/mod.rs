//! Status lists: what tells resource servers that verify signed access tokens by themselves which of them were revoked
//! ([Token Status List](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21)).
//!
//! Each token has an index of its own. A run of indices belongs to what its tokens die with, so that one row says which tokens
//! that were; what was revoked is kept, never what was issued.

mod bits;
mod fetched;
mod index;
mod name;
mod origin;
mod run;
mod status;
mod statuses;
mod token;

pub use bits::StatusBits;
pub use fetched::{FetchedStatusList, StatusListRefused};
pub use index::{LIST_LENGTH, RUN_LENGTH, RUNS_PER_LIST, RunNumber, StatusIndex};
pub use name::{ListName, NoListName};
pub use origin::{Origin, Terms, TermsOf};
pub use run::{BLOCK_LENGTH, Block, RUN_LIFE, Run};
pub use status::{Status, StatusReference};
pub use statuses::{Statuses, UndecodableStatusList};
pub use token::{StatusListAggregation, StatusListClaims, StatusListFor};
