//! Where the key-encryption key is kept.

use std::path::PathBuf;

use super::value::{Value, quoted};

/// The file with the key-encryption key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFile {
    /// In the data directory, as `key-encryption-key`.
    InDataDirectory,
    /// In this file.
    At(PathBuf),
}

impl Value for KeyFile {
    fn allowed() -> String {
        "a path to a file that only its owner may read".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        PathBuf::parse(text).map(Self::At)
    }

    fn show(&self) -> String {
        match self {
            Self::InDataDirectory => "\"key-encryption-key\" in the data directory".to_owned(),
            Self::At(path) => path.show(),
        }
    }
}

/// The command that prints the key-encryption key: a program and its arguments; nothing where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyCommand(Vec<String>);

impl KeyCommand {
    /// No command.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The program and its arguments.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl Value for KeyCommand {
    fn allowed() -> String {
        "a list of a program and its arguments, such as [\"vault\", \"kv\", \"get\", \"-field=key\", \"secret/doorward\"], or an empty \
         one; in a variable, separated by commas, a comma within an argument written as \"\\,\""
            .to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::none());
        }
        let (mut words, mut characters) = (vec![String::new()], text.chars());
        while let Some(character) = characters.next() {
            match (character, words.last_mut()?) {
                (',', _) => words.push(String::new()),
                ('\\', word) => word.push(characters.next()?),
                (other, word) => word.push(other),
            }
        }
        let is_named = words.first().is_some_and(|program| !program.is_empty());
        is_named.then_some(Self(words))
    }

    fn show(&self) -> String {
        let words: Vec<String> = self.0.iter().map(|word| quoted(word)).collect();
        format!("[{}]", words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_as_it_is_shown() {
        let command = KeyCommand::parse(r"vault,get,-o=a\,b,c:\\key,").unwrap();
        assert_eq!(command.words(), ["vault", "get", "-o=a,b", r"c:\key", ""]);
        let shown = r#"["vault", "get", "-o=a,b", 'c:\key', ""]"#;
        assert_eq!(command.show(), shown);
        assert_eq!(KeyCommand::parse(""), Some(KeyCommand::none()));
        assert_eq!(KeyCommand::none().show(), "[]");
        for bad in [",vault", r"vault\"] {
            assert_eq!(KeyCommand::parse(bad), None, "{bad}");
        }
    }
}
