//! API tokens, for those whom they act for and those who answer for them.

mod allowed;
mod card;
mod confirmation;
mod detail;
mod expiry;
mod list;
mod making;
mod problem;
mod rotation;
mod secret;
mod state;
mod typed;
mod usage;

pub use allowed::{Allowance, AllowedLine, Held};
pub use card::{ApiTokenCard, TokenOf};
pub use confirmation::{ApiTokenConfirmation, Confirmed};
pub use detail::{ApiTokenPage, Offer};
pub use list::{ApiTokens, Begins, Listed};
pub use making::{MakeApiToken, ONCE_FIELD, OfferedServer};
pub use problem::TokenProblem;
pub use rotation::RotateApiToken;
pub use secret::{Before, ShownApiToken};
pub use state::{ApiTokenState, Why};
pub use typed::{Expiry, TypedToken};
pub use usage::{ApiTokenUsage, LastUse};

pub(super) use list::expiring;
