//! What a member of a detail may be.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DetailValue, MemberRefused, Words};
use crate::resource_server::Resource;
use crate::text::is_shown_as_one_line;

/// What a member of a detail may be, as an operator registered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its JSON type.
    #[serde(rename = "type")]
    pub of_type: MemberType,
    /// Whether each detail must have it.
    #[serde(default)]
    pub required: bool,
    /// What people are shown before its value; its name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Words>,
    /// The texts that are allowed; any that can be shown when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<AllowedValues>,
    /// The most characters of a text; 140 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u16>,
    /// The members of an object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<String, Self>,
}

/// The JSON type of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// Yes or no.
    Boolean,
    /// Several texts.
    Array,
    /// Members of its own.
    Object,
}

/// The texts that a member allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AllowedValues {
    /// They are shown as they are.
    Plain(BTreeSet<String>),
    /// Each is shown in words.
    InWords(BTreeMap<String, Words>),
}

/// The most characters of a text that no registration bounds.
const LENGTH: u16 = 140;

/// The most texts of a list.
const MOST: usize = 20;

/// The greatest whole number that every reader of JSON takes as it is.
const GREATEST: i64 = (1 << 53) - 1;

/// A member that is refused, by its path.
pub(super) type Refused = (String, MemberRefused);

impl AllowedValues {
    fn has(&self, text: &str) -> bool {
        match self {
            Self::Plain(values) => values.contains(text),
            Self::InWords(values) => values.contains_key(text),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let (plain, in_words) = match self {
            Self::Plain(values) => (Some(values.iter()), None),
            Self::InWords(values) => (None, Some(values.keys())),
        };
        let plain = plain.into_iter().flatten();
        plain
            .chain(in_words.into_iter().flatten())
            .map(String::as_str)
    }

    /// The words for a value, if it has any.
    pub(super) fn words(&self, text: &str) -> Option<&Words> {
        match self {
            Self::Plain(_) => None,
            Self::InWords(values) => values.get(text),
        }
    }
}

impl MemberType {
    const fn expected(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Array => "an array of strings",
            Self::Object => "an object",
        }
    }
}

/// Reads `found` by what `members` admit: nothing besides, and all that is required.
pub(super) fn read_all(
    members: &BTreeMap<String, Member>,
    found: Map<String, Value>,
) -> Result<BTreeMap<String, DetailValue>, Refused> {
    let mut read = BTreeMap::new();
    for (name, value) in found {
        let Some(member) = members.get(&name) else {
            return Err((name.chars().take(64).collect(), MemberRefused::Unknown));
        };
        let value = member
            .read(value)
            .map_err(|refused| within(&name, refused))?;
        read.insert(name, value);
    }
    let mut required = members.iter().filter(|(_, member)| member.required);
    match required.find(|(name, _)| !read.contains_key(*name)) {
        None => Ok(read),
        Some((name, _)) => Err((name.clone(), MemberRefused::Missing)),
    }
}

/// The path of what was refused inside of `name`.
fn within(name: &str, (path, refused): Refused) -> Refused {
    let path = if path.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{path}")
    };
    (path, refused)
}

impl Member {
    fn read(&self, value: Value) -> Result<DetailValue, Refused> {
        let here = |refused| (String::new(), refused);
        match (self.of_type, value) {
            (MemberType::String, Value::String(text)) => {
                self.text(text).map(DetailValue::Text).map_err(here)
            }
            (MemberType::Boolean, Value::Bool(flag)) => Ok(DetailValue::Flag(flag)),
            (MemberType::Number, Value::Number(number)) => Ok(DetailValue::Number(number)),
            (MemberType::Integer, Value::Number(number))
                if number
                    .as_i64()
                    .is_some_and(|whole| (-GREATEST..=GREATEST).contains(&whole)) =>
            {
                Ok(DetailValue::Number(number))
            }
            (MemberType::Array, Value::Array(values)) => {
                self.texts(values).map(DetailValue::Texts).map_err(here)
            }
            (MemberType::Object, Value::Object(found)) => {
                read_all(&self.members, found).map(DetailValue::Object)
            }
            (of_type, _) => Err(here(MemberRefused::Type(of_type.expected()))),
        }
    }

    fn text(&self, text: String) -> Result<String, MemberRefused> {
        let longest = self.max_length.unwrap_or(LENGTH);
        let fits = text.chars().count() <= usize::from(longest);
        if text.trim().is_empty() || !fits || !is_shown_as_one_line(&text) {
            return Err(MemberRefused::Text(longest));
        }
        match &self.values {
            Some(allowed) if !allowed.has(&text) => Err(MemberRefused::Value),
            _ => Ok(text),
        }
    }

    fn texts(&self, values: Vec<Value>) -> Result<Vec<String>, MemberRefused> {
        let read = |value| match value {
            Value::String(text) => self.text(text),
            _ => Err(MemberRefused::Type(MemberType::Array.expected())),
        };
        let texts: Vec<String> = values.into_iter().map(read).collect::<Result<_, _>>()?;
        let distinct: BTreeSet<&String> = texts.iter().collect();
        if (1..=MOST).contains(&texts.len()) && distinct.len() == texts.len() {
            Ok(texts)
        } else {
            Err(MemberRefused::List)
        }
    }
}

/// Whether `location` is `resource`, or below it
/// ([RFC 9396 section 2.2](https://www.rfc-editor.org/rfc/rfc9396#section-2.2)).
pub(super) fn is_at(location: &str, resource: &Resource) -> bool {
    let base = resource.as_str();
    location
        .strip_prefix(base.trim_end_matches('/'))
        .is_some_and(|rest| location == base || rest.is_empty() || rest.starts_with('/'))
}
