//! Passwords that people choose, their hashes, and which ones may be chosen. This folder alone names argon2.

mod hasher;
mod parameters;
mod policy;

use std::fmt;

use zeroize::Zeroizing;

pub use hasher::{HashUnusable, Hasher, Verified};
pub use parameters::{Parameters, ParametersRefused};
pub use policy::{PasswordPolicy, PasswordRefused};

/// The longest password that is looked at, in bytes. A longer one is refused, never cut.
const MAX_LENGTH: usize = 1024;

/// A password in the clear, as somebody typed it. It cannot be printed, and is wiped when it goes.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// A text that is nobody's password, so none is looked up for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordMalformed {
    /// It is empty.
    #[error("the password is empty")]
    Empty,
    /// It is longer than 1 KiB.
    #[error("the password has more than 1024 bytes")]
    TooLong,
    /// It has a NUL in it, where other programs would cut it.
    #[error("the password has a NUL character in it")]
    Nul,
}

impl Password {
    /// Takes what was typed, byte for byte.
    pub fn parse(text: impl Into<String>) -> Result<Self, PasswordMalformed> {
        let text = Zeroizing::new(text.into());
        match text.len() {
            0 => Err(PasswordMalformed::Empty),
            1..=MAX_LENGTH if text.contains('\0') => Err(PasswordMalformed::Nul),
            1..=MAX_LENGTH => Ok(Self(text)),
            _ => Err(PasswordMalformed::TooLong),
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// An Argon2id hash in the PHC string format, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash that a store kept.
    pub const fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for a store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(), PasswordMalformed> {
        Password::parse(text).map(|_| ())
    }

    #[test]
    fn any_text_of_sensible_length_may_be_a_password() {
        for good in [
            "x",
            "  spaces  ",
            "пароль",
            "🔑🔑🔑",
            "new\nline",
            &"x".repeat(1024),
        ] {
            assert_eq!(parse(good), Ok(()), "{good}");
        }
        for (bad, reason) in [
            ("", PasswordMalformed::Empty),
            ("correct\0horse", PasswordMalformed::Nul),
            ("\0", PasswordMalformed::Nul),
            (&"x".repeat(1025), PasswordMalformed::TooLong),
            (&"ä".repeat(513), PasswordMalformed::TooLong),
        ] {
            assert_eq!(parse(bad), Err(reason), "{bad:?}");
        }
    }

    #[test]
    fn neither_a_password_nor_its_hash_is_printed() {
        let password = Password::parse("correct horse").unwrap();
        let hash = PasswordHash::from_stored("$argon2id$correct".to_owned());
        assert!(!format!("{password:?} {hash:?}").contains("correct"));
    }
}
