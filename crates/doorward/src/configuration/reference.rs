//! The reference of all settings, `docs/configuration.md`.

use std::fmt::Write as _;

use super::{Configuration, dotted, variable};

/// How the layers work; the tables follow it.
const PREFACE: &str = "\
# Configuration

<!-- Made by `doorward config reference`; change the text beside the settings in `crates/doorward/src/configuration`. -->

Doorward runs without any configuration: everything below has a default, and the defaults are for trying out on one machine.
For people to sign in from elsewhere it needs its `issuer`.

A setting is looked for in three places, and the later one wins:

1. the file `doorward.toml` in the working directory, or the file that `--config` or the variable `DOORWARD_CONFIG` names;
2. a variable: `DOORWARD_` and the key in capital letters, with two underscores between section and key, so
   `access_token` in `[tokens]` is `DOORWARD_TOKENS__ACCESS_TOKEN`;
3. a flag, where the command has one (`doorward serve --help`).

A value that is not allowed, or a key that does not exist, stops the start; the message says file, line, key and what is allowed.
`doorward config check` says the same without starting, and `doorward config show` prints each value and where it was written.

```toml
# doorward.toml
issuer = \"https://login.example.com\"
data = \"/var/lib/doorward\"

[proxy]
trusted = [\"10.0.0.0/8\"]
```

Secrets are never printed. The key-encryption key is in the variable `DOORWARD_KEY_ENCRYPTION_KEY` if that is set, or else printed
by `key_command` if there is one, or else in `key_file`. A Redis URL with a password goes into a file that only Doorward's user may read, or into a variable.

Times are written with a unit: `90s`, `10m`, `8h`, `30d`.
";

/// The reference, in Markdown.
pub fn reference() -> String {
    let mut text = PREFACE.to_owned();
    for section in Configuration::default().sections() {
        let title = match section.table() {
            "" => "At the top".to_owned(),
            table => format!("`[{table}]`"),
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## {title}\n\n{}\n", section.about());
        for setting in section.settings() {
            let _ = write!(
                text,
                "\n### `{}`\n\n{}\n\n- Default: {}\n- Allowed: {}\n- Variable: `{}`\n",
                dotted(section.table(), setting.name),
                setting.text,
                code(&setting.shown),
                setting.allowed,
                variable(section.table(), setting.name),
            );
        }
    }
    text
}

/// A value between backticks, unless it is a sentence.
fn code(shown: &str) -> String {
    match shown
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'))
    {
        Some((value, rest)) if !rest.is_empty() => format!("`\"{value}\"`{rest}"),
        _ => format!("`{shown}`"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_reference_in_docs_is_the_one_made_from_the_settings() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == super::reference(),
            "docs/configuration.md is out of date: run `cargo run -- config reference > docs/configuration.md`"
        );
    }
}
