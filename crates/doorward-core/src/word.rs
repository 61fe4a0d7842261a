//! Names of one word that operators and APIs give, compared byte for byte.

/// The longest name, in bytes.
const MAX_LENGTH: usize = 128;

/// Whether a text is one word that can stand in a list, in a header and in a log.
pub(crate) fn is_word(text: &str) -> bool {
    let permitted = |byte: u8| byte.is_ascii_graphic() && !b"\"\\,".contains(&byte);
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(permitted)
}

/// Makes the type of such a name; the text says what it is the name of.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::identifiers::Malformed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if $crate::word::is_word(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::identifiers::Malformed {
                        expected: concat!($what, ": one word of at most 128 characters of ASCII without '\"', '\\' and ','"),
                    })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::identifiers::Malformed;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use word;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word() {
        for good in ["payment_initiation", "https://api.example/payment", "a"] {
            assert!(is_word(good), "{good}");
        }
        for bad in [
            "",
            "two words",
            "a,b",
            "a\"",
            "ä",
            &"a".repeat(MAX_LENGTH + 1),
        ] {
            assert!(!is_word(bad), "{bad}");
        }
    }
}
