//! The authorization endpoint's rules ([OpenID Connect Core section 3.1.2], [RFC 6749 section 4.1]).
//!
//! A request becomes more proven step by step: parameters → [`Addressed`] (client and response
//! target known) → [`AuthorizationRequest`] (valid) → [`Next`] (what must happen, in the end
//! [`Next::Allow`]). From `Addressed` on every error can be returned to the client; before it none
//! can, and the types say so. A request that its client pushed in advance ([`pushed`]) is valid before its browser comes.
//!
//! [OpenID Connect Core section 3.1.2]: https://openid.net/specs/openid-connect-core-1_0.html#AuthorizationEndpoint
//! [RFC 6749 section 4.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1

mod address;
mod decision;
mod interaction;
mod max_age;
mod own_page;
mod pkce;
mod prompt;
pub mod pushed;
mod request;
pub mod request_object;
mod response;
mod response_mode;
mod signed_response;
mod wanted;

pub use address::{Addressed, Unaddressed, address, named_client};
pub use decision::{Allowed, Circumstances, Next, Present, SignInCause, next};
pub(crate) use decision::{Demands, Expected, course};
pub use interaction::{Interaction, Progress, Purpose};
pub use max_age::MaxAge;
pub use own_page::OwnPage;
pub use pkce::{CodeChallenge, CodeVerifier, ProofKey, ProofRefused};
pub use prompt::{Prompt, Prompts};
pub(crate) use request::well_formed;
pub use request::{AuthorizationRefused, AuthorizationRequest, Display, Origin, validate};
pub use response::{AuthorizationResponse, Delivery, ResponseTarget, ToSign};
pub use response_mode::ResponseMode;
pub(crate) use wanted::{necessity, wanted};
