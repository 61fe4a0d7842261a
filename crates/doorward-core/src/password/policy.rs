//! Which passwords may be chosen
//! ([NIST SP 800-63B-4 section 3.1.1.2](https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver)):
//! long ones, of any characters, that are not guessed from what everybody knows.

use super::Password;
use crate::person::Username;

/// Which passwords may be chosen. It is asked whenever one is set, and never at sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The fewest characters.
    pub min_length: usize,
}

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// It has too few characters.
    #[error("the password has fewer than {min_length} characters")]
    TooShort {
        /// The fewest that it may have.
        min_length: usize,
    },
    /// Most of it is the user name, the e-mail address or the product's name.
    #[error("most of the password is the user name or e-mail address")]
    Name,
    /// It is one short piece, over and over.
    #[error("the password is one piece over and over")]
    Repetition,
    /// It runs along the alphabet, the digits or the keyboard.
    #[error("the password runs along the alphabet, the digits or the keyboard")]
    Sequence,
}

impl Default for PasswordPolicy {
    /// 15 characters: what a password needs that is the only factor.
    fn default() -> Self {
        Self { min_length: 15 }
    }
}

/// The product's name, the first that comes to mind at its sign-in page.
const PRODUCT: &str = "doorward";

/// Rows along which fingers run; each begins again at its end.
const ROWS: [&str; 3] = [
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
];

impl PasswordPolicy {
    /// Lets a password pass that the person of this name and address may choose.
    pub fn accept(
        self,
        password: Password,
        username: &Username,
        email: Option<&str>,
    ) -> Result<Password, PasswordRefused> {
        let characters: Vec<char> = password.as_str().to_lowercase().chars().collect();
        if password.as_str().chars().count() < self.min_length {
            return Err(PasswordRefused::TooShort {
                min_length: self.min_length,
            });
        }
        if is_repetition(&characters) {
            return Err(PasswordRefused::Repetition);
        }
        if is_sequence(&characters) {
            return Err(PasswordRefused::Sequence);
        }
        if is_made_of(&words(username, email), &characters) {
            return Err(PasswordRefused::Name);
        }
        Ok(password)
    }
}

/// The words that are known of a person, the longest first.
fn words(username: &Username, email: Option<&str>) -> Vec<String> {
    let mut words: Vec<String> = [username.as_str(), email.unwrap_or_default(), PRODUCT]
        .into_iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([text]))
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_lowercase)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// Whether more than half of the password is these words.
fn is_made_of(words: &[String], password: &[char]) -> bool {
    // No password has a NUL, so none joins what stood on its two sides.
    let rest = words
        .iter()
        .fold(String::from_iter(password), |rest, word| {
            rest.replace(word.as_str(), "\0")
        });
    let others = rest.chars().filter(|&character| character != '\0').count();
    others * 2 < password.len()
}

/// Whether the password is one piece, at least three times.
fn is_repetition(password: &[char]) -> bool {
    (1..=password.len() / 3).any(|period| {
        let shifted = password.iter().skip(period);
        password.iter().zip(shifted).all(|(one, next)| one == next)
    })
}

/// Whether each character is the neighbour of the one before, in one direction of one row.
fn is_sequence(password: &[char]) -> bool {
    ROWS.into_iter().any(|row| {
        let backwards: String = row.chars().rev().collect();
        runs_along(row, password) || runs_along(&backwards, password)
    })
}

fn runs_along(row: &str, password: &[char]) -> bool {
    let place = |character: char| row.chars().position(|other| other == character);
    password
        .iter()
        .zip(password.iter().skip(1))
        .all(|(&one, &next)| place(one).is_some_and(|at| place(next) == Some((at + 1) % row.len())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choose(text: &str) -> Result<(), PasswordRefused> {
        let password = Password::parse(text).unwrap();
        let username = "alice.smith".parse().unwrap();
        PasswordPolicy::default()
            .accept(password, &username, Some("a.smith@example.com"))
            .map(|_| ())
    }

    #[test]
    fn long_passwords_of_any_characters_may_be_chosen() {
        for good in [
            "correct horse battery staple",
            "only lower case",
            "               x",
            "ÄÖÜäöüßÄÖÜäöüßx",
            "🔑🔓🔒🔑🔓🔒🔑🔓🔒🔑🔓🔒🔑🔓x",
            "alice likes long walks",
            "abcdefghijklmno1",
            "xxxxxxxxxxxxxxy",
        ] {
            assert_eq!(choose(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_guessed_easily_may_not_be_chosen() {
        let short = PasswordRefused::TooShort { min_length: 15 };
        for (bad, reason) in [
            ("Tr0ub4dor&3", short),
            ("correct horse.", short),
            ("äöüäöüäöüäöüäx", short),
            ("aaaaaaaaaaaaaaa", PasswordRefused::Repetition),
            ("abcabcabcabcabc", PasswordRefused::Repetition),
            ("hunter2hunter2Hunter2", PasswordRefused::Repetition),
            ("               ", PasswordRefused::Repetition),
            ("123456789012345", PasswordRefused::Sequence),
            ("543210987654321", PasswordRefused::Sequence),
            ("abcdefghijklmnop", PasswordRefused::Sequence),
            ("QwertyUiopAsdfgh", PasswordRefused::Sequence),
            ("alice.smith12345", PasswordRefused::Name),
            ("AliceSmith-2024", PasswordRefused::Name),
            ("smith@example.com", PasswordRefused::Name),
            ("a.smith@example.com!", PasswordRefused::Name),
            ("doorwarddoorward1", PasswordRefused::Name),
            ("12alice34smith5", PasswordRefused::Name),
        ] {
            assert_eq!(choose(bad), Err(reason), "{bad}");
        }
    }

    #[test]
    fn short_names_are_in_every_password_and_do_not_count() {
        let password = Password::parse("jojojo is jojo jo").unwrap();
        let username = "jo".parse().unwrap();
        let policy = PasswordPolicy { min_length: 8 };
        assert!(policy.accept(password, &username, None).is_ok());
    }

    proptest! {
        #[test]
        fn no_password_makes_it_panic(text in "[^\\x00]{1,40}") {
            let _ = choose(&text);
        }
    }
}
