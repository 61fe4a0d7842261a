//! Words that an operator writes for people, in one language or in several.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::is_shown_as_one_line;

/// A text for people: one for all, or one for each language that there is one for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// The same whatever people read.
    One(String),
    /// By language, as its [BCP 47](https://www.rfc-editor.org/info/bcp47) tag.
    ByLanguage(BTreeMap<String, String>),
}

/// The language of those whose own one is missing.
const FALLBACK: &str = "en";

impl Words {
    /// The text for readers of `language`: their own, else the English one, else the first.
    pub fn in_language(&self, language: &str) -> &str {
        match self {
            Self::One(text) => text,
            Self::ByLanguage(texts) => texts
                .get(language)
                .or_else(|| texts.get(FALLBACK))
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }

    /// The text in every language.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match self {
            Self::One(text) => (Some(text), None),
            Self::ByLanguage(texts) => (None, Some(texts.values())),
        };
        one.into_iter()
            .chain(several.into_iter().flatten())
            .map(String::as_str)
    }

    /// Whether there is a text, and each is one line that hides nothing.
    pub(super) fn is_shown(&self) -> bool {
        let is_shown = |text: &str| !text.trim().is_empty() && is_shown_as_one_line(text);
        self.all().next().is_some() && self.all().all(is_shown)
    }
}

/// A sentence with places for members of a detail, such as `Pay {amount} to {creditor}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
}

/// A piece of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// The operator's words.
    Words(&'a str),
    /// The place of the member at this path.
    Member(&'a str),
}

impl<'a> Sentence<'a> {
    /// Reads a sentence; `None` when its braces do not match.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (member, after) = after.split_once('}')?;
            if words.contains('}') || member.contains('{') {
                return None;
            }
            pieces.extend((!words.is_empty()).then_some(Piece::Words(words)));
            pieces.push(Piece::Member(member));
            rest = after;
        }
        if rest.contains('}') {
            return None;
        }
        pieces.extend((!rest.is_empty()).then_some(Piece::Words(rest)));
        Some(Self { pieces })
    }

    /// The paths of the members that it has places for.
    pub fn members(&self) -> impl Iterator<Item = &'a str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Member(path) => Some(*path),
            Piece::Words(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_their_own_language_or_english_or_what_there_is() {
        let words = |json| serde_json::from_value::<Words>(json).unwrap();
        let both = words(serde_json::json!({"de": "Zahlen", "en": "Pay"}));
        assert_eq!(both.in_language("de"), "Zahlen");
        assert_eq!(both.in_language("fr"), "Pay");
        let german = words(serde_json::json!({"de": "Zahlen"}));
        assert_eq!(german.in_language("fr"), "Zahlen");
        assert_eq!(words(serde_json::json!("Pay")).in_language("de"), "Pay");
        assert!(!words(serde_json::json!({})).is_shown());
        assert!(!words(serde_json::json!("a\u{202e}b")).is_shown());
        assert!(!words(serde_json::json!(" ")).is_shown());
    }

    #[test]
    fn a_sentence_has_places_between_braces_that_match() {
        let sentence = Sentence::parse("Pay {amount} to {creditor.name}!").unwrap();
        assert_eq!(
            sentence.members().collect::<Vec<_>>(),
            ["amount", "creditor.name"]
        );
        assert_eq!(sentence.pieces.len(), 5);
        for bad in ["Pay {amount", "Pay amount}", "{a{b}}", "} {a}"] {
            assert_eq!(Sentence::parse(bad), None, "{bad}");
        }
    }
}
