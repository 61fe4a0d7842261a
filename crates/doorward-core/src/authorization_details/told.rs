//! A detail in words that people are asked with.

use super::words::Piece;
use super::{AuthorizationDetail, DetailType, DetailValue, Member, Sentence};

/// A detail in words: the sentence of its type, and all that it says besides, so that nothing is allowed unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The sentence.
    pub sentence: Vec<Part>,
    /// What the sentence does not say.
    pub rows: Vec<Row>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The operator's words.
    Words(String),
    /// What the client says, each of several for itself, so that no text can look like two.
    Values(Vec<String>),
}

/// A member that the sentence has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: ToldValue,
}

/// A value as people are shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToldValue {
    /// As it is.
    Text(String),
    /// Each of several.
    Texts(Vec<String>),
    /// As yes or no.
    Flag(bool),
}

impl DetailType {
    /// A detail of this type in words, for readers of `language`.
    pub fn tell(&self, detail: &AuthorizationDetail, language: &str) -> Told {
        let text = self.sentence.in_language(language);
        let sentence = Sentence::parse(text).unwrap_or(Sentence {
            pieces: vec![Piece::Words(text)],
        });
        let parts = sentence.pieces.iter().map(|piece| match piece {
            Piece::Words(words) => Part::Words((*words).to_owned()),
            Piece::Member(path) => Part::Values(self.values_at(detail, path, language)),
        });
        let said: Vec<&str> = sentence.members().collect();
        let mut rows = Vec::new();
        for (name, value) in &detail.members {
            self.tell_rest(name, value, &said, language, &mut rows);
        }
        Told {
            sentence: parts.collect(),
            rows,
        }
    }

    fn values_at(&self, detail: &AuthorizationDetail, path: &str, language: &str) -> Vec<String> {
        let member = self.member(path);
        match detail.at(path).map(|value| shown(value, member, language)) {
            Some(ToldValue::Text(text)) => vec![text],
            Some(ToldValue::Texts(texts)) => texts,
            Some(ToldValue::Flag(_)) | None => Vec::new(),
        }
    }

    /// Adds what `said` leaves out of the member at `path`.
    fn tell_rest(
        &self,
        path: &str,
        value: &DetailValue,
        said: &[&str],
        language: &str,
        rows: &mut Vec<Row>,
    ) {
        if let DetailValue::Object(members) = value {
            for (name, value) in members {
                self.tell_rest(&format!("{path}.{name}"), value, said, language, rows);
            }
        } else if !said.contains(&path) {
            let member = self.member(path);
            let label = member.and_then(|member| member.label.as_ref());
            rows.push(Row {
                label: label
                    .map_or(path, |label| label.in_language(language))
                    .to_owned(),
                value: shown(value, member, language),
            });
        }
    }
}

fn shown(value: &DetailValue, member: Option<&Member>, language: &str) -> ToldValue {
    let allowed = member.and_then(|member| member.values.as_ref());
    let in_words = |text: &String| {
        let words = allowed.and_then(|allowed| allowed.words(text));
        words
            .map_or(text.as_str(), |words| words.in_language(language))
            .to_owned()
    };
    match value {
        DetailValue::Text(text) => ToldValue::Text(in_words(text)),
        DetailValue::Number(number) => ToldValue::Text(number.to_string()),
        DetailValue::Flag(flag) => ToldValue::Flag(*flag),
        DetailValue::Texts(texts) => ToldValue::Texts(texts.iter().map(in_words).collect()),
        DetailValue::Object(_) => ToldValue::Text(String::new()),
    }
}
