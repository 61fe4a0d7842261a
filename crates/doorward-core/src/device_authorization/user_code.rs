//! User codes: what a device shows and a person types ([RFC 8628 section 6.1]).
//!
//! [RFC 8628 section 6.1]: https://www.rfc-editor.org/rfc/rfc8628#section-6.1

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;
use crate::secret::Secret;

/// Letters of one case without vowels: they make no words, and none is mistaken for a digit, since there are none.
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;
/// The longest text that is looked at.
const LONGEST: usize = 64;

/// Eight letters, shown as `WDJB-MJHT`: 34 bits, which is few, so that guesses are counted.
///
/// It follows from the Device Code, which does not follow from it: so there is one entry in the store that both lead to.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct UserCode([u8; LENGTH]);

impl UserCode {
    /// The code to be shown beside `device_code`.
    pub fn of(device_code: &Secret) -> Self {
        let text = format!("user code {}", device_code.reveal());
        let hash = digest(&SHA256, text.as_bytes());
        let mut number = hash
            .as_ref()
            .iter()
            .take(16)
            .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        Self([0; LENGTH].map(|_: u8| {
            let letter = usize::try_from(number % 20).unwrap_or(0);
            number /= 20;
            ALPHABET.get(letter).copied().unwrap_or(b'B')
        }))
    }

    /// Its letters, by which it is known in a store.
    pub fn letters(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.iter().enumerate() {
            if at == LENGTH / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(..)")
    }
}

impl FromStr for UserCode {
    type Err = Malformed;

    /// Reads what somebody typed: in any case, and whatever stands between the letters.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed {
            expected: "a code like WDJB-MJHT",
        };
        if text.len() > LONGEST {
            return Err(malformed);
        }
        let letters = text.bytes().map(|byte| byte.to_ascii_uppercase());
        let letters: Vec<u8> = letters.filter(|byte| ALPHABET.contains(byte)).collect();
        letters.try_into().map(Self).map_err(|_| malformed)
    }
}

impl TryFrom<String> for UserCode {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<UserCode> for String {
    fn from(code: UserCode) -> Self {
        code.letters()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::secret::SecretKind;
    use crate::testing::FixedRandom;

    /// [RFC 8628 section 6.1](https://www.rfc-editor.org/rfc/rfc8628#section-6.1).
    #[test]
    fn case_and_punctuation_do_not_matter() {
        let code: UserCode = "WDJB-MJHT".parse().unwrap();
        assert_eq!(code.to_string(), "WDJB-MJHT");
        assert_eq!(code.letters(), "WDJBMJHT");
        for typed in [
            "WDJBMJHT",
            "wdjb-mjht",
            " Wdjb mjHT ",
            "w.d.j.b_m/j\u{2013}h t",
            "\u{201c}WDJB\u{2014}MJHT\u{201d}",
        ] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        for other in ["", "WDJB-MJH", "WDJB-MJHTT", "AEIO-UY01", &"-".repeat(65)] {
            assert!(other.parse::<UserCode>().is_err(), "{other}");
        }
    }

    /// P31: 20 bits or more, of letters that are not misread.
    #[test]
    fn codes_use_every_letter_and_differ() {
        let random = FixedRandom::default();
        let codes: BTreeSet<String> = (0..500)
            .map(|_| UserCode::of(&Secret::generate(SecretKind::DeviceCode, &random)).letters())
            .collect();
        assert_eq!(codes.len(), 500);
        for at in 0..LENGTH {
            let letters: BTreeSet<u8> = codes.iter().map(|code| code.as_bytes()[at]).collect();
            assert_eq!(letters, ALPHABET.iter().copied().collect());
        }
        assert!(20_u64.pow(8) > 1 << 34);
    }

    #[test]
    fn it_follows_from_the_device_code_and_is_not_printed() {
        let secret = Secret::from_bytes(SecretKind::DeviceCode, &[7; 32]);
        let code = UserCode::of(&secret);
        assert_eq!(code, UserCode::of(&secret));
        assert_eq!(format!("{code:?}"), "UserCode(..)");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,80}") {
            let _ = text.parse::<UserCode>();
        }
    }
}
