//! One detail that its type admits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::DetailTypeName;

/// What a client asks for, or was allowed, in the terms of one API. Its members are those that the type has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationDetail {
    /// `type`.
    #[serde(rename = "type")]
    pub of_type: DetailTypeName,
    /// All that it says besides, by name.
    #[serde(flatten)]
    pub(super) members: BTreeMap<String, DetailValue>,
}

/// The value of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DetailValue {
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(Number),
    /// Several texts.
    Texts(Vec<String>),
    /// Members of its own.
    Object(BTreeMap<String, Self>),
}

/// The members whose values are all of what is allowed, so that fewer are less
/// ([RFC 9396 section 2.2](https://www.rfc-editor.org/rfc/rfc9396#section-2.2)).
pub(super) const LISTS: [&str; 4] = ["actions", "datatypes", "locations", "privileges"];

impl AuthorizationDetail {
    /// Whether this allows nothing that `granted` does not: it says the same, but for some actions, locations, data types or
    /// privileges that it leaves out ([RFC 9396 section 6.1](https://www.rfc-editor.org/rfc/rfc9396#section-6.1)). What other members
    /// mean only the API knows, so they must be equal.
    pub fn is_within(&self, granted: &Self) -> bool {
        let narrower = |(name, value): (&String, &DetailValue)| {
            let granted = granted.members.get(name);
            match (value, granted) {
                (DetailValue::Texts(fewer), Some(DetailValue::Texts(all)))
                    if LISTS.contains(&name.as_str()) =>
                {
                    fewer.iter().all(|text| all.contains(text))
                }
                (value, Some(granted)) => value == granted,
                (_, None) => false,
            }
        };
        self.of_type == granted.of_type
            && self.members.len() == granted.members.len()
            && self.members.iter().all(narrower)
    }

    /// The member at `path`, whose steps are separated by dots.
    pub(super) fn at(&self, path: &str) -> Option<&DetailValue> {
        let mut steps = path.split('.');
        let first = self.members.get(steps.next()?)?;
        steps.try_fold(first, |value, step| match value {
            DetailValue::Object(members) => members.get(step),
            _ => None,
        })
    }
}
