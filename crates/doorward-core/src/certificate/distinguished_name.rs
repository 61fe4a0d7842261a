//! Distinguished names, and how they are written ([RFC 4514](https://www.rfc-editor.org/rfc/rfc4514)).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{Any, ObjectIdentifier};
use x509_cert::der::{Decode as _, Encode as _, Tag, Tagged as _};
use x509_cert::name::RdnSequence;

/// The short names of attributes: those that everybody knows
/// ([RFC 4514 section 3](https://www.rfc-editor.org/rfc/rfc4514#section-3)), and three that certificates of organizations have.
const SHORT: [(&str, &str); 12] = [
    ("CN", "2.5.4.3"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("C", "2.5.4.6"),
    ("STREET", "2.5.4.9"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("serialNumber", "2.5.4.5"),
    ("organizationIdentifier", "2.5.4.97"),
    ("emailAddress", "1.2.840.113549.1.9.1"),
];

/// Characters that a value has only behind a backslash
/// ([RFC 4514 section 2.4](https://www.rfc-editor.org/rfc/rfc4514#section-2.4)).
const SPECIAL: [char; 8] = ['"', '+', ',', ';', '<', '>', '\\', '='];

/// The distinguished name of a certificate's subject, most general part first as certificates have it.
///
/// Two are equal when they have the same attributes in the same order, with the same characters, in whatever kind of string a
/// certificate keeps them. Neither case nor spaces are overlooked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DistinguishedName(Vec<Relative>);

/// One part of a name: attributes in the order of their types, since a set has none.
type Relative = Vec<Attribute>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Attribute {
    kind: ObjectIdentifier,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    /// Anything else, in DER.
    Other(Vec<u8>),
}

/// Why a text is no distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "that is no distinguished name as RFC 4514 writes them, such as \"CN=ledger,O=Example,C=DE\", with dotted numbers for \
     attributes that have no short name there"
)]
pub struct NoDistinguishedName;

impl DistinguishedName {
    pub(super) fn of(name: &RdnSequence) -> Self {
        let relative = |attributes: Vec<Attribute>| sorted(attributes);
        let parts = name.0.iter().map(|part| part.0.iter().map(Attribute::of));
        Self(parts.map(|part| relative(part.collect())).collect())
    }
}

fn sorted(mut attributes: Vec<Attribute>) -> Relative {
    attributes.sort();
    attributes
}

impl Attribute {
    fn of(attribute: &AttributeTypeAndValue) -> Self {
        Self {
            kind: attribute.oid,
            value: Value::of(&attribute.value),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (kind, value) = text.split_once('=')?;
        Some(Self {
            kind: kind_named(kind.trim_matches(' '))?,
            value: Value::parse(value.trim_start_matches(' '))?,
        })
    }
}

fn kind_named(name: &str) -> Option<ObjectIdentifier> {
    let mut short = SHORT.into_iter();
    let known = short.find(|(short, _)| short.eq_ignore_ascii_case(name));
    ObjectIdentifier::new(known.map_or(name, |(_, number)| number)).ok()
}

impl Value {
    fn of(value: &Any) -> Self {
        let is_text = matches!(
            value.tag(),
            Tag::Utf8String | Tag::PrintableString | Tag::Ia5String
        );
        match str::from_utf8(value.value()) {
            Ok(text) if is_text => Self::Text(text.to_owned()),
            _ => Self::Other(value.to_der().unwrap_or_default()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('#') {
            Some(digits) => {
                let der = hexadecimal(digits.trim_end_matches(' '))?;
                Some(Self::of(&Any::from_der(&der).ok()?))
            }
            None => unescaped(text).map(Self::Text),
        }
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = str::from_utf8(pair).ok()?;
        let is_pair = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
        u8::from_str_radix(pair, 16).ok().filter(|_| is_pair)
    };
    (!digits.is_empty()).then(|| pairs.map(byte).collect())?
}

/// A value without its escapes, and without spaces at its end that have none.
fn unescaped(text: &str) -> Option<String> {
    let (mut bytes, mut kept) = (Vec::new(), 0);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..)?;
        if first != '\\' {
            if SPECIAL.contains(&first) && first != '=' {
                return None;
            }
            bytes.extend(rest.as_bytes().get(..first.len_utf8())?);
            kept = if first == ' ' { kept } else { bytes.len() };
            rest = after;
            continue;
        }
        let escaped = after.chars().next()?;
        if SPECIAL.contains(&escaped) || [' ', '#'].contains(&escaped) {
            bytes.extend(escaped.to_string().as_bytes());
            rest = after.get(escaped.len_utf8()..)?;
        } else {
            bytes.extend(hexadecimal(after.get(..2)?)?);
            rest = after.get(2..)?;
        }
        kept = bytes.len();
    }
    bytes.truncate(kept);
    String::from_utf8(bytes).ok()
}

/// The pieces of `text` between separators that no backslash stands before.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, character) in text.char_indices() {
        if character == separator && !escaped {
            pieces.extend(text.get(start..at));
            start = at + separator.len_utf8();
        }
        escaped = character == '\\' && !escaped;
    }
    pieces.extend(text.get(start..));
    pieces
}

impl FromStr for DistinguishedName {
    type Err = NoDistinguishedName;

    fn from_str(text: &str) -> Result<Self, NoDistinguishedName> {
        let relative = |part: &str| {
            let attributes = split(part, '+').into_iter().map(Attribute::parse);
            attributes.collect::<Option<Vec<_>>>().map(sorted)
        };
        // What is written first comes last in a certificate.
        let parts = split(text, ',').into_iter().rev().map(relative);
        parts
            .collect::<Option<Vec<_>>>()
            .map(Self)
            .ok_or(NoDistinguishedName)
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |relative: &Relative| {
            let attributes: Vec<String> = relative.iter().map(Attribute::to_string).collect();
            attributes.join("+")
        };
        let parts: Vec<String> = self.0.iter().rev().map(part).collect();
        f.write_str(&parts.join(","))
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.kind.to_string();
        let mut short = SHORT.into_iter();
        let known = short.find(|(_, known)| *known == number);
        write!(f, "{}=", known.map_or(number.as_str(), |(name, _)| name))?;
        match &self.value {
            Value::Text(text) => write_escaped(f, text),
            Value::Other(der) => {
                f.write_str("#")?;
                der.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let last = text.chars().count().saturating_sub(1);
    for (at, character) in text.chars().enumerate() {
        let at_an_end = at == 0 || at == last;
        let escape = match character {
            ' ' => at_an_end,
            '#' => at == 0,
            other => SPECIAL.contains(&other),
        };
        if character.is_control() {
            write_bytes(f, character)?;
        } else if escape {
            write!(f, "\\{character}")?;
        } else {
            write!(f, "{character}")?;
        }
    }
    Ok(())
}

/// Writes a character that nobody can see by its bytes.
fn write_bytes(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).bytes();
    bytes
        .into_iter()
        .try_for_each(|byte| write!(f, "\\{byte:02X}"))
}

impl TryFrom<String> for DistinguishedName {
    type Error = NoDistinguishedName;

    fn try_from(text: String) -> Result<Self, NoDistinguishedName> {
        text.parse()
    }
}

impl From<DistinguishedName> for String {
    fn from(name: DistinguishedName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> DistinguishedName {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    /// [RFC 4514 section 4](https://www.rfc-editor.org/rfc/rfc4514#section-4), whose examples these are in part.
    #[test]
    fn names_are_read_as_the_standard_writes_them_and_written_in_one_way() {
        for (text, written) in [
            (
                "UID=jsmith,DC=example,DC=net",
                "UID=jsmith,DC=example,DC=net",
            ),
            (
                "OU=Sales+CN=J.  Smith,DC=example,DC=net",
                "CN=J.  Smith+OU=Sales,DC=example,DC=net",
            ),
            (
                r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
                r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
            ),
            (
                r"CN=Before\0dAfter,DC=example",
                r"CN=Before\0DAfter,DC=example",
            ),
            (r"CN=Lu\C4\8Di\C4\87", "CN=Lučić"),
            (
                "1.3.6.1.4.1.1466.0=#04024869",
                "1.3.6.1.4.1.1466.0=#04024869",
            ),
            ("2.5.4.3=#0C024869", "CN=Hi"),
            ("cn = ledger , o=Example", "CN=ledger,O=Example"),
            (r"CN=\ a\ ", r"CN=\ a\ "),
            ("CN=", "CN="),
        ] {
            assert_eq!(parsed(text).to_string(), written, "{text}");
            assert_eq!(parsed(text), parsed(written), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "", "ledger", "CN", "CN=a,", ",CN=a", "CN=a+", "XX=a", "CN=a\"b", r"CN=a\", r"CN=a\zz",
            "CN=#0", "CN=#", "CN=#zz", "CN=a;O=b", r"CN=\ff",
        ] {
            assert_eq!(
                text.parse::<DistinguishedName>(),
                Err(NoDistinguishedName),
                "{text}"
            );
        }
    }

    #[test]
    fn the_order_of_parts_and_the_case_of_values_tell_names_apart() {
        let name = parsed("CN=ledger,O=Example,C=DE");
        for other in [
            "CN=Ledger,O=Example,C=DE",
            "O=Example,CN=ledger,C=DE",
            "CN=ledger,O=Example",
            "CN=ledger+O=Example,C=DE",
            "CN=ledger ,O=Example\\ ,C=DE",
        ] {
            assert_ne!(name, parsed(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_value_is_it_reads_back_as_written(value in "\\PC{0,12}") {
            let name = DistinguishedName(vec![vec![Attribute {
                kind: kind_named("CN").unwrap(),
                value: Value::Text(value),
            }]]);
            prop_assert_eq!(parsed(&name.to_string()), name);
        }

        #[test]
        fn any_text_is_a_name_or_refused(text in "(CN|O|=|,|\\+|\\\\|#|[0-9a-f]|\\PC){0,20}") {
            if let Ok(name) = text.parse::<DistinguishedName>() {
                prop_assert_eq!(parsed(&name.to_string()), name);
            }
        }
    }
}
