//! `doorward config`

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::answer::{Answer, table};
use crate::configuration::{Loaded, Sources, dotted, reference};

/// The configuration
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Say whether the configuration is right, and if not, where and what is allowed
    Check,
    /// Show every value and where it was written; secrets are left out
    Show,
    /// Print the reference of all settings, in Markdown
    Reference,
}

impl Config {
    pub(super) fn run(&self, sources: Sources) -> Result<Answer> {
        match self {
            Self::Check => check(&sources.load()?),
            Self::Show => show(&sources.load()?),
            Self::Reference => print_reference(),
        }
    }
}

/// The reference needs no configuration, least of all a right one.
fn print_reference() -> Result<Answer> {
    let text = reference();
    Ok(Answer::new(&text, text.trim_end())?)
}

/// A configuration that could be read is right; variables that mean nothing are probably mistyped.
fn check(loaded: &Loaded) -> Result<Answer> {
    let file = loaded.file.as_ref().map(|path| path.display().to_string());
    let mut text = match &file {
        Some(path) => format!("{path} is fine"),
        None => "no file; the defaults are fine".to_owned(),
    };
    for name in &loaded.unknown_variables {
        text += "\nwarning: there is no setting of the variable ";
        text += name;
    }
    let value = json!({ "file": file, "unknown_variables": loaded.unknown_variables });
    Ok(Answer::new(&value, text)?)
}

/// A value of the file as programs read it.
fn value(shown: &str) -> Value {
    let read = shown.parse::<toml::Value>().ok();
    read.and_then(|value| serde_json::to_value(value).ok())
        .unwrap_or_else(|| shown.into())
}

fn show(loaded: &Loaded) -> Result<Answer> {
    let mut rows = Vec::new();
    let mut settings = Map::new();
    for section in loaded.configuration.sections() {
        for setting in section.settings() {
            let key = dotted(section.table(), setting.name);
            let origin = loaded.origin(&key).to_string();
            settings.insert(
                key.clone(),
                json!({ "value": value(&setting.shown), "origin": origin }),
            );
            rows.push([key, setting.shown, origin]);
        }
    }
    let text = table(["KEY", "VALUE", "WRITTEN IN"], &rows, "");
    Ok(Answer::new(&settings, text)?)
}
