//! The pages that people see. Each is a struct of what it shows; none decides anything.
//!
//! No page needs JavaScript, and none has style or script of its own: all of that is in [`assets`].

mod api_tokens;
mod asked;
pub mod assets;
mod client_card;
mod consent;
mod device;
mod error;
mod form_post;
mod layout;
mod moment;
mod person;
mod sessions;
mod sign_in;
mod sign_out;
mod signed_in;
mod signing_out;

pub use api_tokens::{
    Allowance, AllowedLine, ApiTokenCard, ApiTokenConfirmation, ApiTokenPage, ApiTokenState,
    ApiTokenUsage, ApiTokens, Before, Begins, Confirmed, Expiry, Held, LastUse, Listed,
    MakeApiToken, ONCE_FIELD, Offer, OfferedServer, RotateApiToken, ShownApiToken, TokenOf,
    TokenProblem, TypedToken, Why,
};
pub use asked::{AskedLines, DetailLine};
pub use client_card::ClientCard;
pub use consent::{Consent, ScopeLine};
pub use device::{ConfirmDevice, DeviceCode, DeviceCodeProblem, DeviceDone, DeviceOutcome};
pub use error::{Error, Problem, ShownAt};
pub use form_post::FormPost;
pub use layout::CSRF_FIELD;
pub use person::PersonCard;
pub use sessions::{
    EndedSession, LiveSession, News, Place, SESSION_FIELD, Sessions, ToldApplication,
};
pub use sign_in::{SignIn, SignInLead, SignInProblem};
pub use sign_out::{ConfirmSignOut, SignedOut};
pub use signed_in::{Application, SignedIn};
pub use signing_out::SigningOut;

/// The name of the buttons of a form, by which the answer says what was chosen.
pub const ACTION_FIELD: &str = "action";

#[cfg(test)]
mod tests;
