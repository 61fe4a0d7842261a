//! Types of details, as operators register them for their APIs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::detail::LISTS;
use super::member::{is_at, read_all};
use super::{
    AuthorizationDetail, DetailTypeName, DetailValue, DetailsRefused, Member, MemberRefused,
    MemberType, Sentence, Words,
};
use crate::resource_server::Resource;

/// What details of one type may say, and in which words people are asked to allow one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailType {
    /// `type`.
    #[serde(rename = "type")]
    pub name: DetailTypeName,
    /// What a detail means, with places for its members.
    pub sentence: Words,
    /// How long consent to one holds.
    #[serde(default)]
    pub consent: DetailConsent,
    /// What a detail may say, by name.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
}

/// The types of an API, by their names.
pub type DetailTypes = BTreeMap<DetailTypeName, DetailType>;

/// How long consent to a detail holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetailConsent {
    /// For the one grant: people are asked each time. For what happens once, such as a payment.
    #[default]
    EachTime,
    /// Until it is withdrawn, for the very same detail. For what lasts, such as access to an account.
    Remembered,
}

/// Why a type cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeRefused {
    /// A member's name does not fit into a sentence.
    #[error("the member {0:?} is not named by letters, digits, '_' and '-', or is named type")]
    Name(String),
    /// A member that a standard gives another type.
    #[error("the member {0} is {1} by RFC 9396")]
    Standard(String, &'static str),
    /// Members of what is no object, or an object without.
    #[error("the member {0}: an object has members, and nothing else has")]
    Members(String),
    /// Values that cannot be, or that no text can have.
    #[error("the member {0}: values are some texts, for a string or an array only")]
    Values(String),
    /// A length that cannot be, or of what has none.
    #[error("the member {0}: max_length is from 1 to 256, for a string or an array only")]
    Length(String),
    /// Words that cannot be shown.
    #[error("{0} is no text of one line, with at most 256 characters")]
    Words(String),
    /// There is too much of it.
    #[error("there are more than thirty members, or more than three within each other")]
    TooMuch,
    /// Braces that do not match.
    #[error("the sentence has a brace too much or too few: {0}")]
    Braces(String),
    /// A place for what may not be there.
    #[error(
        "the sentence has a place for {0}, which is no required member with a value of its own"
    )]
    Place(String),
}

impl DetailType {
    /// Reads the members of a detail of this type, for the API `resource`.
    pub(super) fn read(
        &self,
        members: Map<String, Value>,
        resource: &Resource,
    ) -> Result<AuthorizationDetail, DetailsRefused> {
        let refused = |(member, reason)| DetailsRefused::Member {
            of_type: self.name.clone(),
            member,
            reason,
        };
        let members = read_all(&self.members, members).map_err(refused)?;
        let elsewhere = |location: &String| !is_at(location, resource);
        let chosen = self
            .members
            .get("locations")
            .is_some_and(|member| member.values.is_some());
        match members.get("locations") {
            Some(DetailValue::Texts(locations)) if !chosen && locations.iter().any(elsewhere) => {
                Err(refused(("locations".to_owned(), MemberRefused::Location)))
            }
            _ => Ok(AuthorizationDetail {
                of_type: self.name.clone(),
                members,
            }),
        }
    }

    /// Proves that the type can be used: that whatever it admits can be shown to people.
    pub fn sound(self) -> Result<Self, TypeRefused> {
        let mut count = 0;
        for (name, member) in &self.members {
            standard(name, member)?;
            member.sound(name, 1, &mut count)?;
        }
        if !self.sentence.is_shown() {
            return Err(TypeRefused::Words("the sentence".to_owned()));
        }
        for text in self.sentence.all() {
            let sentence =
                Sentence::parse(text).ok_or_else(|| TypeRefused::Braces(text.to_owned()))?;
            let mut members = sentence.members();
            if let Some(path) = members.find(|path| !self.has_value_at(path)) {
                return Err(TypeRefused::Place(path.to_owned()));
            }
        }
        Ok(self)
    }

    /// The member at `path`, whose steps are separated by dots.
    pub(super) fn member(&self, path: &str) -> Option<&Member> {
        path_of(&self.members, path).last().copied()
    }

    /// Whether each detail has a value at `path` that can stand in a sentence.
    fn has_value_at(&self, path: &str) -> bool {
        let members = path_of(&self.members, path);
        let ends_in_value = members.last().is_some_and(|member| {
            !matches!(member.of_type, MemberType::Object | MemberType::Boolean)
        });
        ends_in_value && members.iter().all(|member| member.required)
    }
}

/// The members on the way to `path`; none when it leads nowhere.
fn path_of<'a>(members: &'a BTreeMap<String, Member>, path: &str) -> Vec<&'a Member> {
    let mut inside = Some(members);
    let mut found = Vec::new();
    for step in path.split('.') {
        let Some(member) = inside.and_then(|members| members.get(step)) else {
            return Vec::new();
        };
        found.push(member);
        inside = Some(&member.members);
    }
    found
}

/// What the standard says of the type of its own members
/// ([RFC 9396 section 2.2](https://www.rfc-editor.org/rfc/rfc9396#section-2.2)).
fn standard(name: &str, member: &Member) -> Result<(), TypeRefused> {
    let refused = |expected| Err(TypeRefused::Standard(name.to_owned(), expected));
    if LISTS.contains(&name) && member.of_type != MemberType::Array {
        refused("an array")
    } else if name == "identifier" && member.of_type != MemberType::String {
        refused("a string")
    } else {
        Ok(())
    }
}

/// The most members of a type, and how many may be within each other.
const MOST: usize = 30;
const DEEPEST: usize = 3;

impl Member {
    fn sound(&self, name: &str, depth: usize, count: &mut usize) -> Result<(), TypeRefused> {
        let here = || name.to_owned();
        *count += 1;
        if *count > MOST || depth > DEEPEST {
            return Err(TypeRefused::TooMuch);
        }
        let permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if name == "type" || !(1..=64).contains(&name.len()) || !name.bytes().all(permitted) {
            return Err(TypeRefused::Name(here()));
        }
        if (self.of_type == MemberType::Object) == self.members.is_empty() {
            return Err(TypeRefused::Members(here()));
        }
        self.sound_texts(name)?;
        let mut inside = self.members.iter();
        inside.try_for_each(|(name, member)| member.sound(name, depth + 1, count))
    }

    fn sound_texts(&self, name: &str) -> Result<(), TypeRefused> {
        let is_text = matches!(self.of_type, MemberType::String | MemberType::Array);
        let allowed = self.values.as_ref();
        if allowed.is_some_and(|allowed| !is_text || allowed.iter().next().is_none()) {
            return Err(TypeRefused::Values(name.to_owned()));
        }
        let is_length = |length: u16| is_text && (1..=256).contains(&length);
        if self.max_length.is_some_and(|length| !is_length(length)) {
            return Err(TypeRefused::Length(name.to_owned()));
        }
        let words = allowed
            .into_iter()
            .flat_map(|allowed| allowed.iter().filter_map(|value| allowed.words(value)));
        let mut words = words.chain(&self.label);
        if words.all(Words::is_shown) {
            Ok(())
        } else {
            Err(TypeRefused::Words(format!("a text of the member {name}")))
        }
    }
}
