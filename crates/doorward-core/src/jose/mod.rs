//! Signed tokens and the keys that sign them (JOSE: [RFC 7515], [RFC 7517], [RFC 7518], [RFC 7519]).
//!
//! This folder alone names josekit.
//!
//! [RFC 7515]: https://www.rfc-editor.org/rfc/rfc7515
//! [RFC 7517]: https://www.rfc-editor.org/rfc/rfc7517
//! [RFC 7518]: https://www.rfc-editor.org/rfc/rfc7518
//! [RFC 7519]: https://www.rfc-editor.org/rfc/rfc7519

mod algorithm;
mod stored;

pub use algorithm::Algorithm;
pub use stored::{KeyState, StoredKey};
