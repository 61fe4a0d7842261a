//! Argon2id ([RFC 9106](https://www.rfc-editor.org/rfc/rfc9106)), in memory that is used again.

use std::hint::black_box;

use argon2::password_hash::phc;
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{Parameters, Password, PasswordHash};

/// Bytes of a hash that we make.
const LENGTH: usize = 32;

/// Hashes passwords, one at a time, in memory that it keeps: fresh memory for each would cost up to half as
/// much again.
///
/// Every method takes tens of milliseconds of one core, by design: call it where nothing waits behind it.
pub struct Hasher {
    parameters: Parameters,
    memory: Vec<Block>,
}

/// Whether a password is the one that was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// It is.
    Matches,
    /// It is, and the hash was made with less work than is wanted today: hash it again.
    MatchesButWeak,
    /// It is not.
    Differs,
}

/// A stored hash that no password can be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stored password hash is not Argon2id in the PHC string format, or wants too much work"
)]
pub struct HashUnusable;

impl Hasher {
    /// A hasher that makes hashes with `parameters`. It takes its memory with the first.
    pub const fn new(parameters: Parameters) -> Self {
        Self {
            parameters,
            memory: Vec::new(),
        }
    }

    /// Hashes `password` with `salt`, which must be random and used for nothing else.
    pub fn hash(&mut self, password: &Password, salt: [u8; 16]) -> PasswordHash {
        let output = self.own_work(password, &salt);
        PasswordHash(format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            self.parameters.memory_kib(),
            self.parameters.iterations(),
            self.parameters.parallelism(),
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(output),
        ))
    }

    /// Compares `password` with a stored hash, in a time that does not tell where they differ.
    pub fn verify(
        &mut self,
        password: &Password,
        stored: &PasswordHash,
    ) -> Result<Verified, HashUnusable> {
        let stored = StoredHash::parse(stored)?;
        let mut output = vec![0; stored.output.len()];
        let worked = self.work(&stored.argon2, password, stored.salt.as_ref(), &mut output);
        self.give_back();
        worked.map_err(|_| HashUnusable)?;
        Ok(
            if verify_slices_are_equal(&output, stored.output.as_bytes()).is_err() {
                Verified::Differs
            } else if stored.parameters.is_weaker_than(self.parameters) {
                Verified::MatchesButWeak
            } else {
                Verified::Matches
            },
        )
    }

    /// Does the work of [`Hasher::verify`] for somebody who does not exist or has no password, so that the
    /// time of the answer does not tell; always [`Verified::Differs`].
    pub fn verify_nobody(&mut self, password: &Password) -> Verified {
        black_box(self.own_work(password, &[0; 16]));
        Verified::Differs
    }

    fn own_work(&mut self, password: &Password, salt: &[u8; 16]) -> [u8; LENGTH] {
        let mut output = [0; LENGTH];
        self.work(&self.parameters.argon2(), password, salt, &mut output)
            .unwrap_or_else(|_| unreachable!("Argon2 takes these lengths"));
        output
    }

    fn work(
        &mut self,
        argon2: &Argon2<'_>,
        password: &Password,
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), argon2::Error> {
        let blocks = argon2.params().block_count();
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::new());
        }
        let password = password.as_str().as_bytes();
        argon2.hash_password_into_with_memory(password, salt, output, &mut self.memory)
    }

    /// Gives back what a hash took that wanted more memory than those we make.
    fn give_back(&mut self) {
        let own = self.parameters.argon2().params().block_count();
        if self.memory.len() > own {
            self.memory.truncate(own);
            self.memory.shrink_to_fit();
        }
    }
}

/// A stored hash, taken apart.
struct StoredHash {
    argon2: Argon2<'static>,
    parameters: Parameters,
    salt: phc::Salt,
    output: phc::Output,
}

impl StoredHash {
    fn parse(stored: &PasswordHash) -> Result<Self, HashUnusable> {
        let phc = phc::PasswordHash::new(stored.as_str()).map_err(|_| HashUnusable)?;
        let params = Params::try_from(&phc).map_err(|_| HashUnusable)?;
        let (Some(salt), Some(output)) = (phc.salt, phc.hash) else {
            return Err(HashUnusable);
        };
        let known = phc.algorithm == ARGON2ID_IDENT && phc.version == Some(Version::V0x13.into());
        Ok(Self {
            parameters: Parameters::of_stored(&params)
                .filter(|_| known)
                .ok_or(HashUnusable)?,
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            salt,
            output,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    fn stored(phc: &str) -> PasswordHash {
        PasswordHash::from_stored(phc.to_owned())
    }

    /// A hash that the reference implementation of Argon2 made.
    const REFERENCE: &str =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    #[test]
    fn a_hash_fits_its_password_and_no_other() {
        let mut hasher = Hasher::new(Parameters::default());
        let hash = hasher.hash(&password("correct horse"), [7; 16]);
        assert!(
            hash.as_str()
                .starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"),
            "{}",
            hash.as_str()
        );
        let same = hasher.verify(&password("correct horse"), &hash);
        assert_eq!(same, Ok(Verified::Matches));
        for other in [
            "correct horsf",
            "correct hors",
            "correct horse ",
            "Correct horse",
        ] {
            let other = hasher.verify(&password(other), &hash);
            assert_eq!(other, Ok(Verified::Differs));
        }
    }

    #[test]
    fn not_even_the_end_of_a_long_password_is_ignored() {
        let mut hasher = Hasher::new(Parameters::default());
        let long = "x".repeat(1023);
        let hash = hasher.hash(&password(&format!("{long}a")), [7; 16]);
        let other = hasher.verify(&password(&format!("{long}b")), &hash);
        assert_eq!(other, Ok(Verified::Differs));
    }

    #[test]
    fn used_memory_changes_no_hash() {
        let mut used = Hasher::new(Parameters::default());
        used.hash(&password("another"), [1; 16]);
        let mut fresh = Hasher::new(Parameters::default());
        let (password, salt) = (password("correct horse"), [2; 16]);
        assert_eq!(
            used.hash(&password, salt).as_str(),
            fresh.hash(&password, salt).as_str()
        );
    }

    #[test]
    fn hashes_of_other_programs_are_read_and_their_memory_is_given_back() {
        let mut hasher = Hasher::new(Parameters::default());
        let reference = stored(REFERENCE);
        assert_eq!(
            hasher.verify(&password("password"), &reference),
            Ok(Verified::Matches)
        );
        assert_eq!(
            hasher.verify(&password("Password"), &reference),
            Ok(Verified::Differs)
        );
        assert_eq!(hasher.memory.len(), 19_456);
    }

    #[test]
    fn a_hash_of_less_work_than_wanted_is_to_be_made_again() {
        let weak = Hasher::new(Parameters::default()).hash(&password("correct horse"), [7; 16]);
        for (memory, iterations, expected) in [
            (19_456, 2, Verified::Matches),
            (19_457, 2, Verified::MatchesButWeak),
            (19_456, 3, Verified::MatchesButWeak),
        ] {
            let wanted = Parameters::parse(memory, iterations, 1).unwrap();
            let mut hasher = Hasher::new(wanted);
            let verified = hasher.verify(&password("correct horse"), &weak);
            assert_eq!(verified, Ok(expected), "{wanted:?}");
            let verified = hasher.verify(&password("wrong"), &weak);
            assert_eq!(verified, Ok(Verified::Differs), "{wanted:?}");
        }
    }

    #[test]
    fn nobody_has_a_password() {
        let mut hasher = Hasher::new(Parameters::default());
        assert_eq!(
            hasher.verify_nobody(&password("correct horse")),
            Verified::Differs
        );
        assert_eq!(hasher.memory.len(), 19_456, "and the work was done");
    }

    #[test]
    fn what_is_no_bearable_argon2id_hash_is_an_error_of_ours() {
        let mut hasher = Hasher::new(Parameters::default());
        for (change, phc) in [
            ("empty", String::new()),
            ("plain", "password".to_owned()),
            ("another function", REFERENCE.replace("argon2id", "argon2i")),
            ("another version", REFERENCE.replace("v=19", "v=16")),
            ("no version", REFERENCE.replace("v=19$", "")),
            (
                "too much memory",
                REFERENCE.replace("m=65536", "m=4000000000"),
            ),
            ("too many iterations", REFERENCE.replace("t=2", "t=4000000")),
            ("too many lanes", REFERENCE.replace("p=1", "p=17")),
            ("no iteration", REFERENCE.replace("t=2", "t=0")),
            ("no hash", REFERENCE.rsplit_once('$').unwrap().0.to_owned()),
            ("a short salt", REFERENCE.replace("c29tZXNhbHQ", "c29tZQ")),
            ("more behind", format!("{REFERENCE}$x")),
        ] {
            let verified = hasher.verify(&password("password"), &stored(&phc));
            assert_eq!(verified, Err(HashUnusable), "{change}");
        }
    }
}
