//! Reading the three layers: file, variables, flags.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys;
use super::mtls::contradictions;
use super::refused::{Origin, Problem, Refused};
use super::section::{NotSet, Section};
use super::{Configuration, KeyFile, dotted, variable};

/// The file that is read when none is named, if it is there.
const DEFAULT_FILE: &str = "doorward.toml";

/// The variable that names the file.
pub const CONFIG_VARIABLE: &str = "DOORWARD_CONFIG";

/// Variables that are no settings: the file's name, and a secret that is only ever a variable.
const OTHER_VARIABLES: [&str; 2] = [CONFIG_VARIABLE, crate::encryption_key::VARIABLE];

/// The variables a process was started with.
pub type Environment = BTreeMap<String, String>;

/// What a configuration is read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file; `doorward.toml` in the working directory, if it is there, when none is named.
    pub file: Option<PathBuf>,
    /// The variables.
    pub environment: Environment,
    /// The flags: key, flag and value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// A configuration, and where its values were written.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The values.
    pub configuration: Configuration,
    /// The file that was read, if one was.
    pub file: Option<PathBuf>,
    /// Where each value that is not a default was written, by its key.
    pub origins: BTreeMap<String, Origin>,
    /// Variables that begin with `DOORWARD_` and mean nothing.
    pub unknown_variables: Vec<String>,
}

impl Loaded {
    /// Where the value of `key` was written.
    pub fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }
}

impl Sources {
    /// Reads every layer. All problems are reported at once.
    pub fn load(self) -> Result<Loaded, Refused> {
        let mut reading = Reading::default();
        reading.file(self.file)?;
        reading.variables(&self.environment);
        for (key, flag, value) in &self.flags {
            reading.set(key, value, Origin::Flag(flag));
        }
        reading.finish()
    }
}

/// A configuration being read.
#[derive(Default)]
struct Reading {
    loaded: Loaded,
    problems: Vec<Problem>,
}

impl Reading {
    fn file(&mut self, named: Option<PathBuf>) -> Result<(), Refused> {
        let path = match named {
            Some(path) => path,
            None if Path::new(DEFAULT_FILE).exists() => PathBuf::from(DEFAULT_FILE),
            None => return Ok(()),
        };
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let document = File { path, text };
        match DeTable::parse(&document.text) {
            Ok(table) => self.table(&document, "", table.get_ref()),
            Err(error) => self.problems.push(Problem {
                origin: document.origin(error.span().unwrap_or_default()),
                found: error.message().to_owned(),
                allowed: "TOML (https://toml.io)".to_owned(),
            }),
        }
        self.loaded.file = Some(document.path);
        Ok(())
    }

    fn table(&mut self, file: &File, name: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let origin = file.origin(key.span());
            let key = dotted(name, key.get_ref());
            match (value.get_ref(), text_of(value)) {
                (DeValue::Table(inner), _) if name.is_empty() => {
                    self.section(file, &key, inner, origin);
                }
                (_, Some(text)) => self.set(&key, &text, origin),
                (other, None) => self.problems.push(Problem {
                    origin,
                    found: format!("{key} is a {}", other.type_str()),
                    allowed: "a text, a whole number or a list of texts".to_owned(),
                }),
            }
        }
    }

    fn section(&mut self, file: &File, name: &str, table: &DeTable<'_>, origin: Origin) {
        if self.sections().contains(&name) {
            self.table(file, name, table);
        } else {
            self.no_section(name, origin);
        }
    }

    /// The sections of the file, without the keys at its top.
    fn sections(&self) -> Vec<&'static str> {
        let sections = self.loaded.configuration.sections().into_iter();
        let tables = sections.map(Section::table);
        tables.filter(|table| !table.is_empty()).collect()
    }

    fn no_section(&mut self, name: &str, origin: Origin) {
        let problem = Problem {
            origin,
            found: format!("there is no section {name}"),
            allowed: format!("the sections {}", self.sections().join(", ")),
        };
        self.problems.push(problem);
    }

    fn variables(&mut self, environment: &Environment) {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for section in self.loaded.configuration.sections() {
            for setting in section.settings() {
                let key = dotted(section.table(), setting.name);
                names.insert(variable(section.table(), setting.name), key);
            }
        }
        for (name, value) in environment {
            match names.get(name) {
                Some(key) => self.set(key, value, Origin::Variable(name.clone())),
                None if name.starts_with("DOORWARD_")
                    && !OTHER_VARIABLES.contains(&name.as_str()) =>
                {
                    self.loaded.unknown_variables.push(name.clone());
                }
                None => {}
            }
        }
    }

    fn set(&mut self, key: &str, text: &str, origin: Origin) {
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        let sections = self.loaded.configuration.sections_mut();
        let Some(section) = sections
            .into_iter()
            .find(|section| section.table() == table)
        else {
            return self.no_section(table, origin);
        };
        match section.set(name, text) {
            Ok(()) => {
                self.loaded.origins.insert(key.to_owned(), origin);
            }
            Err(NotSet::UnknownKey { keys }) => self.problems.push(Problem {
                origin,
                found: format!("there is no key {key}"),
                allowed: keys.join(", "),
            }),
            Err(NotSet::BadValue { found, allowed }) => self.problems.push(Problem {
                origin,
                found: format!("{key} is {found}"),
                allowed,
            }),
        }
    }

    /// A key-encryption key that is said to be in two places: nobody could tell which one counts.
    fn two_places(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let server = &self.loaded.configuration.server;
        let is_printed = !server.key_command.words().is_empty();
        (is_printed && server.key_file != KeyFile::InDataDirectory).then_some((
            "key_command",
            "key_command and key_file are both set",
            "one of them",
        ))
    }

    fn finish(mut self) -> Result<Loaded, Refused> {
        let Configuration {
            session, tokens, ..
        } = &self.loaded.configuration;
        let idle_outlives = [
            (
                "session.idle",
                session.idle.duration(),
                "session.absolute",
                session.absolute.duration(),
            ),
            (
                "tokens.refresh_idle",
                tokens.refresh_idle.duration(),
                "tokens.refresh_absolute",
                tokens.refresh_absolute.duration(),
            ),
        ];
        for (idle_key, idle, absolute_key, absolute) in idle_outlives {
            if idle > absolute {
                self.problems.push(Problem {
                    origin: self.loaded.origin(idle_key).clone(),
                    found: format!("{idle_key} is longer than {absolute_key}"),
                    allowed: format!(
                        "at most {absolute_key}, which is \"{}\"",
                        super::show_span(absolute.as_secs()),
                    ),
                });
            }
        }
        let of_schedule = keys::contradiction(&self.loaded.configuration.keys);
        let contradictions = contradictions(&self.loaded.configuration)
            .into_iter()
            .chain(self.two_places())
            .chain(of_schedule);
        for (key, found, allowed) in contradictions {
            self.problems.push(Problem {
                origin: self.loaded.origin(key).clone(),
                found: found.to_owned(),
                allowed: allowed.to_owned(),
            });
        }
        if self.problems.is_empty() {
            Ok(self.loaded)
        } else {
            Err(Refused(self.problems))
        }
    }
}

/// The file being read.
struct File {
    path: PathBuf,
    text: String,
}

impl File {
    fn origin(&self, span: Range<usize>) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        Origin::File {
            path: self.path.clone(),
            line: before.matches('\n').count() + 1,
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Refused {
    Refused(vec![Problem {
        origin: Origin::WholeFile(path.to_owned()),
        found: format!("the file cannot be read: {error}"),
        allowed: "a readable file in UTF-8".to_owned(),
    }])
}

/// One text of a list, so that a comma within it is none between two.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,")
}

/// The text form of a value of the file; `None` for tables and lists of anything but texts.
fn text_of(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(at) => Some(at.to_string()),
        DeValue::Array(values) => values
            .iter()
            .map(|value| value.get_ref().as_str().map(escaped))
            .collect::<Option<Vec<_>>>()
            .map(|texts| texts.join(",")),
        DeValue::Table(_) => None,
    }
}
