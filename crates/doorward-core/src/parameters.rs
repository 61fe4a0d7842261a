//! Parameters of a request, from its query or form body.

use std::collections::BTreeMap;

use percent_encoding::percent_decode;

/// The parameters of one request, each given once but for `resource` and `audience`.
///
/// A parameter given twice has no value that can be trusted ([RFC 6749 section 3.1]): it counts as
/// repeated. One without a value counts as absent, as the same section demands.
///
/// [RFC 6749 section 3.1]: https://www.rfc-editor.org/rfc/rfc6749#section-3.1
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    values: BTreeMap<String, Vec<String>>,
}

/// The parameters that may be given several times ([RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2),
/// [RFC 8693 section 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1)).
const MAY_REPEAT: [&str; 2] = ["resource", "audience"];

/// Why a query or form could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParametersMalformed {
    /// It has more than [`Parameters::MOST`] parameters.
    #[error("more than 100 parameters")]
    TooMany,
    /// A name or value is not UTF-8 once decoded, or has a NUL.
    #[error("a parameter is not UTF-8, or has a NUL")]
    Encoding,
}

impl Parameters {
    /// The most parameters that a request may have.
    pub const MOST: usize = 100;

    /// Reads `application/x-www-form-urlencoded` text, of a query or a body.
    pub fn parse(text: &[u8]) -> Result<Self, ParametersMalformed> {
        let mut parameters = Self::default();
        let pairs = text
            .split(|&byte| byte == b'&')
            .filter(|pair| !pair.is_empty());
        for (at, pair) in pairs.enumerate() {
            if at == Self::MOST {
                return Err(ParametersMalformed::TooMany);
            }
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            parameters.values.entry(name).or_default().push(value);
        }
        Ok(parameters)
    }

    /// Takes names and values that were decoded before.
    pub fn of(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ParametersMalformed> {
        let mut parameters = Self::default();
        for (at, (name, value)) in pairs.into_iter().enumerate() {
            if at == Self::MOST {
                return Err(ParametersMalformed::TooMany);
            }
            if name.contains('\0') || value.contains('\0') {
                return Err(ParametersMalformed::Encoding);
            }
            parameters.values.entry(name).or_default().push(value);
        }
        Ok(parameters)
    }

    /// The value of `name`, unless it is absent, empty or repeated.
    pub fn one(&self, name: &str) -> Option<&str> {
        match self.values.get(name)?.as_slice() {
            [value] if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// The values of `name`, which may be given several times; none of them is empty.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.values.get(name).into_iter().flatten();
        values.map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether `name` may be given several times.
    pub fn may_repeat(name: &str) -> bool {
        MAY_REPEAT.contains(&name)
    }

    /// Whether `name` was given twice or more.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|values| values.len() > 1)
    }

    /// The first of all names given twice or more that may be given once.
    pub fn repeated(&self) -> Option<&str> {
        let mut names = self.values.keys().map(String::as_str);
        names.find(|name| !Self::may_repeat(name) && self.is_repeated(name))
    }
}

/// Decodes one name or value: `+` is a space, `%XX` a byte.
fn decode(text: &[u8]) -> Result<String, ParametersMalformed> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    match percent_decode(&spaced).decode_utf8() {
        Ok(text) if !text.contains('\0') => Ok(text.into_owned()),
        _ => Err(ParametersMalformed::Encoding),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Parameters {
        Parameters::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn values_are_decoded() {
        let parameters = parse("a=1+2%2B&b=%C3%A4&&c");
        assert_eq!(parameters.one("a"), Some("1 2+"));
        assert_eq!(parameters.one("b"), Some("ä"));
        assert_eq!(
            parameters.one("c"),
            None,
            "a parameter without a value is absent"
        );
        assert_eq!(parameters.repeated(), None);
    }

    /// [RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2).
    #[test]
    fn a_resource_may_be_given_several_times() {
        let parameters = parse("resource=a&resource=b&resource=&scope=x");
        assert_eq!(parameters.repeated(), None);
        assert_eq!(parameters.all("resource").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(parameters.all("scope").collect::<Vec<_>>(), ["x"]);
        assert_eq!(parameters.one("resource"), None);
    }

    #[test]
    fn a_repeated_parameter_has_no_value() {
        let parameters = parse("state=1&state=2&state=3&code=x");
        assert_eq!(parameters.one("state"), None);
        assert!(parameters.is_repeated("state"));
        assert_eq!(parameters.repeated(), Some("state"));
        assert_eq!(
            parse("state=&state=1").one("state"),
            None,
            "an empty one counts as given"
        );
    }

    #[test]
    fn floods_and_foreign_encodings_are_refused() {
        let flood = "a=1&".repeat(101);
        assert_eq!(
            Parameters::parse(flood.as_bytes()).err(),
            Some(ParametersMalformed::TooMany)
        );
        for bad in ["a=%FF", "a=%00", "%FF=a"] {
            assert_eq!(
                Parameters::parse(bad.as_bytes()).err(),
                Some(ParametersMalformed::Encoding)
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Parameters::parse(&bytes);
        }

        #[test]
        fn what_is_encoded_reads_back(value in "\\PC{1,40}") {
            let text: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("name", &value).finish();
            let parameters = Parameters::parse(text.as_bytes()).unwrap();
            prop_assert_eq!(parameters.one("name"), Some(value.as_str()));
        }
    }
}
